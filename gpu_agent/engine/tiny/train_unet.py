"""The last stage: the denoiser learns to find a picture's latents in noise, and the text encoder learns on with it.

Three things make the words take hold: things weigh more than grounds in the loss, noise is mostly strong (that is
where the layout is decided), and calm and simple scenes come first. Nothing here is compiled: compiled by torch 2.13
for a processor, the layers below the first halving get no gradient, and they learn nothing without a word said.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from diffusers.models.attention_processor import AttnProcessor

from gpu_agent.engine.tiny import network, tokens
from gpu_agent.engine.tiny.course import Course, run
from gpu_agent.engine.tiny.grammar import caption, spoiled
from gpu_agent.engine.tiny.muon import Muon, parted
from gpu_agent.engine.tiny.rendering import Lots

_EMPTY, _SPOILED = 0.1, 0.2  # captions left out, so that guidance has something to compare with; captions with fillers
_TEXT_SHARE = 0.1
_SIMPLE_FIRST, _SIMPLE_LAST = 0.9, 0.15
_CALM_FIRST, _CALM_LAST = 1.0, -0.15  # none at all towards the end
_THINGS_FIRST, _THINGS_LAST = 4.0, 1.5
_NOISY = 0.7


@dataclass(frozen=True)
class Stock:
    """Encoded scenes: latents (n, 16, 32, 32), and how they were drawn by lot. Captions of a `silent` stock do not name
    the style."""

    latents: Any
    lots: Lots
    silent: bool = False

    def caption(self, number: int, lot: Random) -> str:
        """A fresh caption for a scene: another wording each time."""
        scene, _ = self.lots.scene(number)
        return caption(replace(scene, style="") if self.silent else scene, lot)


@dataclass(frozen=True)
class Lessons:
    """Three stocks: `calm` ones, whose things keep to their places, mostly alone; `simple` ones, mostly alone, too;
    and what people really ask for. They are drawn from in this order of weight, and ever more from the last."""

    calm: Stock
    simple: Stock
    general: Stock

    def drawn(self, batch: int, done: float, lot: Random) -> tuple[torch.Tensor, list[str]]:
        """Latents and captions; `done` is the share of the course that is over."""
        calm, simple = (
            first + (last - first) * done for first, last in ((_CALM_FIRST, _CALM_LAST), (_SIMPLE_FIRST, _SIMPLE_LAST))
        )
        stocks = [
            self.calm if lot.random() < calm else self.simple if lot.random() < simple else self.general
            for _ in range(batch)
        ]
        numbers = [lot.randrange(len(stock.latents)) for stock in stocks]
        latents = np.stack([stock.latents[number] for stock, number in zip(stocks, numbers, strict=True)])
        captions = [_asked(stock.caption(number, lot), lot) for stock, number in zip(stocks, numbers, strict=True)]
        return torch.from_numpy(latents).float(), captions


def train(folder: Path, course: Course, lessons: Lessons, encoder: Any, words: Any) -> Any:
    """The denoiser, on the encoder's device; `encoder` is trained on in place, a tenth as fast."""
    torch.manual_seed(course.seed)
    device: torch.device = encoder.device
    unet = network.unet().to(device)
    unet.set_attn_processor(AttnProcessor())  # on a processor, the fused one is slower backwards
    noise = network.scheduler()

    def one(step: int, lot: Random) -> torch.Tensor:
        done = step / course.steps
        latents, captions = lessons.drawn(course.batch, done, lot)
        things = _THINGS_FIRST + (_THINGS_LAST - _THINGS_FIRST) * done
        with torch.autocast(device.type, torch.bfloat16):
            hidden = encoder(tokens.numbers(words, captions).to(device))[0]
        return loss(unet, noise, latents.to(device), hidden, things)

    run(course, folder, {"unet": unet, "text": encoder}, _optimizers(unet, encoder, course.rate), one)
    unet.set_default_attn_processor()
    return unet.eval()


def loss(unet: Any, scheduler: Any, latents: torch.Tensor, hidden: torch.Tensor, things: float) -> torch.Tensor:
    """The weighted error of the predicted velocity at one noise level for each picture."""
    device = latents.device
    share = (torch.randperm(len(latents), device=device) + torch.rand(1, device=device)) / len(latents)
    level = (1000 * share**_NOISY).long().clamp(0, 999)
    noise = torch.randn_like(latents)
    noisy = scheduler.add_noise(latents, noise, level)
    wanted = scheduler.get_velocity(latents, noise, level)
    with torch.autocast(device.type, torch.bfloat16):
        told = unet(noisy, level, hidden, return_dict=False)[0]
    weights = 1 + things * foreground(latents)
    return ((told.float() - wanted).square() * (weights / weights.mean())).mean()


def foreground(latents: torch.Tensor) -> torch.Tensor:
    """1 where something departs from the middle of its line, (n, 1, 32, 32)."""
    away = (latents - latents.median(dim=3, keepdim=True).values).abs().amax(1, keepdim=True)
    return (away > _DEPARTS).float()


_DEPARTS = 0.6


def _asked(text: str, lot: Random) -> str:
    if lot.random() < _EMPTY:
        return ""
    return spoiled(text, lot) if lot.random() < _SPOILED else text


def _optimizers(unet: Any, encoder: Any, rate: float) -> list[torch.optim.Optimizer]:
    inner, outer = parted(unet, ("conv_in", "conv_out"))
    groups = [{"params": outer, "share": 1.0}, {"params": list(encoder.parameters()), "share": _TEXT_SHARE}]
    return [Muon(inner, lr=rate), torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.99), weight_decay=1e-2)]
