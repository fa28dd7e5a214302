"""Threads in the ledger: the current picture of a slug is a fold over verdicts, made where they change."""

from collections.abc import Sequence

import pytest

from bot.ledger import pictures, threads, verdicts
from bot.ledger.database import Connection, Database
from bot.ledger.threads import Gathering
from bot.nouns import Job, JobState, Mark, Verdict
from tests.ledger.rows import ADA, GRACE, NOW, finish, insert, job

CHANNEL, THREAD, SLUG = 5, 77, "red-boat"
EVE = 13
KEEP, REJECT, REROLL = Verdict.KEEP, Verdict.REJECT, Verdict.REROLL


async def gathered(db: Database) -> list[Job]:
    """One picture in the channel, and three of the same slug in its thread, the last asked for there."""
    jobs = [job(f"job{number}", ask=f"ask{number}", channel=THREAD if number == 3 else CHANNEL) for number in range(4)]
    await insert(db, *jobs)
    async with db.transaction() as connection:
        await threads.opened(connection, CHANNEL, SLUG, THREAD)
        for number, one in enumerate(jobs):
            await finish(connection, one, JobState.RENDERED, NOW, 100 + number)
            if number:
                await connection.execute("UPDATE notices SET channel = ? WHERE job = ?", (THREAD, one.id))
    return jobs


async def say(connection: Connection, one: Job, person: int, verdict: Verdict, at: float) -> None:
    await verdicts.set_mark(connection, Mark(100 + int(one.id[-1]), one.id, person, str(verdict), verdict), NOW + at)


async def unsay(connection: Connection, one: Job, person: int, verdict: Verdict, at: float) -> None:
    await verdicts.clear_mark(connection, 100 + int(one.id[-1]), person, str(verdict), NOW + at)


async def current(connection: Connection) -> str | None:
    found = await threads.of_slug(connection, CHANNEL, SLUG)
    assert found is not None
    return found.current


async def test_nothing_is_current_before_anything_is_kept(db: Database) -> None:
    jobs = await gathered(db)
    async with db.transaction() as connection:
        await say(connection, jobs[1], GRACE, REJECT, 1)
        await say(connection, jobs[2], ADA, REROLL, 2)
        assert await current(connection) is None
        assert await threads.to_show(connection) == []


async def test_the_one_that_was_kept_last_is_current(db: Database) -> None:
    """In the channel or in the thread, asked for there or moved there."""
    jobs = await gathered(db)
    async with db.transaction() as connection:
        for at, number in enumerate((1, 3, 2, 0)):
            await say(connection, jobs[number], ADA, KEEP, at)
            assert await current(connection) == jobs[number].id
            assert [one.current for one in await threads.to_show(connection)] == [jobs[number].id]


async def test_who_agrees_later_changes_nothing(db: Database) -> None:
    """A picture was kept when its first keep came, so that an older one does not come back by applause."""
    jobs = await gathered(db)
    async with db.transaction() as connection:
        await say(connection, jobs[1], ADA, KEEP, 1)
        await say(connection, jobs[2], ADA, KEEP, 2)
        await say(connection, jobs[1], GRACE, KEEP, 3)
        assert await current(connection) == jobs[2].id


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ([(GRACE, KEEP)], True),
        ([(GRACE, KEEP), (EVE, REJECT)], False),
        ([(GRACE, REROLL), (EVE, REJECT)], False),
        ([(ADA, KEEP), (GRACE, REJECT), (EVE, REJECT)], True),
        ([(ADA, REJECT), (GRACE, KEEP), (EVE, KEEP)], False),
    ],
)
async def test_the_asker_or_most_people_keep_it(db: Database, said: Sequence[tuple[int, Verdict]], kept: bool) -> None:
    """Ada asked for all of them."""
    jobs = await gathered(db)
    async with db.transaction() as connection:
        for at, (person, verdict) in enumerate(said):
            await say(connection, jobs[1], person, verdict, at)
        assert await current(connection) == (jobs[1].id if kept else jobs[0].id if said[0][1] is KEEP else None)


async def test_a_keep_that_is_withdrawn_brings_the_one_before_back(db: Database) -> None:
    """And when nothing is kept any more, it is the first one in the channel."""
    jobs = await gathered(db)
    async with db.transaction() as connection:
        await say(connection, jobs[1], ADA, KEEP, 1)
        await say(connection, jobs[2], ADA, KEEP, 2)
        await unsay(connection, jobs[2], ADA, KEEP, 3)
        assert await current(connection) == jobs[1].id
        await unsay(connection, jobs[1], ADA, KEEP, 4)
        assert await current(connection) == jobs[0].id


async def test_a_deleted_picture_is_never_current(db: Database) -> None:
    jobs = await gathered(db)
    async with db.transaction() as connection:
        await say(connection, jobs[1], ADA, KEEP, 1)
        await say(connection, jobs[2], ADA, KEEP, 2)
        for number, left in ((2, jobs[1].id), (1, jobs[0].id), (0, None)):
            await pictures.delete(connection, jobs[number].id, ADA, NOW)
            assert await current(connection) == left


async def test_other_slugs_and_channels_are_their_own(db: Database) -> None:
    await gathered(db)
    strangers = [job("other1", ask="a1", slug="owl", channel=THREAD), job("other2", ask="a2", channel=6)]
    await insert(db, *strangers)
    async with db.transaction() as connection:
        for number, one in enumerate(strangers):
            await finish(connection, one, JobState.RENDERED, NOW, 200 + number)
            await say(connection, one, ADA, KEEP, number)
        assert await current(connection) is None


async def test_a_thread_is_found_by_slug_and_by_id_and_opened_once(db: Database) -> None:
    async with db.transaction() as connection:
        for _ in range(2):
            await threads.opened(connection, CHANNEL, SLUG, THREAD)
        wanted = Gathering(CHANNEL, SLUG, THREAD)
        assert await threads.of_slug(connection, CHANNEL, SLUG) == wanted
        assert await threads.of_thread(connection, THREAD) == wanted
        assert await threads.of_thread(connection, CHANNEL) is None


async def test_a_thread_starts_from_pictures_that_stand_in_the_channel_the_first_one_first(db: Database) -> None:
    """Not from those in a thread, and not from deleted ones."""
    jobs = await gathered(db)
    more = job("job4", ask="ask4")
    await insert(db, more)
    async with db.transaction() as connection:
        await finish(connection, more, JobState.RENDERED, NOW, 104)
        assert await threads.starts(connection, CHANNEL, SLUG, 5) == [100, 104]
        await pictures.delete(connection, jobs[0].id, ADA, NOW)
        assert await threads.starts(connection, CHANNEL, SLUG, 5) == [104]
