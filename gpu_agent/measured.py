"""What renders really took on this tower's cards, and what ran out of memory there: a frozen value that plans are
made with, and the JSON file it is kept in.

Bytes of the card as its allocator counted them (without the driver's own), seconds of whole renders with a warm model.
"""

import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter

from gpu_agent.order import Order
from gpu_agent.planner import Plan
from gpu_agent.stock import Gpu
from gpu_agent.value import Message

_ROOM_TO_TRY_AGAIN = 1.1  # a rung that ran out of memory is tried again where there is a tenth more than there was


class Case(Message):
    """What a render's memory and time hang on. `extras` counts LoRAs, ControlNet and reference."""

    card: str
    model: str
    mode: str
    width: int
    height: int
    frames: int
    extras: int
    rung: str
    format: str = ""
    text: str = "card"
    tiled: bool = False

    @property
    def bulk(self) -> int:
        """Pixels of all frames."""
        return self.width * self.height * self.frames


class Taken(Message):
    """The least memory that a render of a case got along with (bytes, 0 unmeasured), and its seconds a step."""

    peak: int = 0
    per_step: float = 0.0


class _Entry(Message):
    case: Case
    taken: Taken | None = None
    ran_out: int | None = None


_FILE: TypeAdapter[tuple[_Entry, ...]] = TypeAdapter(tuple[_Entry, ...])


def case(order: Order, plan: Plan, gpu: Gpu) -> Case:
    """This order, rendered by this plan on this card."""
    extras = len(order.loras) + (order.control is not None) + (order.reference is not None)
    size = {"width": order.width, "height": order.height, "frames": order.frames, "extras": extras}
    placed = {"rung": plan.rung, "format": plan.format, "text": plan.text, "tiled": plan.tiled}
    return Case.model_validate({"card": gpu.name, "model": order.model, "mode": order.mode, **size, **placed})


@dataclass(frozen=True)
class Measurements:
    """`ran_out` holds the budget (bytes) at which a case ran out of memory."""

    taken: Mapping[Case, Taken] = field(default_factory=dict)
    ran_out: Mapping[Case, int] = field(default_factory=dict)

    def peak(self, case: Case) -> int:
        """The card's bytes that this took, 0 if it was never measured."""
        return self.taken[case].peak if case in self.taken else 0

    def seconds(self, case: Case, steps: int) -> float | None:
        """What so many steps of this take, or None."""
        return self.taken[case].per_step * steps or None if case in self.taken else None

    def too_much(self, case: Case, budget: int) -> bool:
        """Did this, or the same of a smaller picture, run out of memory when there was about as much as now?"""
        return any(
            failed.bulk <= case.bulk and failed.extras <= case.extras and budget < had * _ROOM_TO_TRY_AGAIN
            for failed, had in self.ran_out.items()
            if _same_way(failed, case)
        )

    def after_render(self, case: Case, peak: int, per_step: float) -> Self:
        """With one more render: blocks that an allocator kept from before make a peak too high, never too low."""
        known = self.taken.get(case, Taken())
        peak = min(peak, known.peak) if peak and known.peak else peak or known.peak
        per_step = (per_step + known.per_step) / 2 if known.per_step else per_step
        return type(self)({**self.taken, case: Taken(peak=peak, per_step=per_step)}, self.ran_out)

    def after_running_out(self, case: Case, budget: int) -> Self:
        """With one more rung that this did not fit on."""
        return type(self)(self.taken, {**self.ran_out, case: max(budget, self.ran_out.get(case, 0))})


NONE = Measurements()


def _same_way(failed: Case, other: Case) -> bool:
    """What failed in one piece may do in tiles; what failed in tiles will not do in one piece."""
    names = ("card", "model", "mode", "rung", "format")
    return all(getattr(failed, name) == getattr(other, name) for name in names) and failed.tiled >= other.tiled


class Notebook:
    """The measurements of one tower and their file. A file that cannot be read is set aside, one that cannot be
    written costs the memory of this run alone: no picture fails for it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.now = _read(path)

    def rendered(self, order: Order, plan: Plan, gpu: Gpu, peak: int, seconds: float) -> None:
        """`peak` and `seconds` of this render alone, from its first step to its last byte; 0 where that is unknown."""
        with self._lock:
            self.now = self.now.after_render(case(order, plan, gpu), peak, seconds / order.steps)
            self._write()

    def ran_out(self, order: Order, plan: Plan, gpu: Gpu) -> None:
        """This plan was not enough."""
        with self._lock:
            self.now = self.now.after_running_out(case(order, plan, gpu), plan.budget)
            self._write()

    def _write(self) -> None:
        theirs = _read(self._path)  # each card's worker writes here
        self.now = Measurements({**theirs.taken, **self.now.taken}, {**theirs.ran_out, **self.now.ran_out})
        entries = tuple(_Entry(case=case, taken=taken) for case, taken in self.now.taken.items())
        entries += tuple(_Entry(case=case, ran_out=had) for case, had in self.now.ran_out.items())
        part = self._path.with_suffix(f".{os.getpid()}.part")
        with suppress(OSError):
            part.write_bytes(_FILE.dump_json(entries, exclude_none=True))
            part.replace(self._path)


def _read(path: Path) -> Measurements:
    try:
        entries = _FILE.validate_json(path.read_bytes())
    except OSError:
        return NONE
    except ValueError:
        with suppress(OSError):
            path.replace(path.with_suffix(".damaged"))
        return NONE
    taken = {entry.case: entry.taken for entry in entries if entry.taken is not None}
    return Measurements(taken, {entry.case: entry.ran_out for entry in entries if entry.ran_out is not None})
