"""Scheduling: what a person wants again and again → a draft that shows when that will be → an entry of the rota.

The draft lies in the ledger, so that confirming it works in any process, once, for a day.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

from bot import moments
from bot.clock import Clock, new_id
from bot.errors import BadWhen, NotYours, Unclear
from bot.intake import when
from bot.intake.accept_batch import Batches
from bot.ledger import rota, rota_drafts
from bot.ledger.database import Database
from bot.ledger.rota_drafts import RotaDraft
from bot.nouns import RotaEntry, RotaKind, WindowScope
from bot.people.terms import Terms

_SHOWN = 3  # moments, before an entry counts
_SPEAKING = (RotaKind.DIGEST, RotaKind.REMINDER, RotaKind.REPORT)
_LEAST_BETWEEN = 3600.0  # seconds; whoever may ask could otherwise fill a channel with words


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants scheduled, in their words. `lead` and `grace` are seconds; of a batch there is the file."""

    kind: RotaKind
    words: str
    zone: str
    asker: int
    guild: int
    channel: int
    lead: float = 0.0
    grace: float | None = None
    scope: WindowScope = WindowScope.NONE
    name: str = ""
    data: bytes = b""


class Schedules:
    """`most` is how many entries one person may have."""

    def __init__(self, db: Database, clock: Clock, batches: Batches, most: int) -> None:
        self._db, self._clock, self._batches, self._most = db, clock, batches, most

    async def draft(self, wanted: Wanted, key: str, terms: Terms) -> RotaDraft:
        """Stored, but nothing is due before `confirm`; the same key again gives the first one. Raises a Refusal."""
        entry = replace(await self._entry(wanted, terms), lead=wanted.lead, grace=wanted.grace)
        if wanted.kind in _SPEAKING:
            _refuse_too_often(entry, self._clock.now())
        made = RotaDraft(entry.id, key, entry, self._clock.now())
        async with self._db.transaction() as connection:
            if (
                await rota.twin(connection, entry) is None
                and await rota.count_of(connection, entry.asker) >= self._most
            ):
                raise Unclear("schedule-many", {"most": self._most})
            waiting = await rota_drafts.keep(connection, made)
            found = await rota_drafts.get(connection, waiting, self._clock.now())
        assert found is not None
        return found

    async def confirm(self, waiting: str, person: int) -> RotaEntry:
        """The entry, committed; confirmed twice, or asked for twice, it is the one that stands. Raises a Refusal."""
        now = self._clock.now()
        async with self._db.transaction() as connection:
            found = await rota_drafts.get(connection, waiting, now)
            if found is None:
                raise Unclear("schedule-gone", {})
            entry = found.entry
            if entry.asker != person:
                raise NotYours
            if not await rota_drafts.take(connection, waiting, now):
                return entry
            if earlier := await rota.twin(connection, entry):
                return earlier
            if await rota.count_of(connection, person) >= self._most:
                raise Unclear("schedule-many", {"most": self._most})
            counting = replace(entry, created_at=now, since=now)
            await rota.add(connection, counting)
        return counting

    async def _entry(self, wanted: Wanted, terms: Terms) -> RotaEntry:
        if wanted.kind is RotaKind.BATCH:
            return await self._batches.planned(
                wanted.name,
                wanted.data,
                wanted.words,
                asker=wanted.asker,
                guild=wanted.guild,
                channel=wanted.channel,
                zone=wanted.zone,
                terms=terms,
            )
        window = wanted.kind is RotaKind.WINDOW
        cron, until = when.window(wanted.words) if window else (when.cron(wanted.words), "")
        return RotaEntry(
            id=new_id(self._clock),
            name="",
            words=" ".join(wanted.words.split()),
            cron=cron,
            zone=when.zone(wanted.zone),
            items="",
            asker=wanted.asker,
            guild=wanted.guild,
            channel=wanted.channel,
            created_at=self._clock.now(),
            next_at=None,
            kind=wanted.kind,
            scope=wanted.scope,
            until=until,
        )


def shown(entry: RotaEntry, now: float) -> list[tuple[float, float | None]]:
    """The next moments of an entry; those of a window with its ends."""
    window = entry.kind is RotaKind.WINDOW
    return [(at, moments.closing(entry, at) if window else None) for at in moments.next_few(entry, now, _SHOWN)]


def _refuse_too_often(entry: RotaEntry, now: float) -> None:
    if any(later - earlier < _LEAST_BETWEEN for earlier, later in pairwise(moments.next_few(entry, now, _SHOWN))):
        raise BadWhen(when=entry.words, fault="that is more often than once an hour")
