"""Which model a kind of subject is drawn with, and why. `bot.nouns` hands these on with all the others."""

from dataclasses import dataclass
from enum import StrEnum

from bot.judged import Verdict
from gpu_agent.value import Message


class Tally(Message):
    """Of so many pictures about which there is an opinion, so many are kept."""

    kept: int = 0
    of: int = 0


class Route(Message):
    """Take `model` instead of `instead`: what each of them had kept, and how often either won side by side."""

    model: str
    instead: str
    ours: Tally = Tally()
    theirs: Tally = Tally()
    won: int = 0
    lost: int = 0


class RouteWhy(StrEnum):
    """How an ask came to its model. ABSENT and UNFIT: the model of the route could not be had, so the default drew."""

    ACCEPTED = "accepted"
    SETTING = "setting"
    EXPLORED = "explored"
    ABSENT = "absent"
    UNFIT = "unfit"


class Routed(Message):
    """What is kept with a job that named no model. `route` is what was to be done; an EXPLORED one tells what was."""

    why: RouteWhy
    route: Route

    @property
    def acts(self) -> bool:
        """Is it drawn with the route's model?"""
        return self.why not in (RouteWhy.ABSENT, RouteWhy.UNFIT)


@dataclass(frozen=True, slots=True)
class Proposal:
    """To take this route for an archetype: better by something between `low` and `high`.

    That is a difference of kept shares, or `by_duels` the share of comparisons won above a half.
    """

    archetype: str
    route: Route
    by_duels: bool
    low: float
    high: float


class RouteVerb(StrEnum):
    """What happens to routes. A proposal alone changes nothing."""

    PROPOSE = "propose"
    ACCEPT = "accept"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class RouteEdit:
    """One thing that happened to the route of an archetype, kept for ever; the same `key` counts once.

    `id` is 0 before it is recorded; to drop a route takes none.
    """

    key: str
    verb: RouteVerb
    archetype: str
    route: Route | None
    person: int
    at: float
    id: int = 0


@dataclass(frozen=True, slots=True)
class Opinion:
    """What counts of one person about one picture of an archetype, with what it takes to count it for its model.

    `person` is None for a picture of a comparison that nobody judged.
    """

    ask: str
    job: str
    model: str
    asker: int
    person: int | None
    verdict: Verdict | None
