"""What rows may say, and each change of state taken once."""

import sqlite3

import pytest

from bot.ledger import batches, jobs, notices, pictures, rota
from bot.ledger.database import Database
from bot.nouns import Batch, Cue, CueState, JobState, Notice, NoticeKind, RotaEntry, Scope
from tests.ledger.rows import ADA, NOW, finish, insert, job, picture


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "lost"},
        {"state": "rendered"},
        {"state": "rendering"},
        {"ended_at": NOW},
        {"epoch": 0},
        {"cancel_wanted": 2},
        {"seed": "seven"},
        {"ask": "nobody"},
        {"batch": "nobody"},
    ],
)
async def test_a_row_that_contradicts_itself_is_refused(db: Database, broken: dict[str, object]) -> None:
    """States, ends, types and references are checked by the file itself."""
    await insert(db, job())
    assignments = ", ".join(f"{name} = ?" for name in broken)
    async with db.transaction() as connection:
        with pytest.raises(sqlite3.IntegrityError):
            await connection.execute(f"UPDATE jobs SET {assignments}", tuple(broken.values()))


async def test_a_job_comes_back_as_it_went_in(db: Database) -> None:
    """Every field, also the cues with their messages."""
    wide = Cue("big", "demo", (3,), 0.5, "tiny", Scope.MODEL, CueState.ACTIVE, by=(ADA,))
    rich = job(cues=(Cue("bright", "red-boat", (3, 4), 2.0), wide), archetype="hero", error_facts={"a": 1})
    await insert(db, rich)
    async with db.reading() as connection:
        assert await jobs.get(connection, "job1") == rich
        assert await jobs.get(connection, "job2") is None


async def test_an_ask_is_accepted_once(db: Database) -> None:
    """The same key again inserts nothing and finds the first jobs in their order."""
    await insert(db, job("b", index=1), job("a", index=0))
    async with db.transaction() as connection:
        assert not await jobs.insert_ask(connection, "ask2", "key-ask1", None, NOW)
        assert [row.id for row in await jobs.of_ask_key(connection, "key-ask1")] == ["a", "b"]


async def test_a_job_is_claimed_and_ended_once(db: Database) -> None:
    """Of two who claim or end, the second is told that he is too late."""
    await insert(db, job())
    async with db.transaction() as connection:
        claimed = await jobs.claim(connection, "job1", "tower", "boot1")
        assert claimed is not None
        assert (claimed.state, claimed.tower, claimed.boot) == (JobState.RENDERING, "tower", "boot1")
        assert await jobs.claim(connection, "job1", "other", "boot9") is None
        assert await jobs.end(connection, "job1", 1, JobState.FAILED, NOW, "busy", {"n": 1})
        assert not await jobs.end(connection, "job1", 1, JobState.RENDERED, NOW)
        ended = await jobs.get(connection, "job1")
    assert ended is not None
    assert (ended.state, ended.error_kind, ended.error_facts) == (JobState.FAILED, "busy", {"n": 1})


async def test_an_old_epoch_ends_nothing(db: Database) -> None:
    """After the job moved to its next epoch, what the earlier one reports is ignored."""
    await insert(db, job())
    async with db.transaction() as connection:
        first = await jobs.claim(connection, "job1", "tower", "boot1")
        assert first is not None
        assert await jobs.requeue(connection, first)
        assert not await jobs.requeue(connection, first)
        assert not await jobs.adopt(connection, first, "boot2")
        second = await jobs.claim(connection, "job1", "tower", "boot2")
        assert second is not None
        assert second.epoch == 2
        assert not await jobs.end(connection, "job1", 1, JobState.RENDERED, NOW)
        assert await jobs.end(connection, "job1", 2, JobState.RENDERED, NOW)


async def test_one_notice_tells_the_end_of_a_job(db: Database) -> None:
    """A second one is refused, whatever its kind; so is a second card of an ask."""
    await insert(db, job())
    async with db.transaction() as connection:
        await finish(connection, job(), JobState.RENDERED, NOW)
        await notices.make_due(connection, Notice("c1", NoticeKind.CARD, 5, NOW, ask="ask1"))
        for second in (
            Notice("n2", NoticeKind.FAILURE, 5, NOW, job="job1"),
            Notice("c2", NoticeKind.CARD, 5, NOW, ask="ask1"),
        ):
            with pytest.raises(sqlite3.IntegrityError):
                await notices.make_due(connection, second)


