"""How wrong the denoiser is: where there is something to see, more than elsewhere."""

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F

_DEPARTS = 0.6


@dataclass(frozen=True)
class Weighing:
    """How much more things weigh than grounds, and their outlines in addition. At `noisy` 1 all noise levels are
    equally frequent, and the strong ones are more so the smaller it is."""

    things: float
    outlines: float = 0.0
    noisy: float = 1.0


BESIDE = Weighing(1.0, noisy=0.7)
"""For networks that learn beside a trained denoiser."""


def loss(unet: Any, scheduler: Any, latents: torch.Tensor, hidden: torch.Tensor, weighing: Weighing) -> torch.Tensor:
    """The weighted error of the predicted velocity at one noise level for each picture."""
    device = latents.device
    share = (torch.randperm(len(latents), device=device) + torch.rand(1, device=device)) / len(latents)
    level = (1000 * share**weighing.noisy).long().clamp(0, 999)
    noise = torch.randn_like(latents)
    noisy = scheduler.add_noise(latents, noise, level)
    wanted = scheduler.get_velocity(latents, noise, level)
    with torch.autocast(device.type, torch.bfloat16):
        told = unet(noisy, level, hidden, return_dict=False)[0]
    things = foreground(latents)
    weights = 1 + weighing.things * things + weighing.outlines * outlined(things)
    return ((told.float() - wanted).square() * (weights / weights.mean())).mean()


def foreground(latents: torch.Tensor) -> torch.Tensor:
    """1 where something departs from the middle of its line, (n, 1, 32, 32)."""
    away = (latents - latents.median(dim=3, keepdim=True).values).abs().amax(1, keepdim=True)
    return (away > _DEPARTS).float()


def outlined(things: torch.Tensor) -> torch.Tensor:
    """1 where what is 1 meets what is 0, on both sides, (n, 1, 32, 32)."""
    wider, less = (F.max_pool2d(side, 3, stride=1, padding=1) for side in (things, 1 - things))
    return wider * less
