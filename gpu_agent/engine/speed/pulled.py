"""What a lever is: it is pulled on a pipeline, and says what became of that."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from gpu_agent.config import Speed
from gpu_agent.engine.families.family import Family
from gpu_agent.planner import Plan

COMPILED = "compile"


Doubt = Callable[[], tuple[tuple[str, ...], str] | None]
"""Asked after a picture: (names of levers that gave way while it was drawn, a sentence why); None while they hold."""


@dataclass(frozen=True)
class Pulled:
    """What was done. `levers` are names for the receipt; `lossy` says in words what costs precision; `notes` has a
    sentence for each lever that was wanted and cannot be had here; `doubts` are of those that only drawing proves."""

    levers: tuple[str, ...] = ()
    lossy: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def __add__(self, other: "Pulled") -> "Pulled":
        lossy, notes = self.lossy + other.lossy, self.notes + other.notes
        return Pulled(self.levers + other.levers, lossy, notes, self.doubts + other.doubts)

    def now(self) -> "Pulled":
        """As it has turned out so far: without the levers that gave way, and with the sentences why."""
        found = [told for told in (doubt() for doubt in self.doubts) if told is not None]
        gone = {name for names, _ in found for name in names}
        left = tuple(name for name in self.levers if name not in gone)
        return replace(self, levers=left, notes=(*self.notes, *(why for _, why in found)))


Lever = Callable[[Any, Plan, Family, Speed], Pulled]
