"""A batch that is scheduled as people do it: asked for, seen, confirmed."""

from bot.clock import Clock, SystemClock, new_id
from bot.intake.accept import Intake
from bot.intake.scheduling import Schedules, Wanted
from bot.ledger.database import Database
from bot.nouns import RotaEntry, RotaKind
from bot.people.terms import FREE, Terms


async def scheduled(
    db: Database,
    intake: Intake,
    name: str,
    data: bytes,
    words: str,
    *,
    asker: int,
    guild: int,
    channel: int,
    zone: str = "UTC",
    terms: Terms = FREE,
    clock: Clock | None = None,
) -> RotaEntry:
    """The entry that stands then. Raises the Refusal of what cannot be scheduled."""
    clock = clock or SystemClock()
    schedules = Schedules(db, clock, intake.batches, 25)
    wanted = Wanted(RotaKind.BATCH, words, zone, asker, guild, channel, name=name, data=data)
    draft = await schedules.draft(wanted, new_id(clock), terms)
    return await schedules.confirm(draft.id, asker)
