"""Stands in for NVIDIA's library on machines without a card: cards whose every answer a test can set."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from gpu_agent import nvml


@dataclass
class Chip:
    """One card. `answers` are what nvmlDeviceGet… returns, by the name after that; others are not supported."""

    uuid: str
    answers: dict[str, Any] = field(default_factory=dict)


def chip(uuid: str = "GPU-aaa", name: str = "Card A", total: int = 24_000, free: int = 20_000, **answers: Any) -> Chip:
    memory = SimpleNamespace(total=total, free=free)
    return Chip(uuid, {"Name": name, "MemoryInfo": memory, "UUID": uuid, **answers})


def process(pid: int, held: int | None) -> Any:
    return SimpleNamespace(pid=pid, usedGpuMemory=held)


def sample(pid: int, percent: int) -> Any:
    return SimpleNamespace(pid=pid, smUtil=percent, timeStamp=0)


class Nvml:
    """A handle is the card itself."""

    class NVMLError(Exception):
        pass

    def __init__(self, *chips: Chip, driver: bool = True) -> None:
        self.chips, self.driver = chips, driver

    def nvmlInit(self) -> None:
        if not self.driver:
            raise self.NVMLError("Driver Not Loaded")

    def nvmlDeviceGetCount(self) -> int:
        return len(self.chips)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> Chip:
        return self.chips[index]

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> Chip:
        for found in self.chips:
            if found.uuid == uuid:
                return found
        raise self.NVMLError("Not Found")

    def __getattr__(self, name: str) -> Any:
        def answer(handle: Chip, *arguments: Any) -> Any:
            if (what := name.removeprefix("nvmlDeviceGet")) not in handle.answers:
                raise self.NVMLError("Not Supported")
            told = handle.answers[what]
            return told(*arguments) if callable(told) else told

        if not name.startswith("nvmlDeviceGet"):
            raise AttributeError(name)
        return answer


def use(patch: pytest.MonkeyPatch, library: Nvml | None) -> None:
    """This library, and no choice of cards by the owner of the machine that tests."""
    patch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    patch.setattr(nvml, "library", library)
