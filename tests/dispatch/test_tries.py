"""Failures that may pass, and batches that are paused, with the real daemon: who is begun how often, and when."""

from bot.dispatch import outcomes
from bot.intake.accept import Intake
from bot.ledger import during, jobs
from bot.nouns import Job, JobState
from bot.settings import Limits
from gpu_agent.value import Message
from gpu_agent.wire import Submit, Thanks
from tests.dispatch.rig import Rig, until


async def pause(rig: Rig, job: Job) -> None:
    async with rig.db.transaction() as connection:
        assert await during.pause(connection, job.batch or "", rig.clock.now())


async def resume(rig: Rig, job: Job) -> None:
    async with rig.db.transaction() as connection:
        assert await during.resume(connection, job.batch or "")


async def test_what_may_pass_is_tried_again_behind_the_others(rig: Rig) -> None:
    """The first item has no memory twice; the others go on, and it comes last, once."""
    made = await rig.send(["full 2", *["a fox"] * 4])
    rig.start()
    ended = [await rig.until_state(one, JobState.RENDERED) for one in made]
    assert [(one.epoch, one.retries, one.error_kind) for one in ended] == [(3, 2, None), *[(1, 0, None)] * 4]
    assert rig.daemon.drawn.count(made[0].id) == 3
    assert rig.daemon.drawn[-1] == made[0].id
    assert sorted(await rig.notices()) == sorted((one.id, "picture") for one in made)


async def test_three_tries_are_enough(rig: Rig) -> None:
    """Then it has failed for its last reason, which is told once; and the others went on."""
    full, fox = await rig.send(["full 99", "a fox"])
    rig.start()
    failed = await rig.until_state(full, JobState.FAILED)
    await rig.until_state(fox, JobState.RENDERED)
    assert (failed.error_kind, failed.retries) == ("out-of-memory", outcomes.RETRIES)
    assert rig.daemon.drawn.count(full.id) == 1 + outcomes.RETRIES
    assert sorted(await rig.notices()) == sorted([(full.id, "failure"), (fox.id, "picture")])
    await until(lambda: rig.daemon.spooled == 0, "the spool to be thanked empty")


async def test_a_lone_picture_is_tried_again_too(rig: Rig) -> None:
    rig.start()
    job = await rig.until_state(await rig.ask("full 1"), JobState.RENDERED)
    assert (job.epoch, job.retries) == (2, 1)


async def test_a_failure_that_is_tried_again_is_not_thanked_for(rig: Rig, sent: list[Message]) -> None:
    """Thanks for the failure could come behind the next order, and would throw its picture away."""
    rig.start()
    job = await rig.until_state(await rig.ask("full 2"), JobState.RENDERED)
    told = [one for one in sent if isinstance(one, Submit | Thanks)]
    await until(lambda: Thanks(job=job.id) in sent, "thanks for the picture")
    assert [one.epoch for one in told if isinstance(one, Submit)] == [1, 2, 3]
    assert sent.count(Thanks(job=job.id)) == 1


async def test_killed_between_two_tries_it_goes_on_with_the_next(rig: Rig) -> None:
    """The count is in the row: however often the bot dies, there are three tries and one end."""
    full, *foxes = await rig.send(["full 99", "a fox", "a fox"])
    for number in range(1, 3):
        rig.start()
        await until(lambda: rig.daemon.drawn.count(full.id) >= number, f"try {number}")  # noqa: B023
        await rig.stop()
    rig.start()
    failed = await rig.until_state(full, JobState.FAILED)
    for one in foxes:
        await rig.until_state(one, JobState.RENDERED)
    assert (failed.epoch, rig.daemon.drawn.count(full.id)) == (3, 3)
    assert (await rig.notices()).count((full.id, "failure")) == 1


async def test_nothing_of_a_paused_batch_is_begun_and_what_renders_is_finished(slow_rig: Rig) -> None:
    """Also in the next life; what somebody else asks for goes on."""
    rig = slow_rig
    made = await rig.send(["a fox"] * 6)
    rig.start()
    await until(lambda: len(rig.daemon.drawn) >= 1, "the first to begin")
    await pause(rig, made[0])
    async with rig.db.reading() as connection:
        begun = await jobs.rendering(connection, rig.name)
    for one in begun:
        await rig.until_state(one, JobState.RENDERED)
    await rig.stop()
    rig.start()
    other = await rig.ask(asker=2, steps=1)
    await rig.until_state(other, JobState.RENDERED)
    states = await rig.states(*made)
    assert states == {JobState.RENDERED: len(begun), JobState.QUEUED: 6 - len(begun)}
    assert len(begun) <= 2
    await resume(rig, made[0])
    for one in made:
        await rig.until_state(one, JobState.RENDERED)
    assert sorted(rig.daemon.drawn) == sorted([other.id, *(one.id for one in made)])


async def test_nobody_is_wanted_for_a_paused_batch(rig: Rig) -> None:
    """A tower that sleeps is left asleep; the resume is a reason to wake it."""
    made = await rig.send(["a fox"])
    await pause(rig, made[0])
    async with rig.db.reading() as connection:
        assert (await jobs.unfinished(connection), await jobs.in_line(connection)) == ([], [])
    await resume(rig, made[0])
    async with rig.db.reading() as connection:
        assert [lot.jobs for lot in await jobs.unfinished(connection)] == [1]


async def test_what_renders_after_the_rest_was_cancelled_gets_no_second_try(slow_rig: Rig) -> None:
    """A person wants nothing more of it than what has begun."""
    rig = slow_rig
    full, *others = await rig.send(["full 9", *["a fox"] * 4])
    rig.start()
    await until(lambda: rig.daemon.drawn == [full.id], "the first to begin")
    cancelled = await Intake(rig.db, rig.clock, Limits(), [rig.name]).cancel(
        full.batch or "", person=1, moderator=False
    )
    failed = await rig.until_state(full, JobState.FAILED)
    assert (failed.retries, rig.daemon.drawn.count(full.id)) == (0, 1)
    assert 3 <= cancelled <= len(others)
