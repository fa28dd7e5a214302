"""What pairs show of cues: trials go to `bot.evidence`, a report comes back. `bot.nouns` hands these on."""

from dataclasses import dataclass

CueName = tuple[str, str, str]
"""Scope, what it is about, and the phrase in small letters."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One pair, judged. `woven` and `bare` are the shares of people who keep the half with and the one without cues."""

    model: str
    archetype: str | None
    cues: tuple[CueName, ...]
    people: int
    woven: float
    bare: float

    @property
    def difference(self) -> float:
        """Between -1 and 1; above 0 the cues helped."""
        return self.woven - self.bare


@dataclass(frozen=True, slots=True)
class Figure:
    """How some pairs came out: mean keep-rates, and between which bounds their true difference lies.

    `name` is empty for all pairs together, a model, an archetype, or the three parts of a cue's name. `few` pairs
    have no bounds but -1 and 1.
    """

    name: tuple[str, ...]
    pairs: int
    woven: float
    bare: float
    low: float
    high: float
    few: bool

    @property
    def difference(self) -> float:
        return self.woven - self.bare

    @property
    def helps(self) -> bool:
        return self.low > 0

    @property
    def harms(self) -> bool:
        return self.high < 0


@dataclass(frozen=True, slots=True)
class Report:
    """The one claim is about `overall`. The others are corrected for how many there are of their kind."""

    overall: Figure
    cues: tuple[Figure, ...] = ()
    models: tuple[Figure, ...] = ()
    archetypes: tuple[Figure, ...] = ()
