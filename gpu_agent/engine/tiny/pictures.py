"""Scenes by the thousand: pictures for the autoencoder, and latents with their scenes for the denoiser."""

from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from rich.progress import track

from gpu_agent.engine.tiny.network import DOWN, LATENTS, as_pixels
from gpu_agent.engine.tiny.paint import SIDE
from gpu_agent.engine.tiny.rendering import Lots, rendered

_PIECE = 250


def shelf(file: Path, seed: int, count: int, workers: int) -> npt.NDArray[np.uint8]:
    """`count` pictures in a file, rendered by several processes if it is not there: for the autoencoder, which has to
    know every hand, the sketch too."""
    if not file.exists():
        unfinished = file.with_suffix(".new")
        kept = np.lib.format.open_memmap(unfinished, "w+", np.uint8, (count, SIDE, SIDE, 3))
        lots = Lots(seed, 0.2, (None, None, None, None, None, "sketch"))
        for first, piece in _pieces(lots, count, workers):
            kept[first : first + len(piece)] = piece
        kept.flush()
        unfinished.rename(file)
    pictures: npt.NDArray[np.uint8] = np.load(file, mmap_mode="r")
    return pictures


def latents(file: Path, lots: Lots, count: int, autoencoder: Any, workers: int) -> npt.NDArray[np.float16]:
    """Latents (count, 16, 32, 32), scaled to about 1, in a file; rendered and encoded if it is not there."""
    if not file.exists():
        unfinished = file.with_suffix(".new")
        side = SIDE // DOWN
        kept = np.lib.format.open_memmap(unfinished, "w+", np.float16, (count, LATENTS, side, side))
        for first, piece in _pieces(lots, count, workers):
            kept[first : first + len(piece)] = encoded(autoencoder, piece)
        kept.flush()
        unfinished.rename(file)
    found: npt.NDArray[np.float16] = np.load(file, mmap_mode="r")
    return found


@torch.no_grad()
def encoded(autoencoder: Any, pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.float16]:
    """Their latents, scaled."""
    found, device = [], autoencoder.device
    for start in range(0, len(pictures), 25):
        pixels = as_pixels(torch.from_numpy(pictures[start : start + 25]).to(device))
        with torch.autocast(device.type, torch.bfloat16):
            coded = autoencoder.encode(pixels).latents
        found.append((coded.float() * autoencoder.config.scaling_factor).half().cpu().numpy())
    return np.concatenate(found)


def _pieces(lots: Lots, count: int, workers: int) -> Any:
    """(first number, pictures) after one another; few are rendered ahead, because a piece is 50 MB."""
    firsts = deque(range(0, count, _PIECE))
    waiting: deque[tuple[int, Future[npt.NDArray[np.uint8]]]] = deque()
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for _ in track(range(len(firsts)), description=f"scenes {count}"):
            while firsts and len(waiting) <= workers:
                first = firsts.popleft()
                size = min(_PIECE, count - first)
                waiting.append((first, pool.submit(rendered, lots, first, size)))
            done, piece = waiting.popleft()
            yield done, piece.result()
