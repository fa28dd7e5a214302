"""Does a LoRA fit a pipeline? Told from its names and shapes, before anything of the pipeline is touched."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from diffusers.utils.state_dict_utils import convert_unet_state_dict_to_peft
from safetensors import SafetensorError

from gpu_agent.engine.extras import first_line
from gpu_agent.engine.fault import Fault
from gpu_agent.shelf import FoundLora

_DOWN, _UP = ".lora_A.weight", ".lora_B.weight"
_TEXT = re.compile(r"^(text_encoder\w*)\.")
SECOND = "transformer_2"
# Of two denoisers the first draws while there is much noise, and LoRAs for such models come in pairs.
_ONE_STAGE = re.compile(r"(?<![a-z])(high|low)(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True)
class Fit:
    """What a LoRA acts on: layers by the denoiser's own names for them, the highest rank among them, which parts of the
    pipeline it goes into, and whether all of it can be written into a slot."""

    layers: frozenset[str]
    rank: int
    parts: frozenset[str]
    plain: bool


def fit(pipeline: Any, found: FoundLora, family: str = "") -> Fit:
    """`family` is the model's, where it is known. Raises Fault lora-unfit."""
    if family and found.shelf.family and found.shelf.family != family:
        raise unfit(found, f"it is for {found.shelf.family}, not for {family}")
    state = _state(pipeline, found)
    name = denoiser(pipeline)
    own = _inside(state, name)
    layers = {key.removesuffix(_DOWN): weights for key, weights in own.items() if key.endswith(_DOWN)}
    texts = {match[1] for key in state if (match := _TEXT.match(key)) and match[1] in pipeline._lora_loadable_modules}
    plain = bool(layers) and all(key.endswith((_DOWN, _UP)) for key in own) and not texts
    _require_layers(getattr(pipeline, name), found, own, bool(texts))
    rank = max((weights.shape[0] for weights in layers.values()), default=0)
    parts = (stages(pipeline, found) if own else ()) + tuple(sorted(texts))
    return Fit(frozenset(layers), rank, frozenset(parts), plain)


def denoiser(pipeline: Any) -> str:
    """The part that LoRAs are made for; a pipeline that takes none has one all the same."""
    return "unet" if getattr(pipeline, "unet", None) is not None else "transformer"


def stages(pipeline: Any, found: FoundLora) -> tuple[str, ...]:
    """The denoisers this LoRA goes into: both, where there are two and its name does not say which it is for."""
    first = denoiser(pipeline)
    if getattr(pipeline, SECOND, None) is None:
        return (first,)
    meant = {word.lower() for word in _ONE_STAGE.findall(found.path.stem)}
    if len(meant) != 1:
        return (first, SECOND)
    return (first,) if meant == {"high"} else (SECOND,)


def _state(pipeline: Any, found: FoundLora) -> dict[str, Any]:
    """The file in the library's own names, whoever trained it. Whatever is wrong with it is a reason to refuse it."""
    if not hasattr(pipeline, "load_lora_weights"):
        raise unfit(found, f"{type(pipeline).__name__} takes none")
    if found.path.suffix != ".safetensors":
        raise unfit(found, "it is not a safetensors file")
    config = {"unet_config": pipeline.unet.config} if denoiser(pipeline) == "unet" else {}
    try:
        read = pipeline.lora_state_dict(str(found.path), use_safetensors=True, local_files_only=True, **config)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise unfit(found, first_line(error)) from error
    return dict(read[0] if isinstance(read, tuple) else read)


def _inside(state: dict[str, Any], part: str) -> dict[str, Any]:
    prefix = f"{part}."
    own = {key.removeprefix(prefix): weights for key, weights in state.items() if key.startswith(prefix)}
    return dict(convert_unet_state_dict_to_peft(own)) if own and not any(_DOWN in key for key in own) else own


def _require_layers(model: Any, found: FoundLora, own: dict[str, Any], texts: bool) -> None:
    """One layer in ten may be unknown here (trainers add some of their own), but none may have another shape: the
    names of one family are often those of another, too."""
    here = dict(model.named_modules())
    names = {re.split(r"\.(?:lora_|lokr_)", key)[0] for key in own}
    known = names & here.keys()
    if not (known or texts) or 10 * len(known) < 9 * len(names):
        raise unfit(found, f"{len(names) - len(known)} of its {len(names)} layers are not there")
    for name, wanted in _shapes(own):
        has = _shape(here[name]) if name in here else wanted
        if wanted != has:
            raise unfit(found, f"{name} is {has[0]}x{has[1]} here and {wanted[0]}x{wanted[1]} there")


def _shapes(own: dict[str, Any]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Layer and (what comes in, what goes out)."""
    for key, down in own.items():
        name = key.removesuffix(_DOWN)
        if name != key and name + _UP in own:
            yield name, (down.shape[1], own[name + _UP].shape[0])


def _shape(layer: Any) -> tuple[int, int]:
    layer = getattr(layer, "base_layer", layer)
    if hasattr(layer, "in_channels"):
        return layer.in_channels, layer.out_channels
    return getattr(layer, "in_features", 0), getattr(layer, "out_features", 0)


def unfit(found: FoundLora, fault: str) -> Fault:
    """The LoRA is refused, and why."""
    return Fault("lora-unfit", {"lora": found.shelf.id, "family": found.shelf.family, "fault": fault})
