"""Entries of every kind, pictures that wait and are rendered, and what was told of them."""

from dataclasses import replace
from typing import Any

from bot.ledger import enclosures, notices, rota, verdicts
from bot.nouns import Job, JobState, Mark, NoticeKind, RotaEntry, RotaKind, SlotOutcome, Verdict
from tests.ledger import lookups
from tests.ledger.rows import ADA, finish
from tests.schedule.nights import FILE, HOUR, Nights

FIRST = Nights.START + 14 * HOUR
MINUTE = 60.0


def moment(at: float) -> str:
    return f"<t:{int(at)}:F>"


async def add(nights: Nights, kind: RotaKind, cron: str = "0 2 * * *", **more: Any) -> RotaEntry:
    now = nights.clock.now()
    entry = RotaEntry(f"entry-{kind}", "", "02:00", cron, "UTC", "", ADA, 1, 5, now, None, kind=kind, since=now)
    async with nights.db.transaction() as connection:
        await rota.add(connection, replace(entry, **more))
    return replace(entry, **more)


async def batch(nights: Nights, key: str = "day", asker: int = ADA) -> list[Job]:
    """Two pictures that wait, asked for by day."""
    made = await nights.intake.batches.accept("day.json", FILE, key=key, asker=asker, guild=1, channel=5)
    async with nights.db.reading() as connection:
        return await lookups.jobs_of_batch(connection, made.id)


async def rendered(nights: Nights, job: Job, state: JobState = JobState.RENDERED, message: int = 1000) -> None:
    async with nights.db.transaction() as connection:
        await finish(connection, job, state, nights.clock.now(), message=message)


async def keep(nights: Nights, job: Job, message: int = 1000) -> None:
    async with nights.db.transaction() as connection:
        await verdicts.set_mark(connection, Mark(message, job.id, ADA, "✅", Verdict.KEEP, ""), nights.clock.now())


async def enclosed(nights: Nights) -> dict[str, Any]:
    """Kinds and facts of what goes along with announcements."""
    async with nights.db.reading() as connection:
        said = [one for one in await notices.due_in(connection, 5, 100) if one.kind is NoticeKind.ANNOUNCEMENT]
        found = [await enclosures.of_notice(connection, one.id) for one in said]
    return {one.kind: one.facts for one in found if one is not None}


async def outcomes(nights: Nights, entry: RotaEntry) -> list[SlotOutcome]:
    async with nights.db.reading() as connection:
        return [slot.outcome for slot in await rota.slots(connection, entry.id)]
