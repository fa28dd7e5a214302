"""A whole pipeline with random weights: as much memory and work as the real one, without a download.

How long a dense network takes does not hang on the values in it. What it draws does, and so does what a step cache
saves: neither is judged by these. Settings come from the model's own folder where that is here, else from `sizes`.
"""

# mypy: disable-error-code="no-untyped-call"

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import torch
from accelerate import init_empty_weights
from accelerate.utils import set_module_tensor_to_device

from gpu_agent import shelf
from gpu_agent.catalogue import Model
from gpu_agent.engine import modes
from gpu_agent.engine.bench import sizes, tokens
from gpu_agent.engine.parts import Parts

_UNIT = ("norm", "gamma", "layernorm")  # what scales and does not mix stays at one
_CLASSES = {
    "clip": tokens.clip,
    "t5": tokens.t5,
    "qwen": tokens.qwen,
    "llama": tokens.llama,
}
# Which kind of words each family's tokenizers read, in the order of their numbers.
_READS = {
    "sdxl": ("clip", "clip"), "sd3": ("clip", "clip", "t5"), "flux": ("clip", "t5"), "flux2": ("qwen",),
    "hidream": ("clip", "clip", "t5", "llama"), "z-image": ("qwen",), "qwen-image": ("qwen",), "wan": ("t5",),
}  # fmt: skip
# What a model's index says to its pipeline beside the parts.
_SETTINGS: dict[str, dict[str, Any]] = {
    "flux2-klein-4b": {"is_distilled": True},
    "wan22-t2v-a14b": {"boundary_ratio": 0.875},
    "wan22-ti2v-5b": {"expand_timesteps": True},
}


class NoPlan(Exception):
    """Neither the weights of this model are here, nor is it known how large it would be."""


def pipeline(model: Model, kind: str, dtype: torch.dtype, device: str) -> Any:
    """A pipeline of the class `kind` whose weights lie on `device`. Raises NoPlan."""
    place = shelf.folder(model)
    index = None if place is None else place / shelf.INDEX
    known = _of_folder(model, place) if place is not None and index is not None and index.exists() else _of_sizes(model)
    builders, furniture = known
    parts = {name: filled(build, dtype, device) for name, build in builders.items()}
    own = {**parts, **furniture}
    wanted = modes.pipeline_class(model, kind)
    taken = inspect.signature(wanted.__init__).parameters
    lacking = {name: None for name, each in taken.items() if each.default is inspect.Parameter.empty and name != "self"}
    made = wanted(**{name: value for name, value in (lacking | own).items() if name in taken})
    made.set_progress_bar_config(disable=True)
    return made


def _of_folder(model: Model, place: Path) -> tuple[dict[str, Callable[[], Any]], dict[str, Any]]:
    """Each network by the settings in its folder; tokenizers and schedulers are read from there."""
    parts = Parts(model, place)
    known = {name: found for name, found in parts.known.items() if found is not None}
    heavy = {name: _configured(parts, name) for name, found in known.items() if issubclass(found, torch.nn.Module)}
    light = known.keys() - heavy.keys()
    furniture = {name: known[name].from_pretrained(parts.home(name), local_files_only=True) for name in light}
    settings = {name: value for name, value in parts.index.items() if not name.startswith("_")}
    own = {name: value for name, value in settings.items() if not isinstance(value, list)}
    return heavy, own | furniture


def _configured(parts: Parts, name: str) -> Callable[[], Any]:
    kind, home = parts.known[name], parts.home(name)

    def build() -> Any:
        if hasattr(kind, "from_config"):
            return kind.from_config(json.loads((home / "config.json").read_bytes()))
        return kind(kind.config_class.from_pretrained(home))

    return build


def _of_sizes(model: Model) -> tuple[dict[str, Callable[[], Any]], dict[str, Any]]:
    if model.id not in sizes.KNOWN or model.repo is None or model.family not in _READS:
        raise NoPlan(f"The weights of {model.name} are not here, and its full size is not known. Fetch them first.")
    heavy = {part.name: sizes.builder(model.id, part.name) for part in model.parts}
    reads = dict(zip(("", "_2", "_3", "_4"), _READS[model.family], strict=False))
    furniture = {f"tokenizer{number}": _CLASSES[kind]() for number, kind in reads.items()}
    return heavy, {**furniture, **_SETTINGS.get(model.id, {}), "scheduler": _scheduler(model.family)}


def _scheduler(family: str) -> Any:
    if family == "sdxl":
        spread = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
        return diffusers.EulerDiscreteScheduler(**spread, steps_offset=1, timestep_spacing="leading")
    if family in ("wan", "hidream"):
        return diffusers.UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0
        )
    return diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0)


def filled(build: Callable[[], Any], dtype: torch.dtype, device: str, drawn_on: str = "", seed: int = 0) -> Any:
    """The network with random numbers at a scale that keeps what passes through at its size. A card draws them
    (`drawn_on`) in seconds, the processor in minutes; on the device `meta` there are none."""
    if device == "meta":
        with torch.device("meta"):
            return build().to(dtype).eval()
    with init_empty_weights(include_buffers=False):  # tables of sines are no weights, and have to be right
        part = build()
    there = drawn_on or device
    generator = torch.Generator(there).manual_seed(seed)
    for name, empty in list(part.named_parameters()):
        kind = torch.float32 if _precise(part, name) else dtype
        values = _drawn(name, torch.empty(empty.shape, dtype=kind, device=there), generator)
        set_module_tensor_to_device(part, name, device, value=values.to(device), dtype=kind)
    if hasattr(part, "tie_weights"):
        part.tie_weights()  # two names for the same numbers were drawn for twice
    part.to(device)
    return part.eval().requires_grad_(False)


def _drawn(name: str, values: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    if any(word in name.lower() for word in _UNIT) and name.endswith(("weight", "gamma")) and values.ndim != 2:
        return values.fill_(1.0)
    if values.ndim < 2:
        return values.zero_()
    return values.normal_(0.0, float(values[0].numel()) ** -0.5, generator=generator)


def _precise(part: Any, name: str) -> bool:
    """diffusers keeps some layers at 32 bits whatever is asked for."""
    if not isinstance(part, diffusers.ModelMixin):
        return False
    return any(word in name.split(".") for word in getattr(part, "_keep_in_fp32_modules", None) or ())
