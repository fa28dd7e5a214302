"""Threads over the wire when something goes wrong: one thread and one post, whatever is lost, closed or dies."""

import pytest

from bot.demo.discord.faults import Reply
from bot.demo.discord.permissions import Permission
from bot.ledger import pictures
from bot.nouns import Verdict
from tests.chat import groups
from tests.chat.gathering import begins, begun, gathered, inside, made, posted, varied
from tests.chat.people import until
from tests.chat.stage import Stage, eventually, text
from tests.chat.test_courier import LOST

KEEP = (Verdict.KEEP, "")


def forbid(stage: Stage, permission: Permission) -> None:
    world = stage.standin.world
    world.overwrite(world.channel(stage.channel), world.bot.id, deny=int(permission))


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
async def test_a_lost_answer_makes_neither_a_second_thread_nor_a_second_post(stage: Stage, fault: Reply) -> None:
    async with stage.bot():
        fox, first = await begun(stage)
        stage.standin.faults.add("POST", "/threads", fault)
        stage.standin.faults.add("POST", f"/channels/{first.id}/messages", fault, fault)
        message = await posted(stage, await varied(stage, fox))
    (thread,) = made(stage)
    assert inside(stage, thread.id) == [message]
    assert [one.id for one in stage.said()].count(message.id) == 0


async def test_killed_after_the_thread_was_begun_it_is_used_by_the_next_life(stage: Stage) -> None:
    """Discord says that the message has a thread already, and that is as good as beginning it."""
    async with stage.bot():
        fox, first = await begun(stage)
        gate = stage.hold("POST", "/threads")
        job = await varied(stage, fox)
        await until(lambda: made(stage))
    gate.set()
    async with stage.bot():
        message = await posted(stage, job)
    (thread,) = made(stage)
    assert inside(stage, thread.id) == [message]
    assert begins(stage, first) == 2


async def test_killed_after_the_post_it_is_found_in_the_thread_by_the_next_life(stage: Stage) -> None:
    async with stage.bot():
        fox, first = await begun(stage)
        gate = stage.hold("POST", f"/channels/{first.id}/messages")
        job = await varied(stage, fox)
        await until(lambda: made(stage) and inside(stage, first.id))
    gate.set()
    stage.clock.skipped += 3600
    async with stage.bot():
        message = await posted(stage, job)
    assert inside(stage, first.id) == [message]


