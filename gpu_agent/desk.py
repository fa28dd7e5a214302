"""Who has which place: orders in, joins, epochs, cancels, ends. One renders and one waits for each card.

    submit → [place: waits → renders] → outcome in the spool → thanks

A job has one place or one outcome, never both. Nothing here waits or renders: askers and runners are told, and take
it from there. One lock guards desk and spool; whoever calls may be any thread.
"""

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Protocol

from gpu_agent.order import Order
from gpu_agent.planner import Refusal, refuse
from gpu_agent.spool import Outcome, Spool
from gpu_agent.stock import ShelfModel
from gpu_agent.value import Message
from gpu_agent.wire import Accepted, Cancel, Cancelled, Done, Failed, Progress, Refused, Release, Submit

PLACES_PER_RUNNER = 2
DISK_FLOOR = 512 * 1024 * 1024
_log = logging.getLogger(__name__)


class Asker(Protocol):
    """A line to a bot; telling it something never waits."""

    def tell(self, message: Message, payload: bytes = b"") -> None: ...


class Runner(Protocol):
    """One card's worker; handing it something never waits, and starts the worker where there is none."""

    @property
    def alive(self) -> bool: ...

    def hand(self, message: Message) -> None: ...

    def stop(self) -> None: ...


@dataclass
class Place:
    """An accepted order. `asker` is whoever asked last; `runner` is None while it waits."""

    order: Order
    epoch: int
    asker: Asker
    runner: Runner | None = None
    crashes: int = 0
    stopping: bool = False


