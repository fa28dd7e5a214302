"""Channels last: how convolutions read pictures fastest. Only the sums' order changes."""

from collections.abc import Iterator
from typing import Any

import torch
from diffusers.hooks.group_offloading import _is_group_offload_enabled as is_group_offload_enabled

from gpu_agent.config import Speed
from gpu_agent.engine.families.family import Family
from gpu_agent.engine.speed.pulled import Pulled
from gpu_agent.planner import Plan

NAME = "channels-last"
_LAYOUTS = {torch.nn.Conv2d: torch.channels_last, torch.nn.Conv3d: torch.channels_last_3d}


def pull(pipeline: Any, plan: Plan, family: Family, speed: Speed) -> Pulled:
    """The autoencoder and, where it is a convolving one, the denoiser. What is sent to the card piece by piece stays:
    it would come there again as it lies in the machine's memory."""
    if not wanted(plan, speed):
        return Pulled()
    parts = (getattr(pipeline, name, None) for name in ("vae", *family.denoisers))
    # A transformer has a convolution at its door at most, and all else would have to be turned around for it.
    turned = [part for part in parts if part is not None and _convolves(part) and not is_group_offload_enabled(part)]
    for part in turned:
        _turn(part)
    return Pulled(levers=(NAME,)) if turned else Pulled()


def wanted(plan: Plan, speed: Speed) -> bool:
    """On Apple's card only if somebody says so: there nobody has measured it. A processor gains less by it than a card
    in seconds, but its library need not turn large pictures around before each convolution, which takes memory, too."""
    return speed.channels_last == "on" or (speed.channels_last == "auto" and not plan.device.startswith("mps"))


def _convolves(part: Any) -> bool:
    """Is it one of those networks that work on pictures at several sizes?"""
    return any(name.startswith(("up_blocks", "decoder")) for name, _ in _convolutions(part))


def _convolutions(part: Any) -> Iterator[tuple[str, Any]]:
    return ((name, each) for name, each in part.named_modules() if isinstance(each, tuple(_LAYOUTS)))


def _turn(part: Any) -> None:
    for _, convolution in _convolutions(part):
        layout = next(layout for kind, layout in _LAYOUTS.items() if isinstance(convolution, kind))
        convolution.to(memory_format=layout)
