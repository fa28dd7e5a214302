"""What this machine really reaches: operations a second in a matrix product, and bytes a second from the disk.

A floor is told by what was measured here, not by what a maker prints.
"""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import torch

_SIDES = {"cuda": (4096, 8192, 16384)}
_SMALL = (512, 1024)  # a processor takes a second for a product that a card takes a millisecond for
_WARM, _TIMES = 3, 7
_FORGETS = hasattr(os, "posix_fadvise") and sys.platform == "linux"
_PIECE = 16 * 2**20
_MOST = 2 * 2**30  # bytes read from the disk: seconds even from a slow one


def product(device: str, dtype: torch.dtype) -> float:
    """Operations a second of the fastest size of square matrix product: the median of several, of each size."""
    return max(_reached(device, dtype, side) for side in _SIDES.get(device, _SMALL))


def _reached(device: str, dtype: torch.dtype, side: int) -> float:
    generator = torch.Generator(device).manual_seed(0)
    one, other = (torch.randn(side, side, device=device, dtype=dtype, generator=generator) for _ in range(2))
    out = torch.empty_like(one)
    taken = [_seconds(lambda: torch.mm(one, other, out=out), device) for _ in range(_WARM + _TIMES)]
    return 2.0 * float(side) ** 3 / median(taken[_WARM:])


def _seconds(work: Callable[[], Any], device: str) -> float:
    settled(device)
    began = perf_counter()
    work()
    settled(device)
    return perf_counter() - began


def settled(device: str) -> None:
    """Everything that was given to the device is done."""
    if device == "cuda":
        torch.cuda.synchronize()
    if device == "mps":
        torch.mps.synchronize()


def disk(files: Iterable[Path]) -> float | None:
    """Bytes a second that these files are read with, one after another; None where the system cannot be told to forget
    what it has read: then its memory would be measured."""
    if not _FORGETS:
        return None
    files = list(files)
    forget(files)
    left, began, read = _MOST, perf_counter(), 0
    for file in files:
        with file.open("rb", buffering=0) as stream:
            while left > 0 and (piece := stream.read(min(_PIECE, left))):
                read, left = read + len(piece), left - len(piece)
    return read / (perf_counter() - began) if read else None


def forget(files: Iterable[Path]) -> None:
    """What the system remembers of these files is read from the disk again."""
    if sys.platform != "win32" and _FORGETS:
        for file in files:
            with file.open("rb") as stream:
                os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
