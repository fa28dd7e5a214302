"""The rota: one task that sleeps until the nearest entry is due, and tells what became of it.

    entry due, in time          announcement, batch, card: one transaction of intake       → next moment
    entry due, within grace     the same, and says that it is late
    entry due, beyond grace     announcement that it was missed                            → next moment
    batch of the rota ended     announcement of its outcome                                → batch closed

Each arrow is one transaction or can be taken again: a moment is served once because its batch is unique by (entry,
slot), told once because what it moves on from is compared when it is moved.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from bot import moments
from bot.clock import Clock, new_id
from bot.errors import Blocked, Refusal
from bot.intake.accept import Intake
from bot.ledger import batches, notices, rota
from bot.ledger.database import Connection, Database
from bot.nouns import Batch, Notice, NoticeKind, RotaEntry
from bot.people.quota import Allowance
from bot.people.terms import FREE, Terms
from bot.texts import announcements
from bot.texts.failures import sentence

_LONGEST_NAP = 60.0  # seconds; somebody may set the wall clock, and a sleeping machine's monotonic one may stand still
_LATE = 2 * _LONGEST_NAP  # seconds behind the moment from which on being late is worth a word


class Rota:
    """`grace_hours` is how late a batch may still start when the bot was away at its moment.

    `terms` hold for every entry, besides its own daily limit; nobody's roles or channels are looked at by night.
    """

    def __init__(self, db: Database, clock: Clock, intake: Intake, grace_hours: float, terms: Terms = FREE) -> None:
        self._db = db
        self._clock = clock
        self._intake = intake
        self._grace = grace_hours * 3600
        self._terms = terms

    async def run(self) -> None:
        """Serves the entries one after another; never returns."""
        while True:
            seen = self._db.bell.count
            await self._tell_endings()
            pause = await self._serve_nearest()
            if pause > 0:
                await self._nap(pause, seen)

    async def _nap(self, seconds: float, seen: int) -> None:
        """Sleeps so long, or until something was committed: an entry may have come or gone, a batch have ended."""
        await self._db.bell.after_or(seen, self._clock.sleep(seconds))

    async def _serve_nearest(self) -> float:
        """Seconds to sleep; 0 when something was done and the next entry wants to be looked at."""
        async with self._db.reading() as connection:
            nearest = await rota.nearest(connection)
            if nearest is None:
                return _LONGEST_NAP
            entry_id, at = nearest
            if at is not None and at > self._clock.now():
                return min(at - self._clock.now(), _LONGEST_NAP)
            entry = await rota.get(connection, entry_id)
        if entry is not None:
            await self._serve(entry)
        return 0

    async def _serve(self, entry: RotaEntry) -> None:
        now = self._clock.now()
        async with self._db.reading() as connection:
            served = await batches.latest_slot(connection, entry.id)
        if entry.next_at is None or (served is not None and served >= entry.next_at):
            # New, or killed between batch and moving on. What came due since it was made counts, not since now.
            await self._move_on(entry, entry.created_at if served is None else served)
            return
        last = moments.latest(entry, entry.next_at, now)
        missed = moments.passed(entry, entry.next_at, last) - 1
        following = moments.following(entry, now)
        if now - last > self._grace:
            await self._move_on(entry, now, announcements.too_late(entry.name, last, missed, following))
        else:
            await self._start(entry, last, missed)

    async def _start(self, entry: RotaEntry, slot: float, missed: int) -> None:
        now = self._clock.now()
        refusal = ""
        try:
            await self._intake.batches.accept(
                entry.name,
                entry.items.encode(),
                key=f"rota:{entry.id}:{int(slot)}",
                asker=entry.asker,
                guild=entry.guild,
                channel=entry.channel,
                entry=entry.id,
                slot=slot,
                opening=_opening(entry, slot, missed, now),
                terms=replace(self._terms, allowance=Allowance(daily=entry.daily)),
            )
        except Refusal as fault:  # the file was right when it was scheduled, but models and permits come and go
            why = announcements.OWNER_BLOCKED if isinstance(fault, Blocked) else sentence(fault.kind, fault.facts)
            refusal = announcements.cannot_start(entry.name, why, moments.following(entry, now))
        await self._move_on(entry, now, refusal)

    async def _move_on(self, entry: RotaEntry, behind: float, text: str = "") -> None:
        """To the first moment behind this one, with what there is to say about the one that is left."""
        async with self._db.transaction() as connection:
            if await rota.advance(connection, entry, moments.following(entry, behind)) and text:
                await self._announce(connection, entry.channel, text)

    async def _tell_endings(self) -> None:
        async with self._db.reading() as connection:
            ended = await batches.ended(connection)
        for batch in ended:
            await self._tell_ending(batch)

    async def _tell_ending(self, batch: Batch) -> None:
        async with self._db.transaction() as connection:
            if await batches.close(connection, batch.id):
                outcome = await batches.outcome(connection, batch.id)
                await self._announce(connection, batch.channel, announcements.done(batch.name, outcome))

    async def _announce(self, connection: Connection, channel: int, text: str) -> None:
        now = self._clock.now()
        await notices.make_due(
            connection, Notice(new_id(self._clock), NoticeKind.ANNOUNCEMENT, channel, now, text=text)
        )


def _opening(entry: RotaEntry, slot: float, missed: int, now: float) -> Callable[[int], str]:
    late_since = slot if now - slot > _LATE else None
    return partial(announcements.starting, entry.name, late_since=late_since, missed=missed)
