"""Drafts of what is to be scheduled: confirmed once, by whoever asked, within a day and the number of their entries."""

from dataclasses import replace

import pytest

from bot.errors import BadWhen, NotYours, Unclear
from bot.intake.accept import Intake
from bot.intake.scheduling import Schedules, Wanted, shown
from bot.ledger import rota, rota_drafts
from bot.ledger.database import Database
from bot.nouns import RotaEntry, RotaKind, WindowScope
from bot.people.terms import FREE
from tests.clock import FakeClock
from tests.made import ADA, GRACE

DIGEST = Wanted(RotaKind.DIGEST, "daily 02:00", "UTC", ADA, 1, 5)


@pytest.fixture
def schedules(db: Database, intake: Intake, clock: FakeClock) -> Schedules:
    return Schedules(db, clock, intake.batches, 2)


async def standing(db: Database) -> list[RotaEntry]:
    async with db.reading() as connection:
        return await rota.entries(connection)


async def test_a_draft_counts_when_it_is_confirmed_and_from_then_on(
    db: Database, schedules: Schedules, clock: FakeClock
) -> None:
    """Twice is once, and somebody else's press is none."""
    draft = await schedules.draft(DIGEST, "key", FREE)
    assert await standing(db) == []
    clock.jump(3600)
    with pytest.raises(NotYours):
        await schedules.confirm(draft.id, GRACE)
    first, second = await schedules.confirm(draft.id, ADA), await schedules.confirm(draft.id, ADA)
    assert first.id == second.id == draft.id
    assert await standing(db) == [first]
    assert first.begins == clock.now()


async def test_the_same_request_is_one_draft(schedules: Schedules) -> None:
    """However often Discord tells of it."""
    first, second = [await schedules.draft(DIGEST, "key", FREE) for _ in range(2)]
    assert first == second


async def test_a_draft_that_was_removed_meanwhile_is_not_scheduled_again(db: Database, schedules: Schedules) -> None:
    """Its button was pressed before; pressing it once more changes nothing."""
    draft = await schedules.draft(DIGEST, "key", FREE)
    await schedules.confirm(draft.id, ADA)
    async with db.transaction() as connection:
        await rota.remove(connection, draft.id)
    await schedules.confirm(draft.id, ADA)
    assert await standing(db) == []


async def test_after_a_day_it_is_forgotten(schedules: Schedules, clock: FakeClock) -> None:
    draft = await schedules.draft(DIGEST, "key", FREE)
    clock.jump(rota_drafts.LIFE + 1)
    with pytest.raises(Unclear) as refused:
        await schedules.confirm(draft.id, ADA)
    assert refused.value.kind == "schedule-gone"


async def test_the_number_of_entries_is_looked_at_when_they_are_confirmed_too(schedules: Schedules) -> None:
    """Three drafts were drawn up while there was none; what stands already is no further one."""
    days = [replace(DIGEST, words=f"{day} 02:00") for day in ("mon", "tue", "wed")]
    drafts = [await schedules.draft(wanted, wanted.words, FREE) for wanted in days]
    for draft in drafts[:2]:
        await schedules.confirm(draft.id, ADA)
    with pytest.raises(Unclear) as refused:
        await schedules.confirm(drafts[2].id, ADA)
    assert refused.value.kind == "schedule-many"
    again = await schedules.draft(days[0], "again", FREE)
    assert (await schedules.confirm(again.id, ADA)).id == drafts[0].id


@pytest.mark.parametrize("words", ["*/30 * * * *", "0,59 2 * * *"])
async def test_what_only_speaks_does_not_do_so_all_the_time(schedules: Schedules, words: str) -> None:
    with pytest.raises(BadWhen):
        await schedules.draft(replace(DIGEST, words=words), "key", FREE)


async def test_the_moments_of_a_window_are_shown_with_their_ends(schedules: Schedules, clock: FakeClock) -> None:
    window = replace(DIGEST, kind=RotaKind.WINDOW, words="22:00-06:00", scope=WindowScope.MINE)
    draft = await schedules.draft(window, "key", FREE)
    found = shown(draft.entry, clock.now())
    assert [end - start for start, end in found if end is not None] == [8 * 3600.0] * 3
