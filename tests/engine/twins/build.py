"""Twins by the model's id, and the entries of a models file that name them."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gpu_agent import catalogue, shelf
from gpu_agent.catalogue import Model
from gpu_agent.presence import home
from gpu_agent.stock import Part
from tests.engine.twins import adapters, chinese, encoders, flux, nets, others, stable, tokens

_MADE: dict[str, Callable[[], Any]] = {
    "sdxl": stable.sdxl,
    "sd35-large": stable.sd35,
    "sd35-medium": lambda: stable.sd35(dual=(0,)),
    "sd35-large-turbo": stable.sd35,
    "flux-schnell": flux.schnell,
    "flux-dev": flux.dev,
    "flux2-klein-4b": flux.klein,
    "hidream-full": others.hidream_full,
    "hidream-dev": others.hidream_dev,
    "hidream-fast": others.hidream_fast,
    "z-image-turbo": chinese.z_image,
    "qwen-image": chinese.qwen_image,
    "wan22-t2v-a14b": others.wan_text,
    "wan22-i2v-a14b": others.wan_image,
    "wan22-ti2v-5b": others.wan_5b,
}
OURS = ("demo", "demo-sketch")
MODELS = (*OURS, *_MADE)
# Parts that the real pipeline's folder lacks, and that come from a repository of their own.
_BESIDE = {"text_encoder_4": encoders.llama, "tokenizer_4": tokens.llama}
_SIDE, _STEPS, _FRAMES, _READ = 64, 3, 5, 64


def twin(model_id: str, place: Path) -> Path:
    """The tiny pipeline of this model, saved in `place`; what its entry takes from elsewhere lies in `beside`."""
    if model_id in OURS:
        shutil.copytree(shelf.folder(catalogue.load()[model_id]) or Path(), place, dirs_exist_ok=True)
        return place
    _MADE[model_id]().save_pretrained(place)
    for name in catalogue.load()[model_id].components:
        _BESIDE[name]().save_pretrained(place / "beside" / name)
    return place


def whole(model_id: str, place: Path) -> Path:
    """The twin with all ControlNets and the IP-Adapter that its entry names, in `beside`."""
    twin(model_id, place)
    model = catalogue.load()[model_id]
    for kind, net in model.controlnets.items():
        own = place / "beside" / f"controlnet-{kind}"
        if net.package is not None and (shipped := home(net)) is not None:
            shutil.copytree(shipped, own)
        else:
            nets.save(net, own)
    if model.adapter is not None:
        adapters.save(model.family, place, model.adapter.file, place / "beside" / "adapter")
    return place


def twin_entry(model_id: str, folder: Path) -> dict[str, Any]:
    """The entry of a models file that puts the twin in the place of the shipped entry: small and quick, and all that
    it may do as shipped. Its ControlNets and its IP-Adapter are those built into `folder`, see nets and wearing."""
    model = catalogue.load()[model_id]
    entry: dict[str, Any] = {"id": model_id, "base": model_id, "name": f"{model.name} (twin)", "folder": folder}
    if model_id not in OURS:
        entry |= _small(model)
    entry |= {"steps": _STEPS, "least_steps": 1, "work": 1e6, "parts": [_weighed(part, folder) for part in model.parts]}
    beside = {name: _moved(part, folder / "beside" / name) for name, part in model.components.items()}
    control = {kind: _moved(net, folder / "beside" / f"controlnet-{kind}") for kind, net in model.controlnets.items()}
    if model.adapter is not None:
        entry["adapter"] = _moved(model.adapter, folder / "beside" / "adapter") | {"encoder": "image_encoder"}
    return entry | {name: table for name, table in (("components", beside), ("controlnets", control)) if table}


def _small(model: Model) -> dict[str, Any]:
    side = max(_SIDE, 2 * model.multiple)
    small: dict[str, Any] = {"width": side, "height": side, "smallest": 32, "largest": 256, "tokens": _READ}
    if "max_sequence_length" in model.arguments:
        small["arguments"] = {**model.arguments, "max_sequence_length": _READ}
    return small | ({"frames": _FRAMES, "most_frames": 9} if model.frames > 1 else {})


def _moved(weights: Any, folder: Path) -> dict[str, Any]:
    """The same table, taken from a folder of this machine instead of a repository."""
    elsewhere = {"repo", "package", "revision", "files", "encoder_repo", "subfolder", "gated"}
    kept: dict[str, Any] = weights.model_dump(exclude_unset=True, exclude=elsewhere)
    return kept | {"folder": folder, "bytes": _bytes(folder)}


def _weighed(part: Part, folder: Path) -> dict[str, Any]:
    beside = folder / "beside" / part.name
    return part.model_dump(exclude_defaults=True) | {"bytes": _bytes(beside if beside.exists() else folder / part.name)}


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*.safetensors"))
