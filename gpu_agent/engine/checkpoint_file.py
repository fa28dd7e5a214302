"""A checkpoint as one safetensors file: tensors as they are, everything else as JSON in its header, no pickle."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from gpu_agent.engine import progression
from gpu_agent.engine.checkpoint import Checkpoint, Origin

_KEY = "checkpoint"


def packed(checkpoint: Checkpoint) -> bytes:
    """The content of the file."""
    tensors = _Wrapped()
    told = {
        "origin": checkpoint.origin.model_dump(mode="json"),
        "step": checkpoint.step,
        "of": checkpoint.of,
        "latents": tensors.wrap(checkpoint.latents),
        "noise": tensors.wrap(checkpoint.noise),
        "scheduler": progression.moved(checkpoint.scheduler, tensors.wrap),
    }
    return bytes(save(tensors.found, {_KEY: json.dumps(told)}))


def read(file: Path, device: str) -> Checkpoint:
    """The checkpoint, its tensors where they were: on the processor, or on this device. Raises ValueError for a file
    that holds none, or one of a later version."""
    try:
        with safe_open(file, framework="pt") as opened:
            told = json.loads(opened.metadata()[_KEY])
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118  it is no dictionary
        whole = {name: _unwrapped(told[name], tensors, device) for name in ("latents", "noise", "scheduler")}
        return Checkpoint(Origin.model_validate(told["origin"]), told["step"], told["of"], **whole)
    except (KeyError, TypeError, OSError, SafetensorError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


class _Wrapped:
    """The tensors that a file shall hold. One that stands in two places is kept once."""

    def __init__(self) -> None:
        self.found: dict[str, torch.Tensor] = {}
        self._known: dict[int, str] = {}

    def wrap(self, tensor: torch.Tensor) -> dict[str, Any]:
        """What stands for it in the JSON. The order of its axes in memory is kept too: it decides which kernels run,
        and with them how sums are rounded."""
        axes = sorted(range(tensor.ndim), key=tensor.stride, reverse=True)
        name = self._known.setdefault(id(tensor), str(len(self._known)))
        if name not in self.found:
            own = tensor.detach().permute(axes).to("cpu", copy=True)
            self.found[name] = own.contiguous()
        return {"tensor": name, "axes": axes, "device": tensor.device.type != "cpu"}


def _unwrapped(value: Any, tensors: dict[str, torch.Tensor], device: str) -> Any:
    if isinstance(value, list):
        return [_unwrapped(each, tensors, device) for each in value]
    if not isinstance(value, dict):
        return value
    if "tensor" not in value:
        return {name: _unwrapped(each, tensors, device) for name, each in value.items()}
    axes = value["axes"]
    tensor = tensors[value["tensor"]].permute([axes.index(axis) for axis in range(len(axes))])
    return tensor.to(device) if value["device"] else tensor
