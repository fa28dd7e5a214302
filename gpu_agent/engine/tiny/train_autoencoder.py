"""The first stage: pictures to latents and back, learned on crops."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from gpu_agent.engine.tiny import network, pictures
from gpu_agent.engine.tiny.course import Course, run
from gpu_agent.engine.tiny.muon import Muon, parted

CROP = 96
_NOISE = 0.04  # the denoiser's latents are never quite those of a picture


def train(folder: Path, course: Course, count: int, workers: int, device: torch.device) -> Any:
    """The autoencoder, trained on `count` pictures."""
    stock = pictures.shelf(folder / "pictures.npy", course.seed, count, workers)
    torch.manual_seed(course.seed)
    model = network.autoencoder().to(device, memory_format=torch.channels_last)
    inner, outer = parted(model, ("encoder.layers.0.", f"decoder.layers.{len(model.decoder.layers) - 1}."))
    rest = torch.optim.AdamW(outer, lr=course.rate, betas=(0.9, 0.98), weight_decay=1e-4)

    def one(_step: int, lot: Any) -> torch.Tensor:
        crops = np.stack([_crop(stock, lot) for _ in range(course.batch)])
        pixels = network.as_pixels(torch.from_numpy(crops).to(device))
        with torch.autocast(device.type, torch.bfloat16):
            latents = model.encode(pixels).latents.float()
            again = model.decode(latents + torch.randn_like(latents) * _NOISE).sample.float()
        return fault(again - pixels) + 0.02 * unevenness(latents)

    run(course, folder, {"autoencoder": model}, [Muon(inner, lr=course.rate), rest], one)
    return model.eval()


def fault(difference: torch.Tensor) -> torch.Tensor:
    """How far off: pixels, edges between neighbours, and areas."""
    across, down = difference[..., 1:] - difference[..., :-1], difference[..., 1:, :] - difference[..., :-1, :]
    edges = across.abs().mean() + down.abs().mean()
    areas = F.avg_pool2d(difference, 4).abs().mean()
    return difference.abs().mean() + 2 * difference.square().mean() + 0.5 * edges + 0.5 * areas


def unevenness(latents: torch.Tensor) -> torch.Tensor:
    """How far the channels are from mean 0 and the same spread."""
    over = (0, 2, 3)
    return latents.mean(over).square().sum() + (latents.std(over) - network.SPREAD).square().sum()


def _crop(stock: Any, lot: Any) -> Any:
    number, top, left = lot.randrange(len(stock)), lot.randrange(257 - CROP), lot.randrange(257 - CROP)
    crop = stock[number, top : top + CROP, left : left + CROP]
    return crop[:, ::-1] if lot.random() < 0.5 else crop