async def test_a_notice_is_said_once(db: Database) -> None:
    """The first message stays, the first try stays, and nothing that was said is due again."""
    notice = Notice("a1", NoticeKind.ANNOUNCEMENT, 5, NOW, text="hello")
    async with db.transaction() as connection:
        await notices.make_due(connection, notice)
        await notices.trying(connection, "a1", NOW + 1)
        await notices.trying(connection, "a1", NOW + 2)
        await notices.said(connection, "a1", 77, NOW + 3)
        await notices.said(connection, "a1", 78, NOW + 4)
        await notices.unsayable(connection, "a1", NOW + 5)
        assert await notices.channels_due(connection) == []
        found = await notices.of_message(connection, 77)
    assert found is not None
    assert (found.first_tried_at, found.said_at, found.text) == (NOW + 1, NOW + 3, "hello")


async def test_a_picture_knows_its_message_once_it_is_posted(db: Database) -> None:
    """Before, it has none; afterwards it is found with it."""
    await insert(db, job())
    async with db.transaction() as connection:
        await finish(connection, job(), JobState.RENDERED, NOW)
        assert await pictures.of_job(connection, "job1") == picture(job())
        await notices.said(connection, "n-job1", 77, NOW)
        posted = await pictures.of_job(connection, "job1")
    assert posted is not None
    assert (posted.message, posted.receipt.order) == (77, job().order())


async def test_a_card_is_unsettled_from_its_message_to_its_last_edit(db: Database) -> None:
    """A card nobody saw yet owes no edit, and one that had its last edit owes none any more."""
    await insert(db, job("a"), job("c", ask="ask2"))
    async with db.transaction() as connection:
        for name, ask in (("c1", "ask1"), ("c2", "ask2")):
            await notices.make_due(connection, Notice(name, NoticeKind.CARD, 5, NOW, ask=ask))
        await notices.said(connection, "c1", 71, NOW)
        assert [card.id for card in await notices.unsettled_cards(connection)] == ["c1"]
        await notices.settled(connection, "c1", NOW)
        assert await notices.unsettled_cards(connection) == []


async def test_a_batch_of_the_rota_ends_when_everything_was_said(db: Database) -> None:
    """Not while a job is open, not while a picture waits to be posted, and only once."""
    batch = Batch("b1", "k", "nightly.json", 1, 1, 5, NOW, entry="e", slot=NOW)
    async with db.transaction() as connection:
        assert await batches.insert(connection, batch)
        assert not await batches.insert(connection, batch)
        await jobs.insert_asks(connection, [("ask1", "k:1")], "b1", NOW)
        await jobs.insert(connection, job(batch="b1"))
        assert await batches.ended(connection) == []
        await finish(connection, job(), JobState.RENDERED, NOW)
        assert await batches.ended(connection) == []
        await notices.said(connection, "n-job1", 77, NOW)
        assert await batches.ended(connection) == [batch]
        assert await batches.outcome(connection, "b1") == {JobState.RENDERED: 1}
        assert await batches.close(connection, "b1")
        assert not await batches.close(connection, "b1")
        assert await batches.ended(connection) == []


async def test_a_moment_of_the_rota_is_left_once(db: Database) -> None:
    """Moving on compares the moment that is left, so that of two who do it one does it."""
    entry = RotaEntry("e1", "n", "daily 02:00", "0 2 * * *", "UTC", "[]", 1, 1, 5, NOW, None)
    async with db.transaction() as connection:
        await rota.add(connection, entry)
        assert await rota.nearest(connection) == ("e1", None)
        assert await rota.advance(connection, entry, NOW + 60)
        assert not await rota.advance(connection, entry, NOW + 120)
        assert await rota.nearest(connection) == ("e1", NOW + 60)
        assert await rota.remove(connection, "e1")
        assert not await rota.remove(connection, "e1")
        assert await rota.nearest(connection) is None
