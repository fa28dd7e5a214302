"""The cards as NVIDIA's library sees them, or the processor where there is none; bytes, measured when asked."""

import ctypes
import os
import sys
from importlib import import_module
from typing import Any

from gpu_agent.stock import Gpu

try:
    pynvml: Any = import_module("pynvml")
except ImportError:  # a tower without the library renders all the same
    pynvml = None

PROCESSOR = "processor"


def devices() -> tuple[str, ...]:
    """One value for CUDA_VISIBLE_DEVICES for each card that may be used; ("",) for the processor or a single card.

    A single card is left unnamed: naming it would only add a way to be wrong.
    """
    found = _names()
    return tuple(found) if len(found) > 1 else ("",)


def cards() -> tuple[Gpu, ...]:
    """Each card that may be used with its memory, or one entry for the processor and the machine's memory."""
    try:
        found = tuple(_measured(_handle(name)) for name in _names())
    except pynvml.NVMLError:  # a card that fell off the bus, or a name that no card has
        found = ()
    return found or (Gpu(name=PROCESSOR, **_memory()),)


def _names() -> list[str]:
    """The owner's own CUDA_VISIBLE_DEVICES is obeyed; else every card by its UUID, which no reordering changes."""
    if pynvml is None:
        return []
    try:
        pynvml.nvmlInit()
        handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        if (allowed := os.environ.get("CUDA_VISIBLE_DEVICES")) is not None:
            return [name for name in allowed.split(",") if name and not name.startswith("-")]
        return [pynvml.nvmlDeviceGetUUID(handle) for handle in handles]
    except pynvml.NVMLError:  # no driver, or none that answers now
        return []


def _handle(name: str) -> Any:
    if name.isdigit():
        return pynvml.nvmlDeviceGetHandleByIndex(int(name))
    return pynvml.nvmlDeviceGetHandleByUUID(name)


def _measured(handle: Any) -> Gpu:
    memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
    return Gpu(name=pynvml.nvmlDeviceGetName(handle), total=int(memory.total), free=int(memory.free))


class _MemoryStatus(ctypes.Structure):
    """MEMORYSTATUSEX of Windows."""

    _fields_ = [
        ("length", ctypes.c_uint32),
        ("load", ctypes.c_uint32),
        ("total", ctypes.c_uint64),
        ("free", ctypes.c_uint64),
        ("rest", ctypes.c_uint64 * 5),
    ]


def _memory() -> dict[str, int]:
    if sys.platform == "win32":
        status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
        ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        total, free = int(status.total), int(status.free)
    else:
        page = os.sysconf("SC_PAGE_SIZE")
        total = page * os.sysconf("SC_PHYS_PAGES")
        # macOS does not count free pages there; its compressor makes "free" mean little anyway
        free = page * os.sysconf("SC_AVPHYS_PAGES") if "SC_AVPHYS_PAGES" in os.sysconf_names else total
    return {"total": total, "free": free}
