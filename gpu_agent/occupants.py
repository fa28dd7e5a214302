"""Who else is on a card, as NVIDIA's library and the system's list of processes tell."""

import time
from collections.abc import Collection
from contextlib import suppress
from typing import Any

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own

from gpu_agent import nvml
from gpu_agent.holds import Occupant

_SECONDS = 3.0  # how far back the shares of the card's time go; a little more than there is between two looks


def others(card: str, ours: Collection[int]) -> tuple[Occupant, ...]:
    """Every process on the card but these. One that this system's list does not show is left out: in a container the
    library counts processes by the numbers of another house, and one of them is our own worker."""
    held = _memory(card)
    shares = _shares(card)
    found = [pid for pid in {*held, *shares} if pid not in ours]
    return tuple(Occupant(pid, name, held.get(pid), shares.get(pid, 0.0)) for pid in found if (name := _name(pid)))


def _memory(card: str) -> dict[int, int | None]:
    held: dict[int, int | None] = {}
    for what in ("ComputeRunningProcesses", "GraphicsRunningProcesses"):
        for process in nvml.ask(card, what) or ():
            known = held.get(process.pid)
            told = None if process.usedGpuMemory is None else int(process.usedGpuMemory)
            held[process.pid] = told if known is None else max(known, told or 0)
    return held


def _shares(card: str) -> dict[int, float]:
    """The mean of the samples of each process since a moment ago."""
    since = int((time.time() - _SECONDS) * 1e6)
    samples: dict[int, list[Any]] = {}
    for sample in nvml.ask(card, "ProcessUtilization", since) or ():
        samples.setdefault(sample.pid, []).append(sample.smUtil)
    return {pid: sum(values) / len(values) / 100 for pid, values in samples.items()}


def _name(pid: int) -> str:
    with suppress(psutil.Error):
        return str(psutil.Process(pid).name())
    return ""
