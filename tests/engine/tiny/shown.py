"""Pictures of a pipeline as the tests look at them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpu_agent.engine.tiny import sheet
from gpu_agent.engine.tiny.sheet import Pictures

PLAIN = (
    "a red circle on a white background",
    "a blue square on a yellow background",
    "a green heart on a pink background",
    "a purple star on a gray background",
)


def pictures(pipeline: Any, prompts: Sequence[str], seed: int = 40) -> Pictures:
    """(n, 256, 256, 3), with seeds counted up."""
    return sheet.pictures(pipeline, prompts, seed)


def covered(picture: Pictures) -> float:
    """The share of pixels that are far from the colour at the rim."""
    away = np.abs(picture.astype(int) - np.median(picture[:, :4], axis=(0, 1))).sum(axis=2)
    return float((away > 90).mean())


def vivid(shown: Pictures) -> float:
    """How far apart red, green and blue are on the average: 0 in gray pictures."""
    return float(np.ptp(shown.astype(int), axis=-1).mean())
