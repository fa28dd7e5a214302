"""Where the work is done: which device, with how many threads, and how much memory it took (bytes)."""

import gc
import os
import sys

import torch

_CORES = torch.get_num_threads()  # what torch would take: every core


def device() -> str:
    """The first CUDA card, Apple's GPU, or the processor."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def name(device: str) -> str:
    """The device in words, as the receipt names it."""
    return torch.cuda.get_device_name() if device == "cuda" else device


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
    if device == "cuda":
        torch.cuda.empty_cache()
    if device == "mps":
        torch.mps.empty_cache()


if sys.platform == "win32":
    import psutil  # type: ignore[import-untyped]  # comes with accelerate; its stubs do not

    def _process_peak() -> int:
        return int(psutil.Process().memory_info().peak_wset)
else:
    import resource

    def _process_peak() -> int:
        unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
