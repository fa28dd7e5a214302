"""A timeline of one picture for a viewer (Perfetto, chrome://tracing), and where its time goes in five lines."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from torch.profiler import ProfilerActivity, profile

# What an operation is counted as, by the first of these words that its name holds.
_KINDS = (
    ("attention", ("attention", "flash", "sdpa", "fmha")),
    ("convolutions", ("conv", "fprop", "wgrad", "im2col")),
    ("matrix products", ("mm", "gemm", "matmul", "linear", "nvjet", "cutlass", "dot")),
    ("copies", ("copy", "memcpy", "memset", "_to_", "contiguous", "cat")),
)
_REST = "everything else"


def traced(draw: Callable[[], Any], file: Path, device: str) -> tuple[str, ...]:
    """Writes the timeline; gives a line for each kind of work, the largest first."""
    activities = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if device == "cuda" else [])]
    with profile(activities=activities) as profiler:
        draw()
    profiler.export_chrome_trace(str(file))
    return lines(_seconds(profiler.key_averages(), device))


def lines(seconds: Counter[str]) -> tuple[str, ...]:
    """Five of them: four kinds and the rest, in words."""
    whole = sum(seconds.values()) or 1.0
    ranked = sorted((*(kind for kind, _ in _KINDS), _REST), key=lambda kind: -seconds[kind])
    return tuple(f"{100 * seconds[kind] / whole:.1f} %  {kind} ({seconds[kind]:.3f} s)" for kind in ranked)


def _seconds(averages: Any, device: str) -> Counter[str]:
    """Of the device itself: a card's own kernels, or the processor's operations without what they call."""
    found: Counter[str] = Counter()
    for each in averages:
        on_card = each.device_type.name == "CUDA"
        if device == "cuda" and on_card:
            found[kind(each.key)] += each.self_device_time_total / 1e6
        elif device != "cuda":
            found[kind(each.key)] += each.self_cpu_time_total / 1e6
    return found


def kind(name: str) -> str:
    """What an operation or a kernel of this name is counted as."""
    small = name.lower()
    return next((kind for kind, words in _KINDS if any(word in small for word in words)), _REST)
