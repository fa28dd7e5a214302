"""ControlNets that fit the twins, none of them with the zeros that a real one begins its training with."""

# mypy: disable-error-code="no-untyped-call"

from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
from safetensors.torch import save_file

from gpu_agent.catalogue import ControlNet
from tests.engine.twins import chinese, flux, stable
from tests.engine.twins.filled import filled


def _union() -> Any:
    return diffusers.ControlNetUnionModel(
        **stable.SDXL,
        conditioning_embedding_out_channels=(4, 4, 4, 8),
        num_trans_channel=8,
        num_trans_head=2,
        num_proj_channel=8,
    )


def _z_image() -> Any:
    return diffusers.ZImageControlNetModel(
        **chinese.Z_IMAGE, control_layers_places=[0], control_refiner_layers_places=[], control_in_dim=16
    )


_MADE: dict[str, Callable[[], Any]] = {
    "ControlNetUnionModel": _union,
    "SD3ControlNetModel": lambda: diffusers.SD3ControlNetModel(**stable.SD3, num_layers=1),
    "FluxControlNetModel": lambda: diffusers.FluxControlNetModel(**flux.FLUX),
    "ZImageControlNetModel": _z_image,
    "QwenImageControlNetModel": lambda: diffusers.QwenImageControlNetModel(**chinese.QWEN, num_layers=1),
}


def save(net: ControlNet, place: Path) -> None:
    """A net of the entry's class in `place`, as a folder or as the one file that the entry names; nets that share a
    repository are the same."""
    made = filled(_MADE[net.net](), seed=sum(f"{net.repo}".encode()))
    if net.file:
        place.mkdir(parents=True, exist_ok=True)
        save_file(made.state_dict(), place / net.file)
    else:
        made.save_pretrained(place)
