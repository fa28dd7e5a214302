"""When each job will probably be done, from how long such jobs took before. Pure: the same past, the same forecast."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.ledger.estimates import Work
from gpu_agent.wire import Progress

Usually = Callable[[Work], float | None]
"""Seconds to render such a picture; None while that is not known."""
Loads = Callable[[str, str], float | None]
"""Seconds in which this tower loads this model; None while that is not known."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One card: from `free_at` on it renders one picture after another; `warm` is the model it has loaded."""

    tower: str
    free_at: float
    warm: str = ""


def ends(
    lanes: Sequence[Lane],
    running: Iterable[tuple[Work, Progress | None]],
    line: Iterable[Work],
    usually: Usually,
    loads: Loads,
) -> dict[str, float]:
    """The moment at which each job ends for which it is known. Behind one of unknown length everything is unknown."""
    free = {lane.tower: _Lanes([one for one in lanes if one.tower == lane.tower]) for lane in lanes}
    found: dict[str, float] = {}
    known = True
    for work, progress in sorted(running, key=lambda one: _waits(one[1])):
        own, rest = free.get(work.tower or ""), _rest(work, progress, usually, loads)
        end = own.take(work, rest, loads, begun=not _waits(progress)) if own else None
        found |= {} if end is None else {work.job: end}
        known = known and end is not None
    everywhere = _Lanes([lane for own in free.values() for lane in own.lanes])
    for work in line if known and everywhere.lanes else ():
        end = everywhere.take(work, usually(work), loads, begun=False)
        if end is None:
            break
        found[work.job] = end
    return found


class _Lanes:
    def __init__(self, lanes: Iterable[Lane]) -> None:
        self._heap = [(lane.free_at, number, lane) for number, lane in enumerate(lanes)]
        heapq.heapify(self._heap)

    @property
    def lanes(self) -> list[Lane]:
        return [lane for _, _, lane in self._heap]

    def take(self, work: Work, seconds: float | None, loads: Loads, *, begun: bool) -> float | None:
        """The lane that is free first does this work; one that has begun needs nothing loaded any more."""
        free_at, number, lane = self._heap[0]
        load = 0.0 if begun or lane.warm == work.like.model else loads(lane.tower, work.like.model)
        if seconds is None or load is None:
            return None
        end = free_at + load + seconds
        heapq.heapreplace(self._heap, (end, number, replace(lane, free_at=end, warm=work.like.model)))
        return end


def _waits(progress: Progress | None) -> bool:
    return progress is None or progress.phase == "waiting"


def _rest(work: Work, progress: Progress | None, usually: Usually, loads: Loads) -> float | None:
    """What is left to do of a job that a tower has; unknown while something holds it up."""
    seconds = usually(work)
    if seconds is None or progress is None:
        return seconds
    if progress.hold:
        return None
    if progress.phase == "loading":
        load = loads(work.tower or "", work.like.model)
        return None if load is None else load * (1 - (progress.share or 0.0)) + seconds
    if progress.phase == "rendering" and progress.of:
        return seconds * (1 - progress.step / progress.of)
    return 0.0 if progress.phase in ("decoding", "saving") else seconds
