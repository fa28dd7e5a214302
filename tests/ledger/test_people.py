"""Permits, blocks and what counts against an allowance, in rows."""

import pytest

from bot.ledger import batches, people, verdicts
from bot.ledger.database import Database
from bot.ledger.people import Block
from bot.nouns import WORDS, Batch, JobState, Mark, Verdict
from bot.people.permits import Kind, Permits, What
from bot.people.quota import DAY, UNLIMITED, Allowance, Used
from tests.ledger.rows import ADA, GRACE, NOW, finish, insert, job
from tests.ledger.test_plans import PICKED, SMALL, Question, plan

ALL = Allowance(daily=9, at_once=9, cooldown=100)
QUESTIONS: dict[str, Question] = {
    "permits": people.permits,
    "is_blocked": lambda c: people.is_blocked(c, ADA),
    "used": lambda c: people.used(c, ADA, ALL, NOW),
    "block": lambda c: people.block(c, Block(ADA, GRACE, "", NOW)),
    "unblock": lambda c: people.unblock(c, ADA),
}
# A handful of rows that people set by hand.
FEW = (*PICKED, "SCAN permits")


@pytest.mark.parametrize("name", QUESTIONS)
async def test_no_question_walks_through_a_table(db: Database, name: str) -> None:
    """They are asked at every command."""
    async with db.transaction() as connection:
        await people.block(connection, Block(ADA, GRACE, "", NOW))
        steps = await plan(connection, QUESTIONS[name])
    walks = [step for step in steps if step.startswith("SCAN") and not any(few in step for few in FEW)]
    assert [step for step in walks if step.split()[-1] not in SMALL] == [], steps


async def used(db: Database, allowed: Allowance = ALL, now: float = NOW, person: int = ADA) -> Used:
    async with db.reading() as connection:
        return await people.used(connection, person, allowed, now)


async def test_a_list_is_replaced_as_a_whole(db: Database) -> None:
    """And no other list with it."""
    async with db.transaction() as connection:
        await people.permit(connection, What.ASK, Kind.ROLE, [1, 2, 2])
        await people.permit(connection, What.ASK, Kind.CHANNEL, [7])
        await people.permit(connection, What.ASK, Kind.ROLE, [3])
        found = await people.permits(connection)
    assert found == Permits(frozenset({(What.ASK, Kind.ROLE, 3), (What.ASK, Kind.CHANNEL, 7)}))


async def test_only_what_may_still_become_a_picture_counts_against_the_day(db: Database) -> None:
    """Failed and cancelled ones are given back, those of others and of the day before do not count."""
    rows = [job(name, ask=name) for name in ("waits", "renders", "done", "failed", "cancelled")]
    old = job("old", ask="old", created_at=NOW - DAY)
    await insert(db, *rows, old, job("theirs", ask="theirs", asker=GRACE))
    async with db.transaction() as connection:
        for row in rows[2:]:
            await finish(connection, row, JobState(row.id if row.id != "done" else "rendered"), NOW)
    assert (await used(db)).day == [(NOW, 3)]
    assert (await used(db, now=NOW - 1)).day == [(NOW - DAY, 1), (NOW, 3)]


async def test_batches_count_by_the_day_and_not_at_once(db: Database) -> None:
    """A pause between asks does not come of them either."""
    async with db.transaction() as connection:
        await batches.insert(connection, Batch("b1", "k", "n", ADA, 1, 5, NOW))
    await insert(db, job("own", created_at=NOW - 50), job("item", ask="item", batch="b1"))
    found = await used(db)
    assert sum(count for _, count in found.day) == 2
    assert (found.open, found.last) == (1, NOW - 50)


async def test_what_is_not_limited_is_not_asked_for(db: Database) -> None:
    await insert(db, job())
    assert await used(db, UNLIMITED) == Used()


async def test_the_pause_is_given_back_by_failing_alone(db: Database) -> None:
    """Else cancelling would be a way around it."""
    await insert(db, job("failed", ask="a"), job("cancelled", ask="b", created_at=NOW - 10))
    async with db.transaction() as connection:
        await finish(connection, job("failed"), JobState.FAILED, NOW)
        await finish(connection, job("cancelled"), JobState.CANCELLED, NOW)
    assert (await used(db)).last == NOW - 10
    assert (await used(db, now=NOW + 91)).last is None


async def test_blocking_sets_verdicts_aside_and_unblocking_brings_them_back(db: Database) -> None:
    """As they stand by then: marks that came and went meanwhile are the ledger's as always."""
    await insert(db, job("a"), job("b", ask="b"))
    async with db.transaction() as connection:
        await verdicts.set_mark(connection, Mark(1, "a", ADA, WORDS, Verdict.REJECT, "too dark"), NOW)
        await verdicts.set_mark(connection, Mark(1, "a", GRACE, "✅", Verdict.KEEP), NOW)
        before = await verdicts.of_job(connection, "a")
        assert await people.block(connection, Block(ADA, GRACE, "", NOW))
        assert not await people.block(connection, Block(ADA, GRACE, "again", NOW))
        assert [one.person for one in await verdicts.of_job(connection, "a")] == [GRACE]
        await verdicts.set_mark(connection, Mark(2, "b", ADA, "❌", Verdict.REJECT), NOW + 1)
        assert await verdicts.of_job(connection, "b") == []
        assert await people.unblock(connection, ADA)
        assert not await people.unblock(connection, ADA)
        assert await verdicts.of_job(connection, "a") == before
        (again,) = await verdicts.of_job(connection, "b")
    assert (again.person, again.verdict, again.at) == (ADA, Verdict.REJECT, NOW + 1)
