"""A batch as it is reviewed: slots with their takes, the one rule of what counts for them, rounds and sheets."""

from collections.abc import Sequence
from itertools import count
from zlib import crc32

import pytest

from bot.clock import SystemClock
from bot.ledger import batch_items, batch_sheets, batches, jobs, notices, pictures, reviews, verdicts
from bot.ledger.database import Connection, Database
from bot.ledger.takes import Review, Slot, Standing, Take, on, progress
from bot.nouns import Batch, BatchItem, Job, JobState, Mark, Verdict
from tests.ledger.rows import ADA, GRACE, NOW, finish, job

KEEP, REJECT, REROLL = Verdict.KEEP, Verdict.REJECT, Verdict.REROLL
RENDERED, FAILED, QUEUED, CANCELLED = JobState.RENDERED, JobState.FAILED, JobState.QUEUED, JobState.CANCELLED
_MESSAGES = count(100)


def slot(*takes: Take, number: int = 1, cluster: str | None = None) -> Slot:
    return Slot(number, "fox", takes, cluster)


def take(state: JobState = RENDERED, counts: Verdict | None = None, gone: bool = False, **more: object) -> Take:
    return Take("x", state, counts=counts, gone=gone, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("takes", "standing", "shown"),
    [
        ([take(QUEUED)], Standing.WAITING, None),
        ([take(JobState.RENDERING)], Standing.WAITING, None),
        ([take(FAILED)], Standing.MISSING, None),
        ([take(CANCELLED)], Standing.MISSING, None),
        ([take(gone=True, counts=KEEP)], Standing.MISSING, None),
        ([take()], Standing.OPEN, 0),
        ([take(counts=KEEP)], Standing.KEPT, 0),
        ([take(counts=REJECT)], Standing.REJECTED, 0),
        ([take(counts=REROLL)], Standing.REROLL, 0),
        ([take(counts=REJECT), take(QUEUED)], Standing.WAITING, 0),
        ([take(counts=REJECT), take()], Standing.OPEN, 1),
        ([take(counts=REJECT), take(FAILED)], Standing.REJECTED, 0),
        ([take(counts=KEEP), take()], Standing.KEPT, 0),
        ([take(counts=KEEP), take(QUEUED)], Standing.KEPT, 0),
        ([take(counts=KEEP), take(counts=REJECT)], Standing.KEPT, 0),
        ([take(counts=KEEP), take(counts=KEEP)], Standing.KEPT, 1),
        ([take(FAILED), take(counts=REROLL)], Standing.REROLL, 1),
    ],
)
def test_the_rule_of_what_counts_for_a_slot(takes: list[Take], standing: Standing, shown: int | None) -> None:
    """A take that is kept wins, the last of these; else the latest picture, unless another is on its way."""
    one = slot(*takes)
    assert one.standing is standing
    assert one.shown is (None if shown is None else takes[shown])


def test_progress_leaves_out_what_has_no_picture() -> None:
    """Accepted is the set whose every picture is kept; decided the one of which nothing is open or to come."""
    kept, rejected = slot(take(counts=KEEP, by_asker=True)), slot(take(counts=REJECT))
    told = progress([kept, rejected, slot(take()), slot(take(QUEUED)), slot(take(FAILED))])
    assert (told.decided, told.of, told.kept, told.rejects, told.waiting, told.missing) == (2, 4, 1, 1, 1, 1)
    assert (told.by_asker, told.over, told.accepted) == (1, False, False)
    assert progress([kept, rejected, slot(take(FAILED))]).over
    assert not progress([kept, rejected]).accepted
    assert progress([kept, slot(take(FAILED))]).accepted
    assert not progress([slot(take(FAILED))]).over


def test_sheets_show_a_page_or_members_of_a_cluster() -> None:
    slots = tuple(
        Slot(number, "fox", (Take(f"job{number}", RENDERED),), "warm" if number % 2 else None) for number in range(1, 8)
    )
    review = Review(slots)
    assert [one.number for one in on(review, "job4", False, 3)] == [4, 5, 6]
    assert [one.number for one in on(review, "job1", True, 3)] == [1, 3, 5]
    assert [one.number for one in on(review, "job7", True, 3)] == [7]


async def made(db: Database, slugs: str, clusters: Sequence[str | None] = ()) -> list[Job]:
    """A batch with an item for each letter."""
    rows = [job(f"job-{at}", ask=f"ask-{at}", slug=slug, batch="b1", channel=5) for at, slug in enumerate(slugs)]
    async with db.transaction() as connection:
        await batches.insert(connection, Batch("b1", "k", "b.json", ADA, 1, 5, NOW))
        await jobs.insert_asks(connection, [(row.ask, row.ask) for row in rows], "b1", NOW)
        await jobs.insert(connection, *rows)
        named = dict(enumerate(clusters))
        items = [BatchItem("b1", at + 1, row.slug, "d", named.get(at), row.ask) for at, row in enumerate(rows)]
        await batch_items.insert(connection, items)
    return rows


async def end(connection: Connection, row: Job, state: JobState = RENDERED) -> None:
    await finish(connection, row, state, NOW, next(_MESSAGES))
    await batch_sheets.follow(connection, SystemClock(), [row.id])


async def again(connection: Connection, before: Job, name: str, index: int) -> Job:
    """Another take, in a round of its own."""
    row = job(name, ask=f"ask-{name}", slug=before.slug, batch="b1", index=index, again=before.id, channel=5)
    await jobs.insert_asks(connection, [(row.ask, row.ask)], "b1", NOW)
    await jobs.insert(connection, row)
    await reviews.begin_round(connection, "b1", [row.ask])
    return row


