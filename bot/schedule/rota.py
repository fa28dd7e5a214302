"""The rota: one task that sleeps until the nearest entry is due, and tells what became of it.

    moment ahead                announcement, in the transaction that remembers it
    moment there, in time       batch: announcement, batch and card in one transaction of intake  → next moment
                                window: opens; the others: what they have to say                  → next moment
    moment there, within grace  the same, and says that it is late                                → next moment
    moment there, beyond grace  announcement that it was missed                                   → next moment
    wanted at once              the same as in time, and its moments stay as they are
    end of a batch, a window    announcement of what came of it                                   → closed

Each arrow is one transaction or can be taken again: a batch is unique by (entry, slot), and what became of a moment is
kept, so that it is neither served nor told twice, also when somebody sets the clock back.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot import moments
from bot.clock import Clock
from bot.intake.accept import Intake
from bot.ledger import rota, windows
from bot.ledger.database import Connection, Database
from bot.nouns import RotaEntry, RotaKind, Slot, SlotOutcome
from bot.people.terms import FREE, Terms
from bot.schedule.doing import Deed, Doing, Moment
from bot.schedule.ending import Endings
from bot.schedule.foreseeing import NONE, Towers
from bot.schedule.saying import Saying, say
from bot.settings import CostsTable
from bot.texts import announcements

_LONGEST_NAP = 60.0  # seconds; somebody may set the wall clock, and a sleeping machine's monotonic one may stand still
_LATE = 2 * _LONGEST_NAP  # seconds behind the moment from which on being late is worth a word


@dataclass(frozen=True, slots=True)
class Past:
    """Moments of an entry that do not come again: those `told` of, and those whose batch has `begun`, and when."""

    told: frozenset[float]
    begun: Mapping[float, float]

    @property
    def all(self) -> set[float]:
        return {*self.told, *self.begun}


class Rota:
    """`grace_hours` is how late a moment may still be served when the bot was away, where its entry says nothing else.

    `terms` hold for every entry, besides its own daily limit; nobody's roles or channels are looked at by night.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        intake: Intake,
        grace_hours: float,
        terms: Terms = FREE,
        towers: Towers = NONE,
        costs: CostsTable | None = None,
    ) -> None:
        self._db = db
        self._clock = clock
        self._grace = grace_hours * 3600
        costs = costs or CostsTable()
        self._doing = Doing(db, clock, intake, terms, towers, costs)
        self._endings = Endings(db, clock, costs)
        self._looked_at = float("inf")

    async def settle(self) -> None:
        """Before anything is claimed: windows whose end came while the bot was away are closed."""
        await self._endings.shut()

    async def run(self) -> None:
        """Serves the entries one after another; never returns."""
        while True:
            seen = self._db.bell.count
            if (pause := await self.step()) > 0:
                await self._nap(pause, seen)

    async def step(self) -> float:
        """Does what is to be done now; gives the seconds to sleep, 0 when there may be more to do."""
        await self._heed_clock()
        ends = await self._endings.tell()
        await self._grant()
        return min(await self._serve_nearest(), ends)

    async def _nap(self, seconds: float, seen: int) -> None:
        """Sleeps so long, or until something was committed: an entry may have come or gone, a batch have ended."""
        await self._db.bell.after_or(seen, self._clock.sleep(seconds))

    async def _heed_clock(self) -> None:
        """At the start, and whenever the clock was set back: no moment lies behind one that comes before it."""
        before, self._looked_at = self._looked_at, self._clock.now()
        if self._looked_at >= before:
            return
        async with self._db.reading() as connection:
            ahead = await rota.ahead(connection, self._looked_at)
        for entry in ahead:
            nearer = moments.following(entry, self._looked_at, (await self._past(entry)).all)
            if entry.next_at is not None and nearer < entry.next_at:
                async with self._db.transaction() as connection:
                    await rota.advance(connection, entry, nearer, nearer - entry.lead)

    async def _grant(self) -> None:
        """What somebody wanted at once; it is done in the transaction that forgets the wish."""
        async with self._db.reading() as connection:
            wanted = await rota.wanted(connection)
        for entry in wanted:
            now, at = self._clock.now(), entry.wanted_at or 0.0
            moment = Moment(at, now, following=moments.following(entry, now))
            deed = await self._doing.do(entry, moment)
            async with self._db.transaction() as connection:
                if await rota.granted(connection, entry):
                    await self._commit(connection, entry, deed)

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
        now, past = self._clock.now(), await self._past(entry)
        if entry.next_at is None:
            await self._begin(entry, past)
        elif entry.next_at > now:
            await self._announce(entry, entry.next_at)
        elif (slot := _untold(entry, entry.next_at, now, past.told)) is None:
            await self._move_on(entry, moments.following(entry, now, past.all), None)
        elif (began := past.begun.get(slot)) is not None:  # killed between the batch and this
            outcome = SlotOutcome.LATE if began - slot > _LATE else SlotOutcome.SERVED
            await self._move_on(entry, moments.following(entry, now, past.all), Slot(entry.id, slot, outcome, began))
        else:
            await self._at(entry, entry.next_at, slot, past)

    async def _past(self, entry: RotaEntry) -> Past:
        async with self._db.reading() as connection:
            return Past(
                frozenset(slot.at for slot in await rota.slots(connection, entry.id)),
                await rota.begun(connection, entry.id),
            )

    async def _begin(self, entry: RotaEntry, past: Past) -> None:
        """A new entry, or one that goes on: what came due since counts, not since now. A window may be open already."""
        opened = moments.opening_now(entry, entry.begins) if entry.kind is RotaKind.WINDOW else None
        deed = Deed(SlotOutcome.NOTHING, closes=None if opened is None else moments.closing(entry, opened))
        await self._move_on(entry, moments.following(entry, entry.begins, past.all), None, deed)

    async def _announce(self, entry: RotaEntry, at: float) -> None:
        saying = await self._doing.ahead(entry, at)
        async with self._db.transaction() as connection:
            if await rota.announced(connection, entry):
                await say(connection, self._clock, entry.channel, entry.asker, saying)

    async def _at(self, entry: RotaEntry, first: float, slot: float, past: Past) -> None:
        """The moment `slot` has come, and with it those from `first` on before it."""
        now = self._clock.now()
        missed = moments.passed(entry, first, slot) - 1 - sum(first <= at < slot for at in past.told)
        following = moments.following(entry, now, {*past.all, slot})
        if not self._still_possible(entry, slot, now):
            gone = Saying(announcements.too_late(entry, slot, missed, following))
            deed = Deed(SlotOutcome.MISSED, gone)
        else:
            late = now - slot > _LATE
            deed = await self._doing.do(entry, Moment(slot, now, missed, late=late, following=following))
        await self._move_on(entry, following, Slot(entry.id, slot, deed.outcome, now), deed)

    def _still_possible(self, entry: RotaEntry, slot: float, now: float) -> bool:
        """A window may open as long as its time is not over; one of no length is not missed."""
        if entry.kind is RotaKind.WINDOW:
            closes = moments.closing(entry, slot)
            return now < closes or closes == slot
        return now - slot <= (self._grace if entry.grace is None else entry.grace)

    async def _move_on(self, entry: RotaEntry, following: float, told: Slot | None, deed: Deed | None = None) -> None:
        """To that moment, with what there is to say about the one that is left."""
        async with self._db.transaction() as connection:
            if await rota.advance(connection, entry, following, following - entry.lead, told) and deed is not None:
                await self._commit(connection, entry, deed)

    async def _commit(self, connection: Connection, entry: RotaEntry, deed: Deed) -> None:
        """Of a window that was paused meanwhile, nothing is said either."""
        if deed.closes is not None and not await windows.begin(connection, entry, self._clock.now(), deed.closes):
            return
        await say(connection, self._clock, entry.channel, entry.asker, deed.saying)


def _untold(entry: RotaEntry, first: float, now: float, told: Collection[float]) -> float | None:
    """The last moment from `first` on that has come and was not told of; None when all of them were."""
    last = moments.latest(entry, first, now)
    while last in told:
        if last <= first:
            return None
        last = moments.latest(entry, first, last - 1)
    return last