async def test_without_the_permission_variations_stay_in_the_channel(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """One sentence in the log, and the picture is there all the same."""
    async with stage.bot():
        fox, first = await begun(stage)
        forbid(stage, Permission.CREATE_PUBLIC_THREADS)
        message = await posted(stage, await varied(stage, fox))
    assert message.channel_id == stage.channel
    assert (made(stage), begins(stage, first)) == ([], 1)
    assert [one.message for one in caplog.records if "without a thread" in one.message] != []


async def test_a_first_picture_that_was_deleted_is_passed_over(stage: Stage) -> None:
    """The thread begins under the next one that stands in the channel."""
    async with stage.bot():
        _, first = await begun(stage)
        later, second = await begun(stage)
        stage.standin.world.delete(first)
        message = await posted(stage, await varied(stage, later))
    (thread,) = made(stage)
    assert (thread.id, message.channel_id) == (second.id, second.id)


async def test_when_no_picture_of_the_slug_stands_it_is_said_in_the_channel(stage: Stage) -> None:
    async with stage.bot():
        fox, first = await begun(stage)
        stage.standin.world.delete(first)
        message = await posted(stage, await varied(stage, fox))
    assert (message.channel_id, made(stage)) == (stage.channel, [])


async def test_a_thread_that_was_put_away_comes_out_again(stage: Stage) -> None:
    async with stage.bot():
        fox, thread = await gathered(stage)
        stage.standin.member("ada").change_thread(thread.id, archived=True)
        message = await posted(stage, await varied(stage, fox))
    assert message.channel_id == thread.id
    assert not thread.archived


async def test_what_stands_in_a_thread_that_was_put_away_is_kept_true(stage: Stage) -> None:
    """A deleted picture leaves its sheet and its post, also where Discord changes nothing before it is opened."""
    async with stage.bot():
        fox, thread = await gathered(stage)
        jobs = await stage.ask("foxes", slug="fox", parent=fox.id, count=3)
        for job in jobs:
            await stage.render(job)
        sheet = await groups.sheet(stage, jobs)
        post = await posted(stage, jobs[0])
        stage.standin.member("ada").change_thread(thread.id, archived=True)
        async with stage.db.transaction() as connection:
            await pictures.delete(connection, jobs[0].id, stage.ada, stage.clock.now())
        await until(lambda: "seed" in text(sheet) and "deleted" in text(sheet))
        await until(lambda: post.id not in stage.standin.world.messages)


async def test_what_a_locked_thread_refuses_is_said_in_the_channel(stage: Stage) -> None:
    """And once it is open again, it is used again."""
    async with stage.bot():
        fox, thread = await gathered(stage)
        ada = stage.standin.member("ada")
        ada.change_thread(thread.id, locked=True)
        outside = await posted(stage, await varied(stage, fox))
        ada.change_thread(thread.id, locked=False)
        again = await posted(stage, await varied(stage, fox))
    assert (outside.channel_id, again.channel_id) == (stage.channel, thread.id)


async def test_when_the_thread_was_deleted_the_channel_hears_it(stage: Stage) -> None:
    """What was asked in the thread, too: its picture comes to the channel."""
    async with stage.bot():
        fox, thread = await gathered(stage)
        (inner,) = await stage.ask("a fox", slug="fox", channel="fox")
        await stage.card(inner)
        stage.standin.threads.delete(thread)
        await stage.render(inner)
        found = [await posted(stage, one) for one in (inner, await varied(stage, fox))]
    assert [one.channel_id for one in found] == [stage.channel] * 2
    assert made(stage) == []


async def test_killed_between_the_refusal_and_the_channel_it_is_said_once(stage: Stage) -> None:
    """The notice had its place in the thread; the next life sends it where it can be sent."""
    async with stage.bot():
        fox, thread = await gathered(stage)
        stage.standin.member("ada").change_thread(thread.id, locked=True)
        (job,) = await stage.ask("a fox", slug="fox", parent=fox.id)
        await stage.card(job)
        gate = stage.hold("POST", f"/channels/{stage.channel}/messages")
        await stage.render(job)
        await until(lambda: len([one for one in stage.said() if one.attachments]) == 2)
    gate.set()
    stage.clock.skipped += 3600
    async with stage.bot():
        message = await posted(stage, job)
    assert [one.id for one in stage.said() if one.attachments][1:] == [message.id]
    assert len(inside(stage, thread.id)) == 1


async def test_a_post_whose_answer_was_lost_before_the_lock_is_not_said_twice(stage: Stage) -> None:
    """It stands in the thread that is closed now; what was refused is its repetition."""
    async with stage.bot():
        fox, thread = await gathered(stage)
        path = f"/channels/{thread.id}/messages"
        locked = Reply(403, {"message": "Thread is locked", "code": 160005})
        stage.standin.faults.add("POST", path, Reply(503, after=True), locked)
        message = await posted(stage, await varied(stage, fox))
    assert message.channel_id == thread.id
    assert len([one for one in stage.said() if one.attachments]) == 1


async def test_a_picture_that_was_deleted_before_it_was_said_begins_no_thread(stage: Stage) -> None:
    async with stage.bot():
        fox, first = await begun(stage)
    job = await varied(stage, fox)
    async with stage.db.transaction() as connection:
        await connection.execute("UPDATE pictures SET deleted_at = 1.0 WHERE job = ?", (job.id,))
    async with stage.bot():

        async def state() -> str:
            async with stage.db.reading() as connection:
                rows = list(await connection.execute_fetchall("SELECT state FROM notices WHERE job = ?", (job.id,)))
            return str(rows[0][0])

        await eventually(state, lambda found: found == "unsayable")
    assert begins(stage, first) == 0
