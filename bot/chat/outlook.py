"""What the pictures of a file will probably take. Pure: the same past, the same answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.chat import forecast
from bot.chat.forecast import Lane
from bot.ledger.estimates import Like, Work
from bot.nouns import InLine, Outlook, Share
from bot.turn import order
from gpu_agent.wire import Progress

Running = tuple[Work, Progress | None]


@dataclass(frozen=True, slots=True)
class Place:
    """A tower: the models on its shelf, None when that was never seen, and its cards.

    `wake` is how many seconds it takes until it is ready, 0 when it is, None while that is not known.
    """

    name: str
    models: frozenset[str] | None
    lanes: tuple[Lane, ...]
    wake: float | None = 0.0


@dataclass(frozen=True, slots=True)
class Past:
    """How long things took before; None for what was not seen often enough."""

    usual: Mapping[Like, float | None]
    loads: Mapping[tuple[str, str], float | None]

    def usually(self, work: Work) -> float | None:
        return self.usual.get(work.like)

    def load(self, tower: str, model: str) -> float | None:
        return self.loads.get((tower, model))


@dataclass(frozen=True, slots=True)
class Queue:
    """Jobs that wait, in any order, and what is known of their work."""

    jobs: Sequence[InLine]
    works: Mapping[str, Work]


NOBODY = Queue((), {})


def host(model: str, places: Sequence[Place]) -> Place:
    """The tower that gets a job of this model: the first that has it, else the first, which will say so."""
    return next((place for place in places if place.models is None or model in place.models), places[0])


def outlook(mine: Queue, places: Sequence[Place], past: Past, now: float) -> Outlook:
    """Of these pictures alone, as if nobody else was there. At least one place is needed."""
    line = [mine.works[one.id] for one in order(mine.jobs, warm=_warm(places))]
    models = dict.fromkeys(work.like.model for work in line)
    hosts = {model: host(model, places) for model in models}
    shares = tuple(_share(model, line, hosts[model], past) for model in models)
    used = {place.name: place for place in hosts.values()}.values()
    wakes = [place.wake for place in used]
    wake = None if None in wakes else max((one for one in wakes if one is not None), default=0.0)
    ends = [
        end
        for place in used
        for end in forecast.ends(
            place.lanes,
            (),
            [work for work in line if hosts[work.like.model] is place],
            lambda work: past.usually(work) or 0.0,
            lambda tower, model: past.load(tower, model) or 0.0,
        ).values()
    ]
    return Outlook(shares, wake, max(ends, default=now) - now)


def ready(mine: Queue, others: Queue, running: Sequence[Running], places: Sequence[Place], past: Past) -> float | None:
    """The moment at which all of mine are there when people take turns; None while something of that is not known."""
    if any(host(one.model, places).wake is None for one in mine.jobs):
        return None
    works = {**others.works, **mine.works}
    line = [works[one.id] for one in order([*others.jobs, *mine.jobs], warm=_warm(places))]
    ends: dict[str, float] = {}
    for place in places:
        ours = [work for work in line if host(work.like.model, places) is place]
        here = [one for one in running if one[0].tower == place.name]
        ends |= forecast.ends(place.lanes, here, ours, past.usually, past.load)
    if any(one.id not in ends for one in mine.jobs):
        return None
    return max((ends[one.id] for one in mine.jobs), default=None)


def _share(model: str, line: Sequence[Work], place: Place, past: Past) -> Share:
    took = [past.usually(work) for work in line if work.like.model == model]
    known = [seconds for seconds in took if seconds is not None]
    load = 0.0 if any(lane.warm == model for lane in place.lanes) else past.load(place.name, model)
    return Share(model, len(took), load, sum(known), len(took) - len(known))


def _warm(places: Sequence[Place]) -> str | None:
    """The model that is loaded where the first jobs go."""
    return next((lane.warm for place in places for lane in place.lanes if lane.warm), None)
