"""Numbered scenes and their pictures. Imports nothing heavy: processes that only render start at once."""

from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt

from gpu_agent.engine.tiny.drawing import draw
from gpu_agent.engine.tiny.scene import Scene, sample


@dataclass(frozen=True)
class Lots:
    """How numbered scenes are drawn by lot: `easy` and `loose` as `sample` takes them; the styles take turns, None for
    any."""

    seed: int
    easy: float
    styles: tuple[str | None, ...] = (None,)
    loose: float = 1.0

    def scene(self, number: int) -> tuple[Scene, Random]:
        """The scene of this number, always the same, and the lot its picture goes on with."""
        lot = Random(self.seed * 1_000_003 + number)
        return sample(lot, self.easy, self.styles[number % len(self.styles)], self.loose), lot


def rendered(lots: Lots, first: int, count: int) -> npt.NDArray[np.uint8]:
    """Pictures (count, 256, 256, 3)."""
    return np.stack([draw(*lots.scene(number)) for number in range(first, first + count)])
