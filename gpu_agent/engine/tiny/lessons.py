"""What the denoiser learns from: encoded scenes with captions, in changing shares."""

from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np
import torch

from gpu_agent.engine.tiny.grammar import caption, spoiled
from gpu_agent.engine.tiny.rendering import Lots

_EMPTY, _SPOILED = 0.1, 0.2  # captions left out, so that guidance has something to compare with; captions with fillers


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
    """Three stocks: `first` ones, `simple` ones, whose things are mostly alone, and what people really ask for."""

    first: Stock
    simple: Stock
    general: Stock

    def drawn(self, batch: int, first: float, simple: float, lot: Random) -> tuple[torch.Tensor, list[str]]:
        """Latents and captions; `first` is the share of the first stock, `simple` that of the second in the rest."""
        stocks = [
            self.first if lot.random() < first else self.simple if lot.random() < simple else self.general
            for _ in range(batch)
        ]
        numbers = [lot.randrange(len(stock.latents)) for stock in stocks]
        latents = np.stack([stock.latents[number] for stock, number in zip(stocks, numbers, strict=True)])
        captions = [_asked(stock.caption(number, lot), lot) for stock, number in zip(stocks, numbers, strict=True)]
        return torch.from_numpy(latents).float(), captions


def _asked(text: str, lot: Random) -> str:
    if lot.random() < _EMPTY:
        return ""
    return spoiled(text, lot) if lot.random() < _SPOILED else text
