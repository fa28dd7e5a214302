"""What people think of the halves of a pair, blind, and what is left of it when somebody is told or leaves."""

from dataclasses import replace

import pytest

from bot.ledger import jobs, pairs, pictures, traces, verdicts
from bot.ledger.database import Database
from bot.ledger.pairs import Pair
from bot.ledger.privacy import Erasure
from bot.nouns import Cue, Group, JobState, Manner, Mark, Scope, Trial, Verdict
from tests.ledger.rows import ADA, GRACE, NOW, finish, insert, job

CUE = Cue("Bright", "red-boat", (1,))
WOVEN = job("woven", cues=(CUE,), archetype="hero")
BARE = job("bare", index=1, archetype="hero")
KEEP, REJECT = Verdict.KEEP, Verdict.REJECT


@pytest.fixture(autouse=True)
async def pair(db: Database) -> None:
    """Both halves rendered and said, as messages 1 and 2."""
    await insert(db, WOVEN, BARE)
    async with db.transaction() as connection:
        await pairs.insert(connection, Pair("ask1", "woven", "bare", first=True))
        await finish(connection, WOVEN, JobState.RENDERED, NOW, 1)
        await finish(connection, BARE, JobState.RENDERED, NOW, 2)


async def say(db: Database, person: int, **thought: Verdict | None) -> None:
    async with db.transaction() as connection:
        for half, verdict in thought.items():
            message = {"woven": 1, "bare": 2}[half]
            for old in ("✅", "❌"):
                await verdicts.clear_mark(connection, message, person, old, NOW)
            if verdict is not None:
                emoji = "✅" if verdict is KEEP else "❌"
                await verdicts.set_mark(connection, Mark(message, half, person, emoji, verdict), NOW)


async def told(db: Database, person: int) -> bool:
    async with db.transaction() as connection:
        return await pairs.told(connection, "ask1", person, NOW)


async def judged(db: Database) -> list[Trial]:
    async with db.reading() as connection:
        return await pairs.judged(connection)


async def test_a_pair_counts_once_whoever_judged_both(db: Database) -> None:
    """One person's word on one half alone counts for nothing; several people's are averaged."""
    await say(db, ADA, woven=KEEP)
    await say(db, GRACE, bare=REJECT)
    assert await judged(db) == []
    await say(db, ADA, bare=REJECT)
    name = (Scope.SLUG, "red-boat", "bright")
    assert await judged(db) == [Trial("demo", "hero", (name,), 1, 1.0, 0.0)]
    await say(db, GRACE, woven=Verdict.REROLL)
    assert await judged(db) == [Trial("demo", "hero", (name,), 2, 0.5, 0.0)]


async def test_nobody_is_told_before_judging_both(db: Database) -> None:
    """Each person for themselves."""
    assert not await told(db, ADA)
    await say(db, ADA, woven=KEEP)
    assert not await told(db, ADA)
    await say(db, ADA, bare=KEEP)
    assert await told(db, ADA)
    assert not await told(db, GRACE)


async def test_what_was_thought_before_being_told_is_what_counts(db: Database) -> None:
    """A verdict changed afterwards is no blind one; one that is withdrawn is gone from the evidence as well."""
    await say(db, ADA, woven=KEEP, bare=REJECT)
    assert await told(db, ADA)
    await say(db, ADA, woven=REJECT, bare=KEEP)
    assert await told(db, ADA)
    assert [(one.woven, one.bare) for one in await judged(db)] == [(1.0, 0.0)]
    await say(db, ADA, woven=None)
    assert await judged(db) == []


async def test_a_pair_that_lost_a_half_hides_nothing(db: Database) -> None:
    """Nobody can judge both any more. What was thought of it stays evidence."""
    await say(db, ADA, woven=KEEP, bare=REJECT)
    async with db.transaction() as connection:
        await pictures.delete(connection, "bare", ADA, NOW)
    assert await told(db, GRACE)
    assert len(await judged(db)) == 1


async def test_a_half_that_failed_hides_nothing(db: Database) -> None:
    await insert(db, first := job("w2", ask="ask2"), second := job("b2", ask="ask2", index=1))
    async with db.transaction() as connection:
        await pairs.insert(connection, Pair("ask2", "w2", "b2", first=False))
        await finish(connection, first, JobState.RENDERED, NOW)
        assert not await pairs.told(connection, "ask2", ADA, NOW)
        await finish(connection, second, JobState.FAILED, NOW)
        assert await pairs.told(connection, "ask2", ADA, NOW)


async def test_who_wants_to_be_forgotten_leaves_no_number_behind(db: Database) -> None:
    """Neither in what was remembered when they were told, nor in the evidence, once their verdicts are gone."""
    await say(db, ADA, woven=KEEP, bare=REJECT)
    await told(db, ADA)
    gone = Erasure(ADA, NOW + 1)
    async with db.transaction() as connection:
        assert "pairs_told" in await traces.more(connection, gone)
        await traces.clear(connection, gone, "pairs_told", NOW)
        assert "pairs_told" not in await traces.more(connection, gone)
    await say(db, ADA, woven=None, bare=None)
    assert await judged(db) == []


async def test_a_pair_is_known_by_its_row(db: Database) -> None:
    """However it is to be posted; other asks are what they were accepted as."""
    await insert(db, replace(job("alone"), ask="ask9"))
    async with db.transaction() as connection:
        await jobs.insert_ask(connection, "grid", "key-grid", None, NOW, Manner(Group.GRID))
        assert (await jobs.manner(connection, "ask1")).group is Group.PAIR
        assert (await jobs.manner(connection, "ask9")).group is Group.SEEDS
        assert (await jobs.manner(connection, "grid")).group is Group.GRID
        assert await pairs.of_ask(connection, "ask9") is None
        assert await pairs.of_ask(connection, "ask1") == Pair("ask1", "woven", "bare", first=True)
