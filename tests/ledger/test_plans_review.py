"""How SQLite answers the questions of a review: by indexes, and within one batch."""

import pytest

from bot.clock import SystemClock
from bot.ledger import batch_items, batch_sheets, batches, jobs, notices, reviews, sheets
from bot.ledger.database import Connection, Database
from bot.nouns import Batch, BatchItem, JobState
from tests.ledger.rows import NOW, finish, job
from tests.ledger.test_plans import PICKED, SMALL, Question, plan

# A recursion walks through the rows that it found itself, as those of one job or batch.
FOUND = (*PICKED, "VIRTUAL TABLE", "SCAN t", "SCAN takes", "SCAN b", "RECURSIVE")


async def _followed(connection: Connection) -> None:
    """The ends of two jobs of a cluster: else nothing is asked beyond whether there is a batch."""
    await batches.insert(connection, Batch("b", "b", "b.json", 1, 1, 5, NOW))
    await jobs.insert_asks(connection, [("x", "x"), ("y", "y")], "b", NOW)
    rows = [job(name, ask=name, slug=name, batch="b") for name in ("x", "y")]
    await jobs.insert(connection, *rows)
    items = [BatchItem("b", at, row.slug, "d", "warm", row.ask) for at, row in enumerate(rows, 1)]
    await batch_items.insert(connection, items)
    for row in rows:
        await finish(connection, row, JobState.RENDERED, NOW)
        await batch_sheets.follow(connection, SystemClock(), [row.id])
    await batch_sheets.dropped(connection, ["x"])


QUESTIONS: dict[str, Question] = {
    "reviews.of_batch": lambda c: reviews.of_batch(c, "x"),
    "reviews.of_job": lambda c: reviews.of_job(c, "x"),
    "reviews.begin_round": lambda c: reviews.begin_round(c, "x", []),
    "reviews.round_of_key": lambda c: reviews.round_of_key(c, "x"),
    "batch_sheets.of_notice": lambda c: batch_sheets.of_notice(c, "x"),
    "batch_sheets.of_batch": lambda c: batch_sheets.of_batch(c, "x"),
    "batch_sheets.place": lambda c: batch_sheets.place(c, "x"),
    "batch_sheets.follow": _followed,
    "notices.get": lambda c: notices.get(c, "x"),
    "sheets.shown": lambda c: sheets.shown(c, "x"),
    "sheets.settled": lambda c: sheets.settled(c, "x", NOW),
}


@pytest.mark.parametrize("name", QUESTIONS)
async def test_no_question_of_a_review_walks_through_a_table(db: Database, name: str) -> None:
    """Rows are searched by an index, or an index of open rows is walked through."""
    async with db.transaction() as connection:
        steps = await plan(connection, QUESTIONS[name])
    walks = [step for step in steps if step.startswith("SCAN") and not any(found in step for found in FOUND)]
    assert [step for step in walks if step.split()[-1] not in SMALL] == [], steps