class Desk:
    """`free` measures the spool's disk in bytes; below `floor` nothing new is taken."""

    def __init__(
        self,
        spool: Spool,
        shelf: Sequence[ShelfModel],
        runners: Sequence[Runner],
        floor: int = DISK_FLOOR,
        free: Callable[[Spool], int] = lambda spool: shutil.disk_usage(spool.pictures).free,
    ) -> None:
        self._lock = RLock()
        self._spool, self._runners = spool, runners
        self._shelf = {model.id: model for model in shelf}
        self._floor, self._free = floor, free
        self._places: dict[str, Place] = {}
        self._release: set[Runner] = set()
        self._warm: dict[Runner, str] = {}
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
            elif (why := self._refusal(submit.order)) is not None:
                asker.tell(Refused(job=job, kind=why.kind, facts=why.facts))
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
            else:
                place.runner.hand(Cancel(job=job))

    def thank(self, job: str) -> None:
        with self._lock:
            self._spool.forget(job)

    def release(self) -> None:
        """Each worker gives its memory back now, or when its render has ended."""
        with self._lock:
            self._release.update(runner for runner in self._runners if runner.alive)
            self._seat()

    # --- from a runner

    def progressed(self, progress: Progress, payload: bytes) -> None:
        with self._lock:
            if (place := self._places.get(progress.job)) is not None:
                place.asker.tell(progress, payload)

    def ended(self, outcome: Outcome) -> None:
        """The first end of a job counts. It is in the spool before anybody hears of it."""
        with self._lock:
            place = self._places.get(outcome.job)
            if place is None or place.runner is None:
                return
            if isinstance(outcome, Cancelled) and not place.stopping:
                place.runner = None  # a newer epoch wants it after all
                self._seat()
                return
            if isinstance(outcome, Done):
                self._warm[place.runner] = place.order.model
            self._end(place, outcome.model_copy(update={"epoch": place.epoch}))

    def crashed(self, runner: Runner, fault: str) -> None:
        """A worker is gone. Its order is tried once more: the second crash is the order's own fault."""
        with self._lock:
            self._put_away(runner)
            for place in [place for place in self._places.values() if place.runner is runner]:
                place.runner = None
                place.crashes += 1
                _log.warning("the worker died of %s with job %s", fault, place.order.job)
                if place.stopping:
                    self._end(place, Cancelled(job=place.order.job, epoch=place.epoch))
                elif place.crashes > 1:
                    self._end(place, _crash(place, fault))
            self._seat()

    # --- from the sleeper

    def close_for_the_night(self, accepted: int) -> bool:
        """False with work, or when orders came since that count was read. Else every worker is ended: what a card
        holds may not survive the sleep, and what lies in the machine's memory loads again quickly."""
        with self._lock:
            if self._places or self.accepted != accepted:
                return False
            for runner in self._runners:
                self._put_away(runner)
            return True

    # --- asked by status, hello and the sleeper

    def rendering(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(job for job, place in self._places.items() if place.runner is not None)

    def waiting(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(job for job, place in self._places.items() if place.runner is None)

    def spooled(self) -> tuple[str, ...]:
        with self._lock:
            return self._spool.jobs()

    def held(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(self._places) + self._spool.jobs()

    def worker_alive(self) -> bool:
        return any(runner.alive for runner in self._runners)

    def warm(self) -> str:
        """The models that lie ready in the cards' memory, by id."""
        with self._lock:
            return ", ".join(dict.fromkeys(self._warm.values()))

    # --- inside

    def _put_away(self, runner: Runner) -> None:
        runner.stop()
        self._warm.pop(runner, None)
        self._release.discard(runner)

    def _join(self, place: Place, submit: Submit, asker: Asker) -> None:
        if submit.epoch > place.epoch:
            place.epoch, place.stopping = submit.epoch, False
        place.asker = asker
        asker.tell(Accepted(job=place.order.job, epoch=place.epoch, ahead=self._ahead(place)))

    def _answer(self, known: Outcome, submit: Submit, asker: Asker) -> None:
        if submit.epoch > known.epoch:
            known = known.model_copy(update={"epoch": submit.epoch})
            self._spool.keep(known)
        asker.tell(Accepted(job=known.job, epoch=known.epoch, ahead=0))
        asker.tell(known)

    def _refusal(self, order: Order) -> Refusal | None:
        model = self._shelf.get(order.model)
        if model is None:
            return Refusal("unknown-model", {"model": order.model, "known": ", ".join(self._shelf)})
        if (why := refuse(model, order)) is not None:
            return why
        if (free := self._free(self._spool)) < self._floor:
            return Refusal("disk-full", {"free": free, "floor": self._floor})
        places = PLACES_PER_RUNNER * len(self._runners)
        return Refusal("busy", {"places": places}) if len(self._places) >= places else None

    def _admit(self, submit: Submit, asker: Asker) -> None:
        """Accepted is said before the runner starts, so that no progress overtakes it. A former end without a picture
        is forgotten only now: a refusal must not lose it."""
        self._spool.forget(submit.order.job)
        place = Place(submit.order, submit.epoch, asker)
        ahead = len(self._places) if len(self.rendering()) == len(self._runners) else 0
        self._places[submit.order.job] = place
        self.accepted += 1
        asker.tell(Accepted(job=submit.order.job, epoch=submit.epoch, ahead=ahead))
        self._seat()

    def _ahead(self, place: Place) -> int:
        return 0 if place.runner is not None else list(self._places.values()).index(place)

    def _end(self, place: Place, outcome: Outcome) -> None:
        self._spool.keep(outcome)
        del self._places[outcome.job]
        place.asker.tell(outcome)
        self._seat()

    def _seat(self) -> None:
        """Every free runner gets the order that has waited longest, after giving memory back if that was asked."""
        taken = {place.runner for place in self._places.values()}
        for runner in [runner for runner in self._runners if runner not in taken]:
            if runner in self._release:
                self._release.remove(runner)
                self._warm.pop(runner, None)
                runner.hand(Release())
            place = next((place for place in self._places.values() if place.runner is None), None)
            if place is not None:
                place.runner = runner
                runner.hand(Submit(epoch=place.epoch, order=place.order))


def _another_try(known: Outcome, submit: Submit) -> bool:
    """The bot wants once more what brought no picture."""
    return not isinstance(known, Done) and submit.epoch > known.epoch


def _crash(place: Place, fault: str) -> Failed:
    facts = {"model": place.order.model, "fault": fault}
    return Failed(job=place.order.job, epoch=place.epoch, kind="worker-crashed", facts=facts)
