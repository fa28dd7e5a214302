"""`/batch review`: how far it is, whose word it was, and the way to what is open, the oldest first."""

from bot.demo.discord.permissions import Permission
from bot.demo.discord.values import Message
from tests.chat import reviewed
from tests.chat.people import until
from tests.chat.reviewed import KEEP, REJECT, pick, presses, say, shown
from tests.chat.stage import Stage, text


async def ask(stage: Stage, who: str = "ada", channel: str = "", **options: str) -> Message:
    outcome = await stage.standin.member(who).run(channel or stage.channel, "batch review", options)
    await stage.answered(outcome)
    return stage.standin.world.messages[outcome.message_id or ""]


async def test_progress_and_links_to_what_is_open_oldest_first(stage: Stage) -> None:
    """The oldest picture first, whatever its number."""
    async with stage.bot():
        jobs = await stage.batch(("fox", "owl", "elk"))
        await stage.card(jobs[0])
        for job in reversed(jobs):
            await stage.render(job)
        message = await reviewed.sheet(stage, jobs[0].batch)
        posts = [await stage.message(lambda job=job: stage.end_of(job)) for job in jobs]  # type: ignore[misc]
        await until(lambda: "1 · fox" in str(message.components))
        page = await ask(stage)
        assert page.addressee == stage.standin.member("ada").id
        assert text(page).startswith("b.json\n**0 of 3 decided**")
        start = f"https://discord.com/channels/{stage.standin.guild_id}/{message.channel_id}"
        told = " · ".join(f"[{number}]({start}/{posts[number - 1].id})" for number in (3, 2, 1))
        assert f"Open: {told}" in text(page)
        assert f"[1–3]({start}/{message.id})" in text(page)
        assert presses(page) == []


async def test_whose_word_it_was_is_told_and_rejects_can_be_drawn_from_there(stage: Stage) -> None:
    async with stage.bot():
        jobs, message = await shown(stage)
        await stage.answered(await pick(stage, message, KEEP, jobs[:2]))
        await stage.answered(await pick(stage, message, REJECT, jobs[1:3], "grace"))
        page = await ask(stage, batch=str(jobs[0].batch))
        assert "**3 of 4 decided**, 2 kept, 1 rejected" in text(page)
        assert "Whoever asked decided 2; on 1 most of the others agree." in text(page)
        (button,) = presses(page)
        outcome = await stage.standin.member("ada").click(page.id, button["custom_id"])
        assert "**Round 2**: 3 is drawn again" in await stage.answered(outcome)


async def test_without_a_name_it_is_the_batch_of_the_thread_or_the_newest_here(stage: Stage) -> None:
    async with stage.bot():
        _, message = await shown(stage, ("fox", "owl"))
        await shown(stage, ("elk", "hare", "boar"))
        assert "0 of 3 decided" in text(await ask(stage))
        assert "0 of 2 decided" in text(await ask(stage, channel=message.channel_id))
        await say(stage, message, "all")
        page = await ask(stage, channel=message.channel_id)
        assert "**The set is accepted**: all 2 pictures are kept." in text(page)
        assert "Nothing waits for a verdict." in text(page)


async def test_where_there_is_no_batch_that_is_told(stage: Stage) -> None:
    async with stage.bot():
        assert "no such batch" in (await ask(stage)).content


async def test_a_batch_of_a_closed_channel_is_not_told_of(stage: Stage) -> None:
    """What one cannot read is not there, by its id neither."""
    world = stage.standin.world
    closed = world.channel(stage.standin.make_channel("closed"))
    world.overwrite(closed, stage.standin.member("grace").id, deny=int(Permission.VIEW_CHANNEL))
    async with stage.bot():
        (job,) = await stage.batch(("fox",), channel=closed.id)
        await stage.card(job)
        for options in ({}, {"batch": "b.json"}, {"batch": str(job.batch)}):
            assert "no such batch" in (await ask(stage, "grace", **options)).content
        assert "b.json" in text(await ask(stage, batch=str(job.batch)))
