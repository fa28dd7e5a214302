"""The accepted orders without an end, in the order in which they came, and whose turn it is. Nothing here speaks.

A place waits, then renders on a card, then is finished there (encoded and written) while the next one renders.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from gpu_agent.holds import Hold
from gpu_agent.order import Order
from gpu_agent.value import Message


class Asker(Protocol):
    """A line to a bot; telling it something never waits."""

    def tell(self, message: Message, payload: bytes = b"") -> None: ...


class Runner(Protocol):
    """One card's worker; handing it something never waits, and an order starts the worker where there is none."""

    @property
    def alive(self) -> bool: ...

    def hand(self, message: Message) -> None: ...

    def stop(self) -> None: ...


@dataclass
class Place:
    """An accepted order. `asker` is whoever asked last; `fits` are the runners whose cards are large enough; `runner`
    is None while it waits; `alone` says that nothing may render beside its finishing, after a crash in which both were.
    """

    order: Order
    epoch: int
    asker: Asker
    fits: Collection[Runner]
    runner: Runner | None = None
    finishing: bool = False
    alone: bool = False
    crashes: int = 0
    stopping: bool = False
    hold: Hold | None = None


class Places:
    """At most one place renders on a runner, and the worker finishes at most one beside it."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Place]:
        return iter(tuple(self._places.values()))

    def get(self, job: str) -> Place | None:
        return self._places.get(job)

    def add(self, place: Place) -> None:
        self._places[place.order.job] = place

    def remove(self, job: str) -> None:
        del self._places[job]

    def jobs(self) -> tuple[str, ...]:
        return tuple(self._places)

    def on(self, runner: Runner) -> tuple[Place, ...]:
        """What this runner has in hand: rendering or being finished."""
        return tuple(place for place in self if place.runner is runner)

    def waiting(self) -> tuple[Place, ...]:
        return tuple(place for place in self if place.runner is None)

    def unfinished(self) -> int:
        """How many wait or render: those count against the places that there are."""
        return sum(not place.finishing for place in self)

    def free(self, runner: Runner) -> bool:
        """May this runner take another order?"""
        return all(place.finishing and not place.alone for place in self.on(runner))

    def next_for(self, runner: Runner) -> Place | None:
        """The order that has waited longest of those that fit its card."""
        return next((place for place in self.waiting() if runner in place.fits), None)

    def ahead(self, place: Place) -> int:
        """How many orders will be rendered before this one; where a card that fits has nothing to do, only those that
        wait for that, too."""
        if place.runner is not None:
            return 0
        before = list(self)[: self.jobs().index(place.order.job)]
        idle = any(self.free(runner) for runner in place.fits)
        return sum(other.runner is None if idle else not other.finishing for other in before)

    def blamed(self, runner: Runner) -> Place | None:
        """Whose fault it is when this runner's worker dies: the one that rendered, else the one that was finished."""
        there = sorted(self.on(runner), key=lambda place: place.finishing)
        return there[0] if there else None
