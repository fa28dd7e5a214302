"""Numbered scenes and their pictures. Imports nothing heavy: processes that only render start at once."""

from random import Random

import numpy as np
import numpy.typing as npt

from gpu_agent.engine.tiny.drawing import draw
from gpu_agent.engine.tiny.scene import Scene, sample


def scene(seed: int, number: int, easy: float, style: str | None = None) -> tuple[Scene, Random]:
    """The scene of this number, always the same, and the lot its picture goes on with."""
    lot = Random(seed * 1_000_003 + number)
    return sample(lot, easy, style), lot


def rendered(seed: int, first: int, count: int, easy: float, styles: tuple[str | None, ...]) -> npt.NDArray[np.uint8]:
    """Pictures (count, 256, 256, 3); their styles take turns, None for any."""
    drawn = []
    for number in range(first, first + count):
        found, lot = scene(seed, number, easy, styles[number % len(styles)])
        drawn.append(draw(found, lot))
    return np.stack(drawn)
