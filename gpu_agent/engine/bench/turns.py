"""Two ways of drawing the same pictures, turn by turn, so that a machine that grows warm or busy is fair to both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from time import perf_counter
from typing import Any, Protocol

import torch

from gpu_agent.engine import place
from gpu_agent.engine.bench.marks import WHAT, Watch
from gpu_agent.engine.bench.told import Took
from gpu_agent.order import Order

Joules = Callable[[], float | None]
LEAST = 3  # runs of what takes long
_LONG = 5.0  # seconds


class Way(Protocol):
    """How pictures are drawn. `draw` gives seconds to the pixels, seconds from there to the file, and the pixels."""

    pipeline: Any

    @property
    def watch(self) -> Watch | None: ...

    def draw(self, order: Order, number: int) -> tuple[float, float, Any]: ...


@dataclass
class Shots:
    """What the timed pictures of one way took, each by its number."""

    seconds: list[float] = field(default_factory=list)
    files: list[float] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    peaks: list[int] = field(default_factory=list)
    joules: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Turns:
    """`runs` at most, none begun after `until` (of perf_counter) as soon as each way had its `LEAST`."""

    device: str
    joules: Joules
    runs: int
    until: float

    def taken(self, ways: Sequence[Way], order_of: Callable[[int], Order], first: int) -> list[Took]:
        """Every way draws the pictures from number `first` on, one after another in turn. They are warm already."""
        shots = [Shots() for _ in ways]
        for number in range(first, first + self.runs):
            if self._enough(shots):
                break
            for way, own in zip(ways, shots, strict=True):
                self._shoot(way, order_of(number), number, own)
        return [self._told(way, own) for way, own in zip(ways, shots, strict=True)]

    def _enough(self, shots: Sequence[Shots]) -> bool:
        done = len(shots[0].seconds)
        slow = done and max(own.seconds[-1] for own in shots) > _LONG
        return done >= LEAST and bool(slow or perf_counter() > self.until)

    def _shoot(self, way: Way, order: Order, number: int, own: Shots) -> None:
        before, held = self.joules(), self._start()
        seconds, file, _ = way.draw(order, number)
        after = self.joules()
        own.seconds.append(seconds)
        own.files.append(file)
        own.numbers.append(number)
        own.peaks.append(self._peak(way.pipeline, held))
        if before is not None and after is not None:
            own.joules.append(after - before)

    def _start(self) -> int:
        if self.device != "cuda":
            return 0
        torch.cuda.reset_peak_memory_stats()
        return torch.cuda.memory_allocated()

    def _peak(self, pipeline: Any, held: int) -> int:
        """A card's bytes: what the picture took beside all that lay there before, and this way's own weights, though
        another way may share them. Elsewhere what the whole process ever took."""
        if self.device != "cuda":
            return place.peak(self.device)
        return weight(pipeline) + torch.cuda.max_memory_allocated() - held

    def _told(self, way: Way, own: Shots) -> Took:
        watch = way.watch
        split = [watch.seconds(number) for number in own.numbers] if watch is not None else []
        parts = {what: median(each[what] for each in split) if split else 0.0 for what in WHAT}
        whole = median(own.seconds)
        return Took(
            runs=len(own.seconds),
            median=whole,
            p95=p95(own.seconds),
            slowest=max(own.seconds),
            **parts,
            rest=max(0.0, whole - sum(parts.values())),
            png=median(own.files),
            peak=max(own.peaks),
            joules=median(own.joules) if own.joules else None,
        )


def p95(values: Sequence[float]) -> float:
    """Of few values the largest, nearly."""
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def weight(pipeline: Any) -> int:
    """Bytes of a pipeline's numbers on the card; what two names share counts once."""
    parts = [part for part in pipeline.components.values() if isinstance(part, torch.nn.Module)]
    tensors = [each for part in parts for each in (*part.parameters(), *part.buffers()) if each.is_cuda]
    return sum({each.data_ptr(): each.nbytes for each in tensors}.values())
