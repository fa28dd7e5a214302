"""Which order is on which card: the next one as soon as a card is free, unless something holds it up, and the cards'
memory given back when nobody draws. Not safe against several threads by itself: the desk's lock guards it.
"""

from collections.abc import Callable, Mapping, Sequence

from gpu_agent import holds
from gpu_agent.holds import Hold
from gpu_agent.places import Place, Places, Runner
from gpu_agent.wire import Next, Progress, Release, Submit


class Seating:
    """`cool_down` is how many seconds a card rests after each render; `clock` never jumps."""

    def __init__(self, places: Places, runners: Sequence[Runner], cool_down: float, clock: Callable[[], float]) -> None:
        self._places, self._runners = places, tuple(runners)
        self._cool_down, self._clock = cool_down, clock
        self._seen: Mapping[Runner, Hold] = {}
        self._release: set[Runner] = set()
        self._loaded: set[Runner] = set()  # those whose card may hold something of ours
        self._idle_since: dict[Runner, float] = {}
        self._warm: dict[Runner, str] = {}
        self._told_next: dict[Runner, str] = {}

    def seat(self) -> None:
        """Every free runner gets the order that has waited longest, after giving memory back if that was asked. Whoever
        could go on but for a hold is told of it."""
        held: dict[str, Hold] = {}
        for runner in [runner for runner in self._runners if self._places.free(runner)]:
            if runner in self._release:
                self._give_back(runner)
            if self.hold_of(runner) is None and (place := self._places.next_for(runner)) is not None:
                self._hand_over(place, runner)
        for runner in self._runners:
            hold, place = self.hold_of(runner), self._places.next_for(runner)
            if place is None:
                continue
            if not self._places.free(runner):
                self._tell_next(place, runner)
            elif hold is not None:
                held.setdefault(place.order.job, hold)
        for place in self._places.waiting():
            _tell(place, held.get(place.order.job))

    def rests(self, place: Place) -> None:
        """The card of this order has done its part."""
        if place.runner is not None and not place.finishing:
            self._idle_since[place.runner] = self._clock()

    def pixels(self, place: Place) -> None:
        """They are there: the card is free, and the picture is finished beside the next one."""
        if place.runner is not None and not place.finishing:
            self.rests(place)
            self._warm[place.runner] = place.order.model
            place.finishing = True

    def tend(self, seen: Mapping[Runner, Hold], idle: float) -> None:
        """What holds up each card now. Its memory goes back to the owner's own programs when these need the card, and
        after so many idle seconds in any case."""
        self._seen, now = dict(seen), self._clock()
        for runner in [runner for runner in self._loaded if not self._places.on(runner)]:
            hold = self._seen.get(runner)
            if now - self._idle_since.get(runner, now) >= idle or (hold and hold.kind == "card-in-use"):
                self._release.add(runner)

    def release(self) -> None:
        """Each card's memory is given back when nothing renders there."""
        self._release.update(self._runners)

    def put_away(self, runner: Runner) -> None:
        """End its worker, or bury a dead one."""
        runner.stop()
        self._forget(runner)

    def hold_of(self, runner: Runner) -> Hold | None:
        """What was seen there, or else that it cools down."""
        seen = self._seen.get(runner)
        return seen or holds.cooling(self._idle_since.get(runner), self._clock(), self._cool_down)

    def hold(self) -> Hold | None:
        """Why nothing is rendered now, where something keeps every card from it."""
        if not all(self._places.free(runner) for runner in self._runners):
            return None
        found = [self.hold_of(runner) for runner in self._runners]
        return found[0] if all(found) else None

    def warm(self) -> tuple[str, ...]:
        """The models that lie ready in the cards' memory, by id."""
        return tuple(dict.fromkeys(self._warm.values()))

    def _hand_over(self, place: Place, runner: Runner) -> None:
        place.runner, place.hold = runner, None
        self._loaded.add(runner)
        if self._warm.get(runner) != place.order.model:
            self._warm.pop(runner, None)  # it goes before the new one comes
        runner.hand(Submit(epoch=place.epoch, order=place.order))

    def _tell_next(self, place: Place, runner: Runner) -> None:
        """Once for each order: while the card is busy, the worker may prepare what comes then."""
        if self._told_next.get(runner) != place.order.job:
            self._told_next[runner] = place.order.job
            runner.hand(Next(order=place.order))

    def _give_back(self, runner: Runner) -> None:
        self._forget(runner)
        runner.hand(Release())

    def _forget(self, runner: Runner) -> None:
        self._warm.pop(runner, None)
        self._told_next.pop(runner, None)
        self._release.discard(runner)
        self._loaded.discard(runner)


def waiting(place: Place) -> Progress:
    """What is said of an order that waits: of the hold, where there is one."""
    kind, facts = (place.hold.kind, place.hold.facts) if place.hold else ("", {})
    return Progress(job=place.order.job, phase="waiting", hold=kind, facts=facts)


def _tell(place: Place, hold: Hold | None) -> None:
    if place.hold != hold:
        place.hold = hold
        place.asker.tell(waiting(place))
