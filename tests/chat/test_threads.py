"""Variations gather in a thread, over the wire: one thread, every picture once, whatever is lost or dies."""

import pytest

from bot.demo.discord.faults import Reply
from bot.demo.discord.permissions import Permission
from bot.demo.discord.values import Channel, Message
from bot.ledger import pictures
from bot.nouns import Job, Verdict
from tests.chat import groups
from tests.chat.gathering import begun, inside, made, posted, varied
from tests.chat.people import until
from tests.chat.stage import Stage, eventually, text
from tests.chat.test_courier import LOST

KEEP = (Verdict.KEEP, "")


def begins(stage: Stage, message: Message) -> int:
    """How often a thread was begun under this message, or tried."""
    return len(stage.standin.log.of("POST", f"/channels/{stage.channel}/messages/{message.id}/threads"))


async def gathered(stage: Stage) -> tuple[Job, Channel]:
    """A fox in the channel, and its variation in a thread."""
    fox, _ = await begun(stage)
    await posted(stage, await varied(stage, fox))
    (thread,) = made(stage)
    return fox, thread


def forbid(stage: Stage, permission: Permission) -> None:
    world = stage.standin.world
    world.overwrite(world.channel(stage.channel), world.bot.id, deny=int(permission))


async def test_variations_gather_in_a_thread_under_the_first_picture(stage: Stage) -> None:
    """One thread, named after the slug; each is a picture like any other, with what can be pressed and reacted."""
    async with stage.bot():
        fox, first = await begun(stage)
        second = await varied(stage, fox)
        third = await varied(stage, second)
        messages = [await posted(stage, one) for one in (second, third)]
        await until(lambda: list(messages[1].reactions) == ["✅", "❌", "🔁"])
    (thread,) = made(stage)
    assert (thread.id, thread.name, thread.parent_id) == (first.id, "fox", stage.channel)
    assert inside(stage, thread.id) == messages
    assert messages[0].attachments[0].filename.startswith("fox-")
    assert begins(stage, first) == 1


async def test_what_is_no_variation_of_its_slug_stays_in_the_channel(stage: Stage) -> None:
    """Asked for anew, under another slug, or made from a picture of another channel."""
    async with stage.bot():
        fox, _ = await begun(stage)
        stage.standin.make_channel("elsewhere")
        (anew,) = await stage.ask("a fox", slug="fox")
        await stage.render(anew)
        owl = await varied(stage, fox, slug="owl")
        abroad = await varied(stage, fox, channel="elsewhere")
        places = [(await posted(stage, one)).channel_id for one in (anew, owl, abroad)]
    assert places == [stage.channel, stage.channel, stage.standin.channel("elsewhere")]
    assert made(stage) == []


async def test_a_verdict_in_a_thread_counts_live_and_after_downtime(stage: Stage) -> None:
    async with stage.bot():
        fox, _ = await begun(stage)
        job = await varied(stage, fox)
        message = await posted(stage, job)
        stage.standin.member("ada").react(message.id, "✅")
        await stage.judged_so(job, {stage.ada: KEEP})
    grace = int(stage.standin.member("grace").id)
    stage.standin.member("grace").react(message.id, "❌")
    stage.standin.member("ada").unreact(message.id, "✅")
    async with stage.bot():
        await stage.judged_so(job, {grace: (Verdict.REJECT, "")})


async def test_what_is_asked_inside_the_thread_stays_in_it(stage: Stage) -> None:
    """Its card, its picture, what is made from it, and its failures."""
    async with stage.bot():
        fox, thread = await gathered(stage)
        (inner,) = await stage.ask("a fox", slug="fox", channel="fox")
        card = await stage.card(inner)
        await stage.render(inner)
        await posted(stage, inner)
        (child,) = await stage.ask("a fox", slug="fox", channel="fox", parent=inner.id)
        (failing,) = await stage.ask("a fox", slug="fox", channel="fox", parent=fox.id)
        await stage.render(child)
        await stage.fail(failing, "picture-black")
        found = [await posted(stage, one) for one in (inner, child, failing)]
    assert {one.channel_id for one in [card, *found]} == {thread.id}
    assert [one.id for one in made(stage)] == [thread.id]


async def test_commands_and_buttons_work_in_a_thread(stage: Stage) -> None:
    """`/imagine` typed there, and Again pressed there."""
    async with stage.bot():
        _, thread = await gathered(stage)
        ada = stage.standin.member("ada")
        said = await stage.answered(await ada.run(thread.id, "imagine", {"prompt": "a fox", "slug": "fox"}))
        assert said.startswith("Accepted 1 picture of **fox**")
        (message,) = [one for one in inside(stage, thread.id) if one.attachments]
        (again,) = [one for row in message.components for one in row["components"] if "again" in one["custom_id"]]
        assert "Accepted" in await stage.answered(await ada.click(message.id, again["custom_id"]))
        async with stage.db.reading() as connection:
            rows = list(
                await connection.execute_fetchall("SELECT channel FROM jobs WHERE state = 'queued' ORDER BY id")
            )
    assert rows[0][0] == int(thread.id)


async def test_a_group_of_variations_has_its_sheet_in_the_thread(stage: Stage) -> None:
    async with stage.bot():
        fox, thread = await gathered(stage)
        jobs = await stage.ask("foxes", slug="fox", parent=fox.id, count=2)
        for job in jobs:
            await stage.render(job)
        sheet = await groups.sheet(stage, jobs)
        assert sheet.channel_id == thread.id
        await stage.answered(await groups.choose(stage, sheet, Verdict.KEEP, jobs[:1]))
        await stage.judged_so(jobs[0], {stage.ada: KEEP})


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


async def test_many_variations_at_once_are_one_thread_in_their_order(stage: Stage) -> None:
    """They became due while the bot was away."""
    async with stage.bot():
        fox, _ = await begun(stage)
    jobs = [await varied(stage, fox) for _ in range(6)]
    async with stage.bot():
        messages = [await posted(stage, one) for one in jobs]
    (thread,) = made(stage)
    assert inside(stage, thread.id) == messages
