"""Where the work is done: which device, with how many threads, and how much memory it took (bytes)."""

import ctypes
import gc
import os
import platform
import sys

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import torch

from gpu_agent import gpu
from gpu_agent.cards import PROCESSOR
from gpu_agent.engine import quantize
from gpu_agent.estimate import CONTEXT
from gpu_agent.stock import Gpu

_LARGE = 2**17  # bytes: what glibc itself begins with
_M_MMAP_THRESHOLD = -3  # glibc's malloc.h
_CORES = torch.get_num_threads()  # what torch would take: every core


def device() -> str:
    """The first CUDA card, Apple's GPU, or the processor."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def name(device: str) -> str:
    """The device in words, as the receipt names it."""
    return torch.cuda.get_device_name() if device == "cuda" else device


def card(device: str, most: int | None = None) -> Gpu:
    """The device as plans see it; what this process holds of it counts as free. `most` is what the owner lets us have.

    NVIDIA's library knows more (the desktop's share, a Spark's memory), torch always knows something.
    """
    memory = psutil.virtual_memory()
    ram = {"ram": int(memory.total), "ram_free": int(memory.available)}
    if device == "cpu":
        return Gpu(name=PROCESSOR, total=ram["ram"], free=ram["ram_free"], **ram)
    seen = gpu.cards()[0]
    if seen.name == PROCESSOR:
        seen = _as_torch_sees_it(device, ram)
    free, lacks = min(seen.total, seen.free + _held(device)), tuple(sorted(quantize.lacking(device)))
    if most is not None:
        seen, free = seen.model_copy(update={"total": min(seen.total, most)}), min(free, most)
    return seen.model_copy(update={"free": free, "lacks": lacks})


def cap(device: str, card: Gpu, most: int | None) -> None:
    """Hold this process to what it may take of a card, so that too much is an error that can be answered.

    Windows would move the rest into the machine's memory without a word, and the render would take minutes: there the
    bound is what is free.
    """
    limit = card.free if sys.platform == "win32" else most
    if device != "cuda" or limit is None:
        return
    _, total = torch.cuda.mem_get_info()
    torch.cuda.set_per_process_memory_fraction(min(1.0, max(0, limit - CONTEXT) / total))


def leave_a_core() -> None:
    """One core stays free for the rest of the machine, unless OMP_NUM_THREADS says otherwise.

    Threads of one operation wait for each other by spinning: where one of them has to share its core with another
    program, a picture that takes half a second takes half a minute.
    """
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, _CORES - 1))


def threads() -> int:
    """How many threads one operation uses on the processor; other numbers round sums differently."""
    return torch.get_num_threads()


def start_measuring(device: str) -> None:
    """Forget the highest use so far, where the device can: a process's own peak cannot be forgotten."""
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()


def peak(device: str) -> int:
    """The most memory held since `start_measuring`: the card's, or this process's where memory is shared."""
    return torch.cuda.max_memory_reserved() if device == "cuda" else _process_peak()


def give_back(device: str) -> None:
    """After the last reference to a pipeline is gone: return its memory to the system."""
    gc.collect()
    trim()
    if device == "cuda":
        torch.cuda.empty_cache()
    if device == "mps":
        torch.mps.empty_cache()


def return_large_blocks() -> None:
    """From now on, large blocks go back to the system when they are freed, where the C library can be told (glibc). By
    itself it keeps room for the largest that it has seen, between other blocks, and then asks for more."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)


def trim() -> None:
    """Return what this process has freed and its C library still keeps, where that can be asked (glibc)."""
    if sys.platform == "linux" and (asked := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        asked(0)


def _as_torch_sees_it(device: str, ram: dict[str, int]) -> Gpu:
    if device == "mps":
        return Gpu(name="Metal", total=ram["ram"], free=ram["ram_free"], unified=True, **ram)
    free, total = torch.cuda.mem_get_info()
    facts = torch.cuda.get_device_properties()
    arch = f"sm{facts.major}{facts.minor}"
    return Gpu(name=facts.name, total=total, free=free, arch=arch, unified=bool(facts.is_integrated), **ram)


def _held(device: str) -> int:
    return torch.cuda.memory_reserved() if device == "cuda" else torch.mps.driver_allocated_memory()


if sys.platform == "win32":

    def _process_peak() -> int:
        return int(psutil.Process().memory_info().peak_wset)
else:
    import resource

    def _process_peak() -> int:
        unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
