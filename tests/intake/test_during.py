"""A batch that has begun: pausing, going on and trying again are one transaction each, and asked for by who may."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import BadCount, NotYours, Unclear, UnwantedWords
from bot.intake.accept import Intake
from bot.ledger import batches, during, jobs, notices
from bot.ledger.database import Database
from bot.nouns import Batch, Job, JobState
from bot.people.quota import Allowance
from bot.people.terms import Terms
from bot.people.words import Words
from bot.settings import Limits
from tests.clock import FakeClock
from tests.ledger import lookups
from tests.made import ADA, GRACE


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "darkroom.db") as opened:
        yield opened


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def intake(db: Database, clock: FakeClock) -> Intake:
    return Intake(db, clock, Limits(), ["tower"])


async def sent(intake: Intake, count: int = 2) -> Batch:
    """Of Ada's; every second item has two pictures."""
    lines = "".join(f"item-{n},a fox,{1 + n % 2}\n" for n in range(count))
    data = f"slug,prompt,count\n{lines}".encode()
    return await intake.batches.accept("b.csv", data, key=f"k{count}", asker=ADA, guild=1, channel=5)


async def all_of(db: Database, batch: Batch) -> list[Job]:
    async with db.reading() as connection:
        return await lookups.jobs_of_batch(connection, batch.id)


async def end(db: Database, clock: FakeClock, job: Job, state: JobState = JobState.FAILED) -> None:
    async with db.transaction() as connection:
        claimed = await jobs.claim(connection, job.id, "tower", "boot")
        assert claimed is not None
        assert await jobs.end(connection, job.id, claimed.epoch, state, clock.now(), "picture-black", {"model": "demo"})


async def test_pausing_twice_is_pausing_once(db: Database, intake: Intake, clock: FakeClock) -> None:
    """The card tells since when: that of the first time."""
    batch = await sent(intake)
    assert await intake.pause(batch.id, person=ADA, moderator=False) == 3
    since = clock.now()
    await clock.advance(100)
    assert await intake.pause(batch.id, person=GRACE, moderator=True) == 3
    async with db.reading() as connection:
        found = await batches.get(connection, batch.id)
    assert found is not None
    assert found.paused_at == since
    assert await intake.resume(batch.id, person=ADA, moderator=False) == 3
    assert await intake.resume(batch.id, person=ADA, moderator=False) is None


async def test_nobody_else_may(intake: Intake) -> None:
    batch = await sent(intake)
    for verb in (intake.pause, intake.resume, intake.try_again):
        with pytest.raises(NotYours):
            await verb(batch.id, person=GRACE, moderator=False)
        with pytest.raises(Unclear):
            await verb("nothing", person=ADA, moderator=True)


async def test_cancelling_the_rest_of_a_paused_batch_ends_the_pause(db: Database, intake: Intake) -> None:
    batch = await sent(intake)
    await intake.pause(batch.id, person=ADA, moderator=False)
    assert await intake.cancel(batch.id, person=ADA, moderator=False) == 3
    async with db.reading() as connection:
        found = await batches.get(connection, batch.id)
    assert found is not None
    assert found.paused_at is None


async def test_failed_ones_are_asked_for_as_they_were(db: Database, intake: Intake, clock: FakeClock) -> None:
    """New jobs of the same batch and ask, each in the place of one that failed; the others are left alone."""
    batch = await sent(intake, 4)
    made = await all_of(db, batch)
    for job in made:
        await end(db, clock, job, JobState.RENDERED if job.slug == "item-0" else JobState.FAILED)
    anew = await intake.try_again(batch.id, person=ADA, moderator=False)
    failed = [job for job in made if job.slug != "item-0"]
    assert [(one.again, one.ask, one.seed, one.prompt) for one in anew] == [
        (one.id, one.ask, one.seed, one.prompt) for one in failed
    ]
    assert [(one.slug, one.index) for one in anew] == [
        ("item-1", 2), ("item-1", 3), ("item-2", 1), ("item-3", 2), ("item-3", 3),
    ]  # fmt: skip
    async with db.reading() as connection:
        assert await batches.outcome(connection, batch.id) == {JobState.RENDERED: 1, JobState.QUEUED: 5}
    assert await intake.try_again(batch.id, person=ADA, moderator=False) == []


async def test_a_second_failure_can_be_tried_again_too(db: Database, intake: Intake, clock: FakeClock) -> None:
    batch = await sent(intake, 1)
    for _ in range(3):
        (job,) = [one for one in await all_of(db, batch) if one.state is JobState.QUEUED]
        await end(db, clock, job)
        (anew,) = await intake.try_again(batch.id, person=ADA, moderator=False)
        assert anew.again == job.id
    assert len(await all_of(db, batch)) == 4


async def test_a_batch_whose_rest_was_cancelled_begins_anew(db: Database, intake: Intake, clock: FakeClock) -> None:
    """What failed in it may pass once more, and its card is edited again."""
    batch = await sent(intake)
    first, *_ = await all_of(db, batch)
    await end(db, clock, first)
    await intake.cancel(batch.id, person=ADA, moderator=False)
    async with db.transaction() as connection:
        card = await lookups.card_of_batch(connection, batch.id)
        assert card is not None
        await notices.said(connection, card.id, 77, clock.now())
        await notices.settled(connection, card.id, clock.now())
    (anew,) = await intake.try_again(batch.id, person=ADA, moderator=False)
    async with db.transaction() as connection:
        assert [one.id for one in await notices.unsettled_cards(connection)] == [card.id]
        claimed = await jobs.claim(connection, anew.id, "tower", "boot")
        assert claimed is not None
        assert await jobs.retry(connection, claimed, 2, clock.now(), "out-of-memory", {})
        assert await during.waiting(connection, batch.id) == 1


async def test_whoever_tries_again_does_so_on_their_own_terms(db: Database, intake: Intake, clock: FakeClock) -> None:
    """Words that are refused by now, and more than a day allows: nothing is stored."""
    batch = await sent(intake)
    for job in await all_of(db, batch):
        await end(db, clock, job)
    little, unwanted = Terms(Allowance(daily=2)), Terms(unwanted=Words(["fox"]))
    for terms, refusal in ((little, BadCount), (unwanted, UnwantedWords)):
        with pytest.raises(refusal):
            await intake.try_again(batch.id, person=ADA, moderator=False, terms=terms)
    assert len(await all_of(db, batch)) == 3
    made = await intake.try_again(batch.id, person=GRACE, moderator=True)
    assert {one.asker for one in made} == {GRACE}
