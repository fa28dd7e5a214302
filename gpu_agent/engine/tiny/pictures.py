"""Scenes by the thousand: pictures for the autoencoder, and latents with their scenes for the denoiser."""

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from rich.progress import track

from gpu_agent.engine.tiny.drawing import draw
from gpu_agent.engine.tiny.network import DOWN, LATENTS, as_pixels
from gpu_agent.engine.tiny.paint import SIDE
from gpu_agent.engine.tiny.scene import Scene, sample

_PIECE = 250


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


def shelf(file: Path, seed: int, count: int, workers: int) -> npt.NDArray[np.uint8]:
    """`count` pictures in a file, rendered by several processes if it is not there: for the autoencoder, which has to
    know every hand, the sketch too."""
    if not file.exists():
        unfinished = file.with_suffix(".new")
        kept = np.lib.format.open_memmap(unfinished, "w+", np.uint8, (count, SIDE, SIDE, 3))
        styles = (None, None, None, None, None, "sketch")
        for first, piece in _pieces(seed, count, 0.2, styles, workers):
            kept[first : first + len(piece)] = piece
        kept.flush()
        unfinished.rename(file)
    pictures: npt.NDArray[np.uint8] = np.load(file, mmap_mode="r")
    return pictures


def latents(
    file: Path,
    seed: int,
    count: int,
    easy: float,
    autoencoder: Any,
    workers: int,
    styles: tuple[str | None, ...] = (None,),
) -> npt.NDArray[np.float16]:
    """Latents (count, 8, 32, 32), scaled to about 1, in a file; rendered and encoded if it is not there."""
    if not file.exists():
        unfinished = file.with_suffix(".new")
        side = SIDE // DOWN
        kept = np.lib.format.open_memmap(unfinished, "w+", np.float16, (count, LATENTS, side, side))
        for first, piece in _pieces(seed, count, easy, styles, workers):
            kept[first : first + len(piece)] = encoded(autoencoder, piece)
        kept.flush()
        unfinished.rename(file)
    found: npt.NDArray[np.float16] = np.load(file, mmap_mode="r")
    return found


@torch.no_grad()
def encoded(autoencoder: Any, pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.float16]:
    """Their latents, scaled."""
    found = []
    for start in range(0, len(pictures), 25):
        pixels = as_pixels(torch.from_numpy(pictures[start : start + 25]))
        with torch.autocast("cpu", torch.bfloat16):
            coded = autoencoder.encode(pixels).latents
        found.append((coded.float() * autoencoder.config.scaling_factor).half().numpy())
    return np.concatenate(found)


def _pieces(seed: int, count: int, easy: float, styles: tuple[str | None, ...], workers: int) -> Any:
    firsts = range(0, count, _PIECE)
    with ProcessPoolExecutor(workers) as pool:
        waiting = [pool.submit(rendered, seed, first, min(_PIECE, count - first), easy, styles) for first in firsts]
        for first, piece in track(list(zip(firsts, waiting, strict=True)), description=f"scenes {count}"):
            yield first, piece.result()
            waiting[first // _PIECE].cancel()
