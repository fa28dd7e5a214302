"""The cards as NVIDIA's library sees them, or Apple's, or the processor where there is none; bytes, when asked."""

import platform
import subprocess
import sys
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own

from gpu_agent import nvml
from gpu_agent.cards import GB, LIBRARY, PROCESSOR
from gpu_agent.stock import Gpu

# What a desktop and its programs keep of a card, by what is seen of it.
_DISPLAY, _WINDOWS, _HEADLESS = int(1.5 * GB), int(0.9 * GB), int(0.4 * GB)


def devices() -> tuple[str, ...]:
    """One value for CUDA_VISIBLE_DEVICES for each card that may be used; ("",) for the processor or a single card.

    A single card is left unnamed: naming it would only add a way to be wrong.
    """
    found = nvml.cards()
    return found if len(found) > 1 else ("",)


def cards(most: int | None = None) -> tuple[Gpu, ...]:
    """Each card that may be used with its memory, or one entry for the processor and the machine's memory.

    `most` is what the owner lets us have of each card.
    """
    named = nvml.cards()
    found = tuple(card for name in named if (card := _measured(name)) is not None)
    if len(found) < len(named) or not found:  # a card that fell off the bus, or a name that no card has
        found = (_apple() or _processor(),)
    return found if most is None else tuple(_at_most(card, most) for card in found)


def _at_most(card: Gpu, most: int) -> Gpu:
    return card.model_copy(update={"total": min(card.total, most), "free": min(card.free, most)})


def _measured(name: str) -> Gpu | None:
    """None for a card that does not even know its name. One that knows no memory of its own (a DGX Spark) shares the
    machine's."""
    called, memory, ram = nvml.ask(name, "Name"), nvml.ask(name, "MemoryInfo"), _ram()
    if called is None:
        return None
    unified = memory is None
    total, free = (ram["ram"], ram["ram_free"]) if unified else (int(memory.total), int(memory.free))
    reserve = 0 if unified else _reserve(name)
    shape = {"total": total, "free": free, "reserve": reserve, "unified": unified}
    return Gpu(name=called, arch=_arch(name), lacks=_lacks(), **shape, **ram)


def _lacks() -> tuple[str, ...]:
    """Formats whose library is not installed; that is looked up without importing it."""
    return tuple(name for name, library in LIBRARY.items() if find_spec(library) is None)


def _arch(name: str) -> str:
    capability = nvml.ask(name, "CudaComputeCapability")
    return "" if capability is None else "sm{}{}".format(*capability)


def _reserve(name: str) -> int:
    if nvml.ask(name, "DisplayActive"):
        return _DISPLAY
    return _WINDOWS if sys.platform == "win32" else _HEADLESS


def _apple() -> Gpu | None:
    """The GPU of an Apple chip, which goes by the chip's name; older Macs render on their processor."""
    if sys.platform == "darwin" and platform.machine() == "arm64":
        ram = _ram()
        return Gpu(name=_chip(), total=ram["ram"], free=ram["ram_free"], unified=True, **ram)
    return None


@lru_cache(maxsize=1)
def _chip() -> str:
    asked = ["sysctl", "-n", "machdep.cpu.brand_string"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip() or "Apple"


def _processor() -> Gpu:
    ram = _ram()
    return Gpu(name=PROCESSOR, total=ram["ram"], free=ram["ram_free"], **ram)


def _ram() -> dict[str, Any]:
    """The machine's memory; free is what programs can have without anything being swapped out."""
    memory = psutil.virtual_memory()
    return {"ram": int(memory.total), "ram_free": int(memory.available)}
