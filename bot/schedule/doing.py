"""What an entry of the rota does when its moment has come: a batch starts, a window opens, the others say something."""

from dataclasses import dataclass, replace

from bot import moments
from bot.clock import Clock
from bot.errors import Blocked, Refusal
from bot.intake.accept import Intake
from bot.intake.changes import Looked
from bot.ledger import batches, rota, windows
from bot.ledger.database import Database
from bot.nouns import Expected, RotaEntry, RotaKind, SlotOutcome
from bot.people.quota import Allowance
from bot.people.terms import Terms
from bot.schedule import foreseeing, lookback
from bot.schedule.foreseeing import Towers
from bot.schedule.lookback import Look
from bot.schedule.saying import SILENCE, Saying
from bot.settings import CostsTable
from bot.texts import announcements
from bot.texts.failures import sentence


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment `slot` as it is served at `now`; `missed` ones before it are not made up for."""

    slot: float
    now: float
    missed: int = 0
    following: float = 0.0
    late: bool = False

    @property
    def late_since(self) -> float | None:
        return self.slot if self.late else None


@dataclass(frozen=True, slots=True)
class Deed:
    """What became of a moment, and what is to be committed with that: words, and when the window that opens closes."""

    outcome: SlotOutcome
    saying: Saying = SILENCE
    closes: float | None = None


class Doing:
    """Nothing is committed here but batches, which are accepted once for each of their moments."""

    def __init__(
        self, db: Database, clock: Clock, intake: Intake, terms: Terms, towers: Towers, costs: CostsTable
    ) -> None:
        self._db, self._clock, self._intake = db, clock, intake
        self._terms, self._towers, self._costs = terms, towers, costs

    async def do(self, entry: RotaEntry, moment: Moment) -> Deed:
        match entry.kind:
            case RotaKind.BATCH:
                return await self._start(entry, moment)
            case RotaKind.WINDOW:
                return await self._open(entry, moment)
        async with self._db.reading() as connection:
            slots = await rota.slots(connection, entry.id)
            look = Look(entry, moment.slot, slots, self._costs, moment.late_since, moment.missed)
            saying = await lookback.saying(connection, look)
        return Deed(_served(moment) if saying.text else SlotOutcome.NOTHING, saying)

    async def ahead(self, entry: RotaEntry, at: float) -> Saying:
        """What is to be said before the moment `at`; nothing of a window for which nothing waits."""
        try:
            expected = await self._expected(entry)
        except Refusal as fault:
            return Saying(announcements.will_not_start(entry, at, _why(fault)))
        if entry.kind is RotaKind.WINDOW and not expected.pictures:
            return SILENCE
        return Saying(announcements.ahead(entry, at, expected))

    async def _start(self, entry: RotaEntry, moment: Moment) -> Deed:
        key = f"rota:{entry.id}:{int(moment.slot)}"
        async with self._db.reading() as connection:
            if await batches.of_key(connection, key) is not None:  # its pictures count against the limits already
                return Deed(_served(moment))
        try:
            expected = await self._expected(entry)
            await self._intake.batches.accept(
                entry.name,
                entry.items.encode(),
                key=key,
                asker=entry.asker,
                guild=entry.guild,
                channel=entry.channel,
                entry=entry.id,
                slot=moment.slot,
                opening=lambda count: announcements.starting(
                    entry, replace(expected, pictures=count), moment.late_since, moment.missed
                ),
                terms=self._terms_of(entry),
            )
        except Refusal as fault:  # the file was right when it was scheduled, but models and permits come and go
            why = announcements.OWNER_BLOCKED if isinstance(fault, Blocked) else _why(fault)
            return Deed(SlotOutcome.REFUSED, Saying(announcements.cannot_start(entry, why, moment.following)))
        return Deed(_served(moment))

    async def _open(self, entry: RotaEntry, moment: Moment) -> Deed:
        """Nothing is said of a window for which nothing waits."""
        closes = moments.closing(entry, moment.slot)
        if closes <= moment.now:  # both ends lie in an hour that this night leaves out
            return Deed(SlotOutcome.NOTHING)
        expected = await self._expected(entry)
        if not expected.pictures:
            return Deed(SlotOutcome.NOTHING, closes=closes)
        text = announcements.opening(entry, expected, closes, moment.late_since, moment.missed)
        return Deed(_served(moment), Saying(text), closes)

    async def _expected(self, entry: RotaEntry) -> Expected:
        """Raises the Refusal of a file that cannot be started now."""
        file = None if entry.kind is RotaKind.WINDOW else await self._look(entry)
        async with self._db.reading() as connection:
            if file is None:
                likes = await foreseeing.of_jobs(connection, await windows.waiting(connection, entry))
                return await foreseeing.expected(connection, likes, self._towers)
            found = await foreseeing.expected(connection, foreseeing.of_items(file.items), self._towers)
            return replace(found, opens=await windows.opens_for(connection, entry.guild, entry.asker))

    async def _look(self, entry: RotaEntry) -> Looked:
        looked = await self._intake.batches.look(
            entry.name,
            entry.items.encode(),
            key="",
            asker=entry.asker,
            guild=entry.guild,
            channel=entry.channel,
            terms=self._terms_of(entry),
        )
        if looked.refused is not None:
            raise looked.refused
        return looked

    def _terms_of(self, entry: RotaEntry) -> Terms:
        return replace(self._terms, allowance=Allowance(daily=entry.daily))


def _served(moment: Moment) -> SlotOutcome:
    return SlotOutcome.LATE if moment.late else SlotOutcome.SERVED


def _why(fault: Refusal) -> str:
    return sentence(fault.kind, fault.facts)
