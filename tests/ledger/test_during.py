"""Rows of a batch while it renders: what is offered to towers, what may be tried once more, and where it is said."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ledger import batches, during, jobs
from bot.ledger.database import Connection, Database
from bot.nouns import Batch, Job, JobState, Notice, NoticeKind
from tests.ledger.rows import ADA, NOW, job

FULL = "out-of-memory"


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "darkroom.db") as opened:
        yield opened


async def sent(db: Database, *rows: Job) -> None:
    """A batch b1 with these jobs, an ask for each, and a job of nobody's batch."""
    async with db.transaction() as connection:
        await batches.insert(connection, Batch("b1", "k1", "b.json", ADA, 1, 5, NOW))
        for row in (*rows, job("alone", ask="alone")):
            batch = None if row.id == "alone" else "b1"
            await jobs.insert_ask(connection, row.ask, row.ask, batch, NOW)
            await jobs.insert(connection, replace(row, batch=batch))


def item(name: str, **own: object) -> Job:
    return job(name, ask=f"ask-{name}", slug=name, **own)


async def line(connection: Connection) -> list[str]:
    return [one.id for one in await jobs.in_line(connection)]


async def running(connection: Connection, name: str) -> Job:
    claimed = await jobs.claim(connection, name, "tower", "boot")
    assert claimed is not None
    return claimed


async def test_a_paused_batch_is_offered_to_nobody(db: Database) -> None:
    """Neither in line, nor a reason to wake a tower, nor claimed by one that saw the line before."""
    await sent(db, item("fox"), item("owl"))
    async with db.transaction() as connection:
        await running(connection, "fox")
        assert await during.pause(connection, "b1", NOW)
        assert not await during.pause(connection, "b1", NOW + 1)
        assert await line(connection) == ["alone"]
        assert [one.id for one in await jobs.front_of_line(connection, 5)] == ["alone"]
        assert [(lot.tower, lot.jobs) for lot in await jobs.unfinished(connection)] == [(None, 1), ("tower", 1)]
        assert await jobs.claim(connection, "owl", "tower", "boot") is None
        assert await during.resume(connection, "b1")
        assert sorted(await line(connection)) == ["alone", "owl"]
        assert await jobs.claim(connection, "owl", "tower", "boot") is not None


async def test_what_is_tried_again_waits_since_its_failure(db: Database) -> None:
    """So its turn comes behind what waits already; its reason is kept until it ends."""
    await sent(db, item("fox"), item("owl"))
    async with db.transaction() as connection:
        fox = await running(connection, "fox")
        assert await jobs.retry(connection, fox, 2, NOW + 9, FULL, {"model": "demo"})
        assert {one.id: one.created_at for one in await jobs.in_line(connection)} == {
            "alone": NOW, "owl": NOW, "fox": NOW + 9,
        }  # fmt: skip
        again = await running(connection, "fox")
        assert (again.epoch, again.retries, again.error_kind) == (2, 1, FULL)
        assert not await jobs.retry(connection, fox, 2, NOW, FULL, {}), "an old end counts no more"
        assert await jobs.end(connection, "fox", 2, JobState.RENDERED, NOW)
        ended = await jobs.get(connection, "fox")
    assert ended is not None
    assert (ended.error_kind, ended.error_facts) == (None, {})


async def test_what_nobody_wants_or_failed_too_often_is_not_tried_again(db: Database) -> None:
    await sent(db, item("fox"), item("owl"), item("elk"))
    async with db.transaction() as connection:
        fox, owl = await running(connection, "fox"), await running(connection, "owl")
        for _ in range(2):
            assert await jobs.retry(connection, fox, 2, NOW, FULL, {})
            fox = await running(connection, "fox")
        assert not await jobs.retry(connection, fox, 2, NOW, FULL, {})
        await jobs.want_cancel(connection, "owl")
        assert not await jobs.retry(connection, owl, 2, NOW, FULL, {})
        elk = await running(connection, "elk")
        await during.call_off(connection, "b1", NOW)
        assert not await jobs.retry(connection, elk, 2, NOW, FULL, {})
        alone = await running(connection, "alone")
        assert await jobs.retry(connection, alone, 2, NOW, FULL, {})


async def test_the_newer_job_counts_in_the_place_of_the_failed_one(db: Database) -> None:
    await sent(db, item("fox"), item("owl"))
    async with db.transaction() as connection:
        fox = await running(connection, "fox")
        assert await jobs.end(connection, "fox", fox.epoch, JobState.FAILED, NOW, "picture-black", {})
        assert [one.id for one in await jobs.failed_of_batch(connection, "b1")] == ["fox"]
        await jobs.insert(
            connection, replace(item("anew"), ask="ask-fox", slug="fox", index=1, batch="b1", again="fox")
        )
        assert await jobs.failed_of_batch(connection, "b1") == []
        assert await batches.outcome(connection, "b1") == {JobState.QUEUED: 2}
        assert await jobs.telling_of_batch(connection, "b1", 5) == []
        assert await jobs.last_indexes(connection, "b1") == {"fox": 1, "owl": 0}


@pytest.mark.parametrize(
    ("notice", "found"),
    [
        ({"kind": NoticeKind.PICTURE, "job": "fox"}, True),
        ({"kind": NoticeKind.FAILURE, "job": "fox"}, True),
        ({"kind": NoticeKind.CANCELLATION, "job": "fox"}, True),
        ({"kind": NoticeKind.SHEET, "ask": "ask-fox"}, True),
        ({"kind": NoticeKind.SHEET, "batch": "b1"}, True),
        ({"kind": NoticeKind.PICTURE, "job": "child"}, True),
        ({"kind": NoticeKind.FAILURE, "job": "child"}, False),
        ({"kind": NoticeKind.PICTURE, "job": "abroad"}, False),
        ({"kind": NoticeKind.PICTURE, "job": "alone"}, False),
        ({"kind": NoticeKind.CARD, "batch": "b1"}, False),
        ({"kind": NoticeKind.REPOST, "job": "fox"}, False),
    ],
)
async def test_which_notices_are_said_in_the_batchs_thread(
    db: Database, notice: dict[str, object], *, found: bool
) -> None:
    """Its pictures, failures and sheets, and pictures made from its own in the same channel; no card, no copy."""
    await sent(db, item("fox"))
    async with db.transaction() as connection:
        for name, own in (("child", {}), ("abroad", {"channel": 6})):
            await jobs.insert_ask(connection, name, name, None, NOW)
            await jobs.insert(connection, job(name, ask=name, parent="fox", **own))
        batch = await during.of_notice(connection, Notice(id="n", channel=5, created_at=NOW, **notice))  # type: ignore[arg-type]
        assert (batch is not None) == found


async def test_a_batch_is_found_by_its_thread(db: Database) -> None:
    await sent(db, item("fox"))
    async with db.transaction() as connection:
        await during.opened(connection, "b1", 77)
        found = await during.of_thread(connection, 77)
        assert found is not None
        assert (found.id, found.thread, await during.of_thread(connection, 78)) == ("b1", 77, None)
