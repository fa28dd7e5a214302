"""Who has which place: orders in, joins, epochs, cancels, ends. One renders and one waits for each card.

    submit → [place: waits → renders → is finished] → outcome in the spool → thanks

A job has one place or one outcome, never both. A card takes the next order as soon as the pixels of the one before are
there. Nothing here waits or renders: askers and runners are told, and take it from there. One lock guards desk and
spool; whoever calls may be any thread.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from threading import RLock

from gpu_agent.admission import Admission
from gpu_agent.holds import Hold
from gpu_agent.places import Asker, Place, Places, Runner
from gpu_agent.planner import Refusal
from gpu_agent.seating import Seating, waiting
from gpu_agent.spool import Outcome, Spool
from gpu_agent.value import Facts
from gpu_agent.wire import Accepted, Cancel, Cancelled, Done, Failed, Progress, Refused, Submit

PLACES_PER_RUNNER = 2
_log = logging.getLogger(__name__)


class Desk:
    """`cool_down` is how many seconds a card rests after each render."""

    def __init__(
        self,
        spool: Spool,
        admission: Admission,
        runners: Sequence[Runner],
        cool_down: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lock = RLock()
        self._spool, self._admission, self._runners = spool, admission, tuple(runners)
        self._places = Places()
        self._seating = Seating(self._places, self._runners, cool_down, clock)
        self.accepted = 0  # a count that grows; the sleeper compares two readings of it

    # --- from a bot

    def submit(self, submit: Submit, asker: Asker) -> None:
        """Answered by Accepted (and the outcome, when there is one already) or Refused, before this returns."""
        job = submit.order.job
        with self._lock:
            known = self._spool.outcome(job) or self._places.get(job)
            if known is not None and submit.epoch < known.epoch:
                facts = {"epoch": submit.epoch, "known": known.epoch}
                asker.tell(Refused(job=job, kind="stale-epoch", facts=facts))
            elif isinstance(known, Place):
                self._join(known, submit, asker)
            elif known is not None and not _another_try(known, submit):
                self._answer(known, submit, asker)
            else:
                self._admit(submit, asker)

    def cancel(self, job: str, asker: Asker) -> None:
        """A waiting order ends now, a running one within a step, an ended one is told again."""
        with self._lock:
            place = self._places.get(job)
            if place is None:
                asker.tell(self._spool.outcome(job) or Cancelled(job=job, epoch=0))
                return
            place.asker, place.stopping = asker, True
            if place.runner is None:
                self._end(place, Cancelled(job=job, epoch=place.epoch))
                self._seating.seat()
            else:
                place.runner.hand(Cancel(job=job))

    def thank(self, job: str) -> None:
        with self._lock:
            self._spool.forget(job)

    def release(self) -> None:
        """Each card's memory is given back now, or after the render that is running there."""
        with self._lock:
            self._seating.release()
            self._seating.seat()

    # --- from the workers

    def progressed(self, progress: Progress, payload: bytes) -> None:
        """The pixels are there when a picture is being saved: its card is free."""
        with self._lock:
            if (place := self._places.get(progress.job)) is None or place.runner is None:
                return
            place.asker.tell(progress, payload)
            if progress.phase == "saving":
                self._seating.pixels(place)
                self._seating.seat()

    def ended(self, outcome: Outcome) -> None:
        """The first end of a job counts. It is in the spool before anybody hears of it."""
        with self._lock:
            place = self._places.get(outcome.job)
            if place is None or place.runner is None:
                return
            if isinstance(outcome, Done):
                self._seating.pixels(place)
            self._seating.rests(place)
            unwanted = isinstance(outcome, Cancelled) and not place.stopping  # a newer epoch wants it after all
            if unwanted or not self._spool.whole(outcome):
                place.runner, place.finishing = None, False
            else:
                self._end(place, outcome.model_copy(update={"epoch": place.epoch}))
            self._seating.seat()

    def crashed(self, runner: Runner, fault: str) -> None:
        """A worker is gone. What it had in hand is tried once more: the second crash is the order's own fault.

        The order that rendered is to blame, not the one that was being finished. That one is not finished beside
        another again: should it have been the cause, the next crash is its own.
        """
        with self._lock:
            self._seating.put_away(runner)
            blamed = self._places.blamed(runner)
            for place in self._places.on(runner):
                _log.warning("the worker died of %s with job %s", fault, place.order.job)
                place.runner, place.finishing, place.alone = None, False, place.alone or place.finishing
                place.crashes += place is blamed
                if place.stopping:
                    self._end(place, Cancelled(job=place.order.job, epoch=place.epoch))
                elif place.crashes > 1:
                    self._end(place, _crash(place, fault))
            self._seating.seat()

    # --- from whoever watches the machine

    def tend(self, seen: Mapping[Runner, Hold], idle: float) -> None:
        """What was seen to hold up each card. Orders that were held up go on by themselves; see `Seating.tend`."""
        with self._lock:
            self._seating.tend(seen, idle)
            self._seating.seat()

    # --- from the sleeper

    def close_for_the_night(self, accepted: int) -> bool:
        """False with work, or when orders came since that count was read. Else every worker is ended: what a card
        holds may not survive the sleep, and what lies in the machine's memory loads again quickly."""
        with self._lock:
            if len(self._places) or self.accepted != accepted:
                return False
            for runner in self._runners:
                self._seating.put_away(runner)
            return True

    # --- asked by status, hello, the watch and the sleeper

    def rendering(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(place.order.job for place in self._places if place.runner is not None)

    def waiting(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(place.order.job for place in self._places.waiting())

    def spooled(self) -> tuple[str, ...]:
        with self._lock:
            return self._spool.jobs()

    def held(self) -> tuple[str, ...]:
        with self._lock:
            return self._places.jobs() + self._spool.jobs()

    def worker_alive(self) -> bool:
        return any(runner.alive for runner in self._runners)

    def warm(self) -> str:
        """The models that lie ready in the cards' memory, by id."""
        with self._lock:
            return ", ".join(self._seating.warm())

    def hold(self) -> Hold | None:
        """Why nothing is rendered now, where something keeps every card from it."""
        with self._lock:
            return self._seating.hold()

    # --- inside

    def _join(self, place: Place, submit: Submit, asker: Asker) -> None:
        if submit.epoch > place.epoch:
            place.epoch, place.stopping = submit.epoch, False
        place.asker = asker
        asker.tell(Accepted(job=place.order.job, epoch=place.epoch, ahead=self._places.ahead(place)))
        if place.hold is not None:
            asker.tell(waiting(place))

    def _answer(self, known: Outcome, submit: Submit, asker: Asker) -> None:
        if submit.epoch > known.epoch:
            known = known.model_copy(update={"epoch": submit.epoch})
            self._spool.keep(known)
        asker.tell(Accepted(job=known.job, epoch=known.epoch, ahead=0))
        asker.tell(known)

    def _admit(self, submit: Submit, asker: Asker) -> None:
        """Accepted is said before the runner starts, so that no progress overtakes it. A former end without a picture
        is forgotten only now: a refusal must not lose it."""
        order, places = submit.order, PLACES_PER_RUNNER * len(self._runners)
        fits = self._admission.judge(order)
        if not isinstance(fits, Refusal) and self._places.unfinished() >= places:
            self._admission.left(order.job)
            fits = Refusal("busy", {"places": places})
        if isinstance(fits, Refusal):
            asker.tell(Refused(job=order.job, kind=fits.kind, facts=fits.facts))
            return
        self._spool.forget(order.job)
        place = Place(order, submit.epoch, asker, [self._runners[number] for number in fits])
        self._places.add(place)
        self.accepted += 1
        asker.tell(Accepted(job=order.job, epoch=submit.epoch, ahead=self._places.ahead(place)))
        self._seating.seat()

    def _end(self, place: Place, outcome: Outcome) -> None:
        self._spool.keep(outcome)
        self._places.remove(outcome.job)
        self._admission.left(outcome.job)
        place.asker.tell(outcome)


def _another_try(known: Outcome, submit: Submit) -> bool:
    """The bot wants once more what brought no picture."""
    return not isinstance(known, Done) and submit.epoch > known.epoch


def _crash(place: Place, fault: str) -> Failed:
    facts: Facts = {"model": place.order.model, "fault": fault}
    return Failed(job=place.order.job, epoch=place.epoch, kind="worker-crashed", facts=facts)
