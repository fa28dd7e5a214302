"""Stopping jobs: by whom, in which state, and told once."""

import pytest

from bot.errors import NoSuchJob, NotYours
from bot.intake.accept import Intake
from bot.ledger import jobs, notices
from bot.ledger.database import Database
from bot.nouns import Job, JobState, NoticeKind
from tests.intake.asking import ADA, GRACE, ask
from tests.ledger import lookups
from tests.ledger.rows import finish


@pytest.fixture
async def job(intake: Intake) -> Job:
    return (await intake.accept(ask()))[0]


async def stored(db: Database, job: Job) -> Job:
    async with db.reading() as connection:
        found = await jobs.get(connection, job.id)
    assert found is not None
    return found


@pytest.mark.parametrize(("person", "moderator"), [(ADA, False), (GRACE, True)])
async def test_a_waiting_job_is_cancelled_and_told(
    db: Database, intake: Intake, job: Job, person: int, moderator: bool
) -> None:
    """By its asker or a moderator; the end and its one notice are committed together."""
    assert await intake.cancel(job.id, person=person, moderator=moderator)
    assert (await stored(db, job)).state is JobState.CANCELLED
    async with db.reading() as connection:
        notice = await lookups.end_of_job(connection, job.id)
    assert notice is not None
    assert (notice.kind, notice.channel) == (NoticeKind.CANCELLATION, job.channel)
    assert await intake.cancel(job.id, person=person, moderator=moderator) == 0


async def test_what_is_cancelled_together_is_told_together(db: Database, intake: Intake) -> None:
    """One press on the card of many pictures is one notice, that of the oldest, which counts the others."""
    many = await intake.accept(ask(key="many", count=5))
    async with db.transaction() as connection:
        await jobs.claim(connection, many[0].id, "tower", "boot1")
    assert await intake.cancel(many[0].ask, person=ADA, moderator=False) == 4
    assert await intake.stop(many[0].ask, person=ADA, moderator=False) == 1
    async with db.reading() as connection:
        told = [await lookups.end_of_job(connection, job.id) for job in many]
    assert [(one.job, one.text) for one in told if one] == [(many[1].id, "3")]


async def test_a_running_job_is_asked_to_stop(db: Database, intake: Intake, job: Job) -> None:
    """It is dispatch that ends it; asking twice changes nothing more and tells nothing yet."""
    async with db.transaction() as connection:
        await jobs.claim(connection, job.id, "tower", "boot1")
    for _ in range(2):
        assert await intake.stop(job.id, person=ADA, moderator=False) == 1
    running = await stored(db, job)
    assert (running.state, running.cancel_wanted) == (JobState.RENDERING, True)
    async with db.reading() as connection:
        assert await lookups.end_of_job(connection, job.id) is None


async def test_somebody_elses_job_is_left_alone(db: Database, intake: Intake, job: Job) -> None:
    """A stranger who is no moderator is refused, and so is a job that does not exist."""
    with pytest.raises(NotYours):
        await intake.cancel(job.id, person=GRACE, moderator=False)
    with pytest.raises(NoSuchJob):
        await intake.cancel("nobody", person=ADA, moderator=True)
    assert (await stored(db, job)).state is JobState.QUEUED


async def test_cancelling_what_is_left_of_a_group_makes_its_sheet_due(db: Database, intake: Intake) -> None:
    """Two of four are rendered: they are shown together, after the cancellation was told."""
    group = await intake.accept(ask(key="group", count=4))
    async with db.transaction() as connection:
        for job in group[:2]:
            await finish(connection, job, JobState.RENDERED, 1.0)
    assert await intake.cancel(group[0].ask, person=ADA, moderator=False) == 2
    async with db.reading() as connection:
        told = await notices.due_in(connection, group[0].channel, 10)
    kinds = [one.kind for one in told if one.kind is not NoticeKind.CARD]
    assert kinds == [NoticeKind.PICTURE, NoticeKind.PICTURE, NoticeKind.CANCELLATION, NoticeKind.SHEET]
    assert await intake.cancel(group[0].ask, person=ADA, moderator=False) == 0
