"""A batch as it is reviewed: a slot for each picture of its file, with every take that was made for it. Pure.

The one rule of what counts for a slot: the last take that is kept; where none is kept, what is thought of the latest
picture, unless a further take of it is on its way.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from bot.nouns import JobState, Verdict

_OPEN = (JobState.QUEUED, JobState.RENDERING)


class Standing(StrEnum):
    """How the review of a slot stands."""

    WAITING = "waiting"
    """Its first picture is not there yet, or another take was asked for."""
    OPEN = "open"
    """A picture that nobody decided on."""
    KEPT = "kept"
    REJECTED = "rejected"
    REROLL = "reroll"
    MISSING = "missing"
    """It failed, was cancelled or was deleted."""


DECIDED = (Standing.KEPT, Standing.REJECTED, Standing.REROLL)
REJECTS = (Standing.REJECTED, Standing.REROLL)
_OF_VERDICT = {
    None: Standing.OPEN,
    Verdict.KEEP: Standing.KEPT,
    Verdict.REJECT: Standing.REJECTED,
    Verdict.REROLL: Standing.REROLL,
}


@dataclass(frozen=True, slots=True)
class Take:
    """One job of a slot, of the batch itself (round 1) or of a later round.

    `counts` is what is decided about its picture, `by_asker` whether whoever asked for it said so. `file` is the still
    picture that stands for it, None for a clip without one. `message` is 0 until it is posted.
    """

    job: str
    state: JobState
    round: int = 1
    seed: int = 0
    gone: bool = False
    counts: Verdict | None = None
    by_asker: bool = False
    file: str | None = None
    channel: int = 0
    message: int = 0
    ended_at: float | None = None

    @property
    def there(self) -> bool:
        return self.state is JobState.RENDERED and not self.gone


@dataclass(frozen=True)
class Slot:
    """`number` is its place in the batch, from 1; `takes` are at least one, in the order they were asked for.

    How it stands is worked out once: a batch may have ten thousand.
    """

    number: int
    slug: str
    takes: tuple[Take, ...]
    cluster: str | None = None

    @property
    def first(self) -> str:
        """The job that the file asked for; it names the slot for ever."""
        return self.takes[0].job

    @property
    def last(self) -> Take:
        return self.takes[-1]

    @cached_property
    def shown(self) -> Take | None:
        """The take that stands for the slot: the last one that is kept, else the latest picture."""
        there = [take for take in self.takes if take.there]
        kept = [take for take in there if take.counts is Verdict.KEEP]
        return next(reversed(kept or there), None)

    @cached_property
    def standing(self) -> Standing:
        shown = self.shown
        if shown is not None and shown.counts is Verdict.KEEP:
            return Standing.KEPT
        if self.last.state in _OPEN:
            return Standing.WAITING
        return Standing.MISSING if shown is None else _OF_VERDICT[shown.counts]


@dataclass(frozen=True, slots=True)
class Review:
    """A whole batch, or some slots of it. `rounds` is how many there have been, the batch itself being the first."""

    slots: tuple[Slot, ...]
    rounds: int = 1

    @property
    def rejects(self) -> list[Slot]:
        """What another round would draw again."""
        return [slot for slot in self.slots if slot.standing in REJECTS]

    @property
    def open(self) -> list[Slot]:
        """What somebody could decide on now, the oldest picture first."""
        waiting = [slot for slot in self.slots if slot.standing is Standing.OPEN]
        return sorted(waiting, key=lambda slot: (slot.shown.ended_at or 0.0 if slot.shown else 0.0, slot.number))


def on(review: Review, first: str, cluster: bool, most: int) -> tuple[Slot, ...]:
    """The slots of a sheet of at most so many: those from this one on, or of these the members of its cluster."""
    start = next(slot for slot in review.slots if slot.first == first)
    if not cluster:
        return review.slots[start.number - 1 : start.number - 1 + most]
    return tuple(slot for slot in review.slots[start.number - 1 :] if slot.cluster == start.cluster)[:most]


@dataclass(frozen=True, slots=True)
class Progress:
    """“41 of 50 decided”: `of` leaves out what has no picture. `accepted` once every picture is kept."""

    decided: int
    of: int
    kept: int
    rejects: int
    waiting: int
    missing: int
    by_asker: int = 0

    @property
    def over(self) -> bool:
        return 0 < self.of == self.decided

    @property
    def accepted(self) -> bool:
        return 0 < self.of == self.kept


def progress(slots: Sequence[Slot]) -> Progress:
    counts = Counter(slot.standing for slot in slots)
    rejects = sum(counts[one] for one in REJECTS)
    told = [slot for slot in slots if slot.standing in DECIDED and slot.shown is not None and slot.shown.by_asker]
    return Progress(
        decided=counts[Standing.KEPT] + rejects,
        of=len(slots) - counts[Standing.MISSING],
        kept=counts[Standing.KEPT],
        rejects=rejects,
        waiting=counts[Standing.WAITING],
        missing=counts[Standing.MISSING],
        by_asker=len(told),
    )