async def think(connection: Connection, row: Job, said: Verdict, person: int = ADA) -> None:
    await verdicts.set_mark(connection, Mark(crc32(row.id.encode()), row.id, person, said, said), NOW)


async def test_takes_stand_in_their_order_with_their_rounds(db: Database) -> None:
    """A failed take that was tried anew belongs to the round it failed in."""
    fox, owl = await made(db, "fo")
    async with db.transaction() as connection:
        await end(connection, fox)
        await end(connection, owl)
        await think(connection, fox, REJECT)
        await think(connection, owl, KEEP, GRACE)
        second = await again(connection, fox, "second", 1)
        await end(connection, second, FAILED)
        retried = job("retried", ask=second.ask, slug="f", batch="b1", index=2, again=second.id, channel=5)
        await jobs.insert(connection, retried)
        review = await reviews.of_batch(connection, "b1")
        assert [(one.number, one.slug, one.standing) for one in review.slots] == [
            (1, "f", Standing.WAITING),
            (2, "o", Standing.KEPT),
        ]
        assert [(one.job, one.round) for one in review.slots[0].takes] == [("job-0", 1), ("second", 2), ("retried", 2)]
        assert (review.rounds, review.slots[0].shown) == (2, review.slots[0].takes[0])
        assert [one.takes[0].by_asker for one in review.slots] == [True, False]
        assert await reviews.of_job(connection, "retried") == ("b1", "job-0")
        third = await again(connection, retried, "third", 3)
        await end(connection, retried)
        await end(connection, third)
        await pictures.delete(connection, third.id, ADA, NOW)
        review = await reviews.of_batch(connection, "b1")
        assert review.slots[0].shown == review.slots[0].takes[2]
        assert review.rounds == 3


async def test_jobs_of_no_batch_are_in_no_review(db: Database) -> None:
    async with db.transaction() as connection:
        await jobs.insert_ask(connection, "ask1", "k", None, NOW)
        await jobs.insert(connection, job("alone"))
        assert await reviews.of_job(connection, "alone") is None
        assert (await reviews.of_batch(connection, "none")).slots == ()
        await batch_sheets.changed(connection, "alone")


async def test_a_page_is_owed_with_its_first_picture_and_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for a failure alone; a picture on another page owes another sheet."""
    monkeypatch.setattr(batch_sheets, "PAGE", 2)
    rows = await made(db, "abcde")
    async with db.transaction() as connection:
        await end(connection, rows[0], FAILED)
        assert await batch_sheets.of_batch(connection, "b1") == []
        await end(connection, rows[3])
        await end(connection, rows[2])
        await end(connection, rows[4])
        found = await batch_sheets.of_batch(connection, "b1")
        assert [(one.first, one.cluster) for one in found] == [("job-2", False), ("job-4", False)]
        due = await notices.due_in(connection, 5, 99)
        assert [one.batch for one in due if one.kind == "sheet"] == ["b1", "b1"]


async def test_a_cluster_is_owed_once_two_of_it_can_be_compared(db: Database) -> None:
    """Later takes of its members count as their pictures."""
    rows = await made(db, "abcd", ["warm", None, "warm", "cold"])
    async with db.transaction() as connection:
        await end(connection, rows[0], FAILED)
        await end(connection, rows[1])
        await end(connection, rows[2])
        await end(connection, rows[3])
        assert [one.cluster for one in await batch_sheets.of_batch(connection, "b1")] == [False]
        second = await again(connection, rows[0], "second", 1)
        await end(connection, second)
        found = await batch_sheets.of_batch(connection, "b1")
        assert [(one.first, one.cluster) for one in found] == [("job-0", False), ("job-0", True)]


async def settle(connection: Connection) -> None:
    await connection.execute(
        "UPDATE notices SET state = 'said', message = rowid + 5000, settled_at = 1.0 WHERE kind = 'sheet'"
    )


async def unsettled(connection: Connection) -> list[str]:
    rows = await connection.execute_fetchall(
        "SELECT s.first, s.cluster FROM batch_sheets AS s JOIN notices AS n ON n.id = s.notice "
        "WHERE n.settled_at IS NULL ORDER BY s.cluster, s.first"
    )
    return [f"{row['first']}{' cluster' if row['cluster'] else ''}" for row in rows]


async def test_a_change_unsettles_its_page_the_first_one_and_clusters(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A verdict, a deletion, an end, of whichever take; a cancellation of many all of the batch's."""
    monkeypatch.setattr(batch_sheets, "PAGE", 2)
    rows = await made(db, "abcdef", [None, None, None, None, "set", "set"])
    async with db.transaction() as connection:
        for row in rows:
            await end(connection, row)
        await settle(connection)
        await think(connection, rows[3], REJECT)
        assert await unsettled(connection) == ["job-0", "job-2", "job-4 cluster"]
        await settle(connection)
        second = await again(connection, rows[5], "second", 1)
        await end(connection, second)
        assert await unsettled(connection) == ["job-0", "job-4", "job-4 cluster"]
        await settle(connection)
        await pictures.delete(connection, second.id, ADA, NOW)
        assert await unsettled(connection) == ["job-0", "job-4", "job-4 cluster"]
        await settle(connection)
        await batch_sheets.dropped(connection, [rows[0].id])
        assert await unsettled(connection) == ["job-0", "job-2", "job-4", "job-4 cluster"]


async def test_the_same_request_is_the_same_round(db: Database) -> None:
    fox, owl = await made(db, "fo")
    async with db.transaction() as connection:
        await again(connection, fox, "second", 1)
        third = await again(connection, owl, "third", 1)
        assert await reviews.round_of_key(connection, third.ask) == (3, ["third"])
        assert await reviews.round_of_key(connection, "another") is None
