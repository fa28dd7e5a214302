"""What a lever is: it is pulled on a pipeline, and says what became of that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gpu_agent.config import Speed
from gpu_agent.engine.families.family import Family
from gpu_agent.planner import Plan

COMPILED = "compile"


@dataclass(frozen=True)
class Pulled:
    """What was done. `levers` are names for the receipt; `lossy` says in words what costs precision; `notes` has a
    sentence for each lever that was wanted and cannot be had here."""

    levers: tuple[str, ...] = ()
    lossy: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __add__(self, other: "Pulled") -> "Pulled":
        return Pulled(self.levers + other.levers, self.lossy + other.lossy, self.notes + other.notes)


Lever = Callable[[Any, Plan, Family, Speed], Pulled]
