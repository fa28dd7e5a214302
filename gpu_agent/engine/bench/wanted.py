"""What is to be measured, and the instruments that only the caller has."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gpu_agent.catalogue import Model
from gpu_agent.engine.bench.turns import Joules
from gpu_agent.value import Facts


@dataclass(frozen=True)
class Wanted:
    """`random` stands in for weights that are not here; `runs` timed pictures at most of each model; `minutes` for all
    of it; `size` for pictures, where it is not the model's own; `trace` is where timelines go."""

    models: tuple[Model, ...]
    random: bool = False
    runs: int = 10
    minutes: float = 10.0
    size: tuple[int, int] | None = None
    levers: bool = False
    lossy: bool = False
    trace: Path | None = None


@dataclass(frozen=True)
class Instruments:
    """What only the card's own library knows: its joules so far, how it is, its driver; the words for a fault; and who
    is told what is being done."""

    joules: Joules
    state: Callable[[], str]
    driver: str
    sentence: Callable[[str, Facts], str]
    said: Callable[[str], None]
