"""LoRAs are put on a loaded model and taken off again.

The first ones on make slots: places of a fixed rank that later LoRAs are written into without building anything anew.
What does not go into slots (a rank too high, layers the one before did not have, text encoders) is loaded as usual. A
LoRA's weight is a factor on its layers' own scaling: the library's way of setting it forgets what a swap changed.
"""

import warnings
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import torch
from peft.tuners.tuners_utils import BaseTunerLayer

from gpu_agent.engine.extras import file_digest, first_line
from gpu_agent.engine.fault import out_of_memory
from gpu_agent.engine.fitting import SECOND, Fit, denoiser, fit, unfit
from gpu_agent.order import Worn
from gpu_agent.shelf import FoundLora

SLOT_RANK = 64  # shorter ones are padded with zeros: at most four in a hundred more work for the large transformers
Wanted = Sequence[tuple[FoundLora, float]]
How = Literal["slot", "loaded"]


def wear(pipeline: Any, wanted: Wanted, worn_now: Sequence[Worn] = (), family: str = "") -> tuple[Worn, ...]:
    """Put on these LoRAs, each with its weight, and no others; `worn_now` is what the last call gave, `family` the
    model's own.

    Raises Fault lora-unfit for one that is not for this model: the pipeline then wears what it wore, or nothing.
    """
    now = tuple(worn_now) if _on(pipeline) else ()
    digests = [_digest(found) for found, _ in wanted]
    asked = [(found.shelf.id, digest, weight) for (found, weight), digest in zip(wanted, digests, strict=True)]
    if asked == [(worn.id, worn.sha256, worn.weight) for worn in now]:
        return now
    fits = [fit(pipeline, found, family) for found, _ in wanted]
    how: How = "slot" if all(each.plain and each.rank <= SLOT_RANK for each in fits) else "loaded"
    if not (how == "slot" and _slots_fit(pipeline, now, fits) and _swapped(pipeline, wanted, fits)):
        take_off(pipeline)
        _put_on(pipeline, wanted, fits, how)
    return tuple(Worn(id=named, sha256=digest, weight=weight, how=how) for named, digest, weight in asked)


def take_off(pipeline: Any) -> None:
    """The model as it was before any LoRA, bit for bit."""
    if _on(pipeline):
        pipeline.unload_lora_weights()


def _put_on(pipeline: Any, wanted: Wanted, fits: Sequence[Fit], how: How) -> None:
    for number, ((found, weight), fitting) in enumerate(zip(wanted, fits, strict=True)):
        try:
            if how == "slot":
                for part in fitting.parts:
                    getattr(pipeline, part).enable_lora_hotswap(target_rank=SLOT_RANK, check_compiled="ignore")
            _load(pipeline, found, _slot(number), fitting)
            _weigh(pipeline, _slot(number), weight, fitting)
        except Exception as error:  # the library's many; whatever it was, nothing half stays on
            take_off(pipeline)
            for part in fitting.parts & {denoiser(pipeline), SECOND}:
                getattr(pipeline, part)._prepare_lora_hotswap_kwargs = None  # meant for what did not go on
            if out_of_memory(error):
                raise
            raise unfit(found, first_line(error)) from error
    _wake(pipeline, len(wanted))


def _swapped(pipeline: Any, wanted: Wanted, fits: Sequence[Fit]) -> bool:
    """Write these into the slots that are there. False: something did not go in, and all has to be loaded anew."""
    try:
        for number, ((found, weight), fitting) in enumerate(zip(wanted, fits, strict=True)):
            _load(pipeline, found, _slot(number), fitting, swap=True)
            _weigh(pipeline, _slot(number), weight, fitting)
    except (ValueError, RuntimeError, NotImplementedError, KeyError, AttributeError):
        return False
    return True


def _slots_fit(pipeline: Any, now: tuple[Worn, ...], fits: Sequence[Fit]) -> bool:
    """Are there as many slots, in the same parts, with every layer that the new ones act on?"""
    if not now or len(now) != len(fits) or any(worn.how != "slot" for worn in now):
        return False
    worn_by = _on(pipeline)
    for number, fitting in enumerate(fits):
        if {part for part, names in worn_by.items() if _slot(number) in names} != fitting.parts:
            return False
        for part in fitting.parts:
            slotted = {name for name, layer in _layers(getattr(pipeline, part)) if _slot(number) in layer.scaling}
            if not fitting.layers <= slotted:
                return False
    return True


def _load(pipeline: Any, found: FoundLora, slot: str, fitting: Fit, swap: bool = False) -> None:
    how = {"adapter_name": slot, "hotswap": swap, "use_safetensors": True, "local_files_only": True}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Already found a `peft_config`")  # several at once are meant
        if fitting.parts - {SECOND}:
            pipeline.load_lora_weights(str(found.path), **how)
        if SECOND in fitting.parts:
            pipeline.load_lora_weights(str(found.path), **how, load_into_transformer_2=True)


def _weigh(pipeline: Any, slot: str, weight: float, fitting: Fit) -> None:
    """Loading has just set each layer's scaling to that of the file."""
    for part in fitting.parts:
        for _, layer in _layers(getattr(pipeline, part)):
            if slot in layer.scaling and isinstance(layer.scaling[slot], torch.Tensor):
                layer.scaling[slot].mul_(weight)  # in place: a compiled model goes on reading it there
            elif slot in layer.scaling:
                layer.scaling[slot] *= weight


def _wake(pipeline: Any, count: int) -> None:
    """All of them act: loading leaves that to whoever loads."""
    names = [_slot(number) for number in range(count)]
    for part in _on(pipeline):
        for _, layer in _layers(getattr(pipeline, part)):
            layer.set_adapter(names, inference_mode=True)


def _on(pipeline: Any) -> dict[str, list[str]]:
    """Names of what is on, for each part that wears something."""
    listed = pipeline.get_list_adapters() if hasattr(pipeline, "get_list_adapters") else {}
    return {part: names for part, names in listed.items() if names}


def _layers(part: Any) -> Iterator[tuple[str, Any]]:
    return ((name, layer) for name, layer in part.named_modules() if isinstance(layer, BaseTunerLayer))


def _slot(number: int) -> str:
    return f"slot{number}"


def _digest(found: FoundLora) -> str:
    try:
        return file_digest(found.path)
    except OSError as error:
        raise unfit(found, f"its file cannot be read ({error.strerror})") from error
