"""A job's end and its group's sheet are written together, once, in the order in which they are to be said."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.dispatch import outcomes
from bot.ledger import jobs, notices, sheets
from bot.ledger.database import Database
from bot.nouns import Job, Notice, NoticeKind
from gpu_agent.wire import Done
from tests import made
from tests.clock import FakeClock
from tests.ledger.rows import insert, job

CHANNEL = 5
SHEET = NoticeKind.SHEET


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "darkroom.db") as opened:
        yield opened


@pytest.fixture
def clock() -> FakeClock:
    """It stands still, so that only ids tell what came first."""
    return FakeClock(made.NOW)


async def running(db: Database, count: int) -> list[Job]:
    """One group, all of which renders."""
    group = [job(f"job{number}", index=number) for number in range(count)]
    await insert(db, *group)
    async with db.transaction() as connection:
        claimed = [await jobs.claim(connection, one.id, "tower", "boot") for one in group]
    return [one for one in claimed if one is not None]


def done(one: Job) -> Done:
    receipt = made.receipt(one.order())
    return Done(
        job=one.id, epoch=one.epoch, sha256="a" * 64, bytes=9, receipt=receipt, seconds=1.0, peak=1, joules=None
    )


async def due(db: Database) -> list[Notice]:
    async with db.reading() as connection:
        return await notices.due_in(connection, CHANNEL, 1000)


async def test_the_sheet_is_due_with_the_last_end_and_not_before(db: Database, clock: FakeClock) -> None:
    group = await running(db, 3)
    await outcomes.rendered(db, clock, group[0], done(group[0]))
    await outcomes.failed(db, clock, group[1], "picture-black", {})
    assert [one for one in await due(db) if one.kind is SHEET] == []
    await outcomes.rendered(db, clock, group[2], done(group[2]))
    assert [(one.job, one.ask) for one in await due(db) if one.kind is SHEET] == [(None, "ask1")]


async def test_within_one_moment_the_sheet_comes_after_the_last_picture(db: Database, clock: FakeClock) -> None:
    """Ids of one millisecond are in no order by themselves; these two have to be."""
    for number in range(20):
        group = [job(f"job{number}-{index}", ask=f"ask{number}", slug=f"s{number}", index=index) for index in (0, 1)]
        await insert(db, *group)
        async with db.transaction() as connection:
            claimed = [await jobs.claim(connection, one.id, "tower", "boot") for one in group]
        for one in claimed:
            assert one is not None
            await outcomes.rendered(db, clock, one, done(one))
        told = {one.job or one.ask: at for at, one in enumerate(await due(db))}
        assert told[f"job{number}-1"] < told[f"ask{number}"]


async def test_the_end_told_twice_makes_one_sheet(db: Database, clock: FakeClock) -> None:
    """A tower repeats its Done until it is thanked."""
    group = await running(db, 2)
    for _ in range(2):
        for one in group:
            await outcomes.rendered(db, clock, one, done(one))
    assert [one.kind for one in await due(db)].count(SHEET) == 1


async def test_ends_at_the_same_time_make_one_sheet(db: Database, clock: FakeClock) -> None:
    """Two towers finish the last two pictures of a group in one moment."""
    group = await running(db, 4)
    await asyncio.gather(*(outcomes.rendered(db, clock, one, done(one)) for one in group))
    assert [one.kind for one in await due(db)].count(SHEET) == 1


async def test_a_sheet_that_cannot_be_written_takes_the_end_back(
    db: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the two, neither is there: the tower tells of the end again, and then both are."""

    async def killed(*_: object) -> list[tuple[str, int]]:
        raise RuntimeError

    group = await running(db, 2)
    await outcomes.rendered(db, clock, group[0], done(group[0]))
    with monkeypatch.context() as broken:
        broken.setattr(sheets, "owed", killed)
        with pytest.raises(RuntimeError):
            await outcomes.rendered(db, clock, group[1], done(group[1]))
    assert [one.kind for one in await due(db)] == [NoticeKind.PICTURE]
    assert await outcomes.rendered(db, clock, group[1], done(group[1]))
    assert [one.kind for one in await due(db)].count(SHEET) == 1


async def test_the_last_one_may_be_cancelled_while_it_renders(db: Database, clock: FakeClock) -> None:
    group = await running(db, 3)
    for one in group[:2]:
        await outcomes.rendered(db, clock, one, done(one))
    await outcomes.cancelled(db, clock, group[2])
    assert [one.kind for one in await due(db)].count(SHEET) == 1
