"""A picture shown again: to one person with its buttons, or to all as a post whose reactions count for it."""

from typing import Any

import pytest

from bot.demo.discord.faults import Reply
from bot.demo.discord.permissions import Permission
from bot.demo.discord.values import Message
from bot.ledger import people, pictures
from bot.ledger.people import Block
from bot.nouns import Job, Verdict
from bot.texts import answers
from tests.chat import trouble
from tests.chat.people import until
from tests.chat.stage import Stage, buttons, text
from tests.chat.test_buttons import moderator, open_jobs, press, say_why


async def show(stage: Stage, who: str = "ada", channel: str = "darkroom", **options: Any) -> Message:
    """The private answer."""
    place = stage.standin.channel(channel)
    outcome = await stage.standin.member(who).run(place, "show", options)
    await stage.answered(outcome)
    message = stage.standin.world.messages[outcome.message_id or ""]
    assert message.addressee == stage.standin.member(who).id
    return message


async def reposted(stage: Stage, count: int = 1) -> list[Message]:
    """The posts that show a picture again, once there are so many and the ledger knows them."""

    def found() -> list[Message]:
        with_files = [one for one in stage.said() if one.attachments]
        return with_files[1:]

    await until(lambda: len(found()) >= count)
    await until(lambda: all(len(one.reactions) == len(stage.settings.discord.verdicts) for one in found()))
    return found()


def close(stage: Stage, channel: str, who: str) -> None:
    world = stage.standin.world
    place = world.channels[stage.standin.channel(channel)]
    world.overwrite(place, stage.standin.member(who).id, deny=int(Permission.VIEW_CHANNEL))


async def test_by_slug_by_job_by_message_and_the_newest(stage: Stage) -> None:
    """The same embed, the same file, the same buttons as the post has, for one person."""
    async with stage.bot():
        job, message = await stage.posted("a fox", slug="fox")
        link = f"https://discord.com/channels/{stage.standin.guild_id}/{stage.channel}/{message.id}"
        for options in ({"what": "fox"}, {"what": job.id}, {"what": link}, {"what": message.id}, {}):
            private = await show(stage, "grace", **options)
            assert text(private) == text(message)
            assert private.attachments[0].data == message.attachments[0].data
            assert private.attachments[0].description == "a fox"
            assert buttons(private) == buttons(message)
        assert len([one for one in stage.said() if one.attachments]) == 1


async def test_the_buttons_of_a_private_page_work_also_in_another_life(stage: Stage) -> None:
    async with stage.bot():
        job, _ = await stage.posted("a fox", slug="fox")
        private = await show(stage, "grace", what="fox")
    async with stage.bot():
        assert "Accepted 1 picture" in await stage.answered(await press(stage, private, "again", "grace"))
        assert "Noted: too dark." in await say_why(stage, private, "too dark", "grace")
        assert (await stage.judged(job))[int(stage.standin.member("grace").id)] == (Verdict.REJECT, "too dark")


async def test_posted_again_reactions_words_and_buttons_count_for_the_picture(stage: Stage) -> None:
    """What one person says under both posts is one verdict, the stricter."""
    async with stage.bot():
        job, message = await stage.posted("a fox", slug="fox")
        assert "Posted below" in (await show(stage, what="fox", public=True)).content
        (again,) = await reposted(stage)
        assert text(again) == text(message)
        grace = stage.standin.member("grace")
        grace.react(again.id, "✅")
        await stage.judged_so(job, {int(grace.id): (Verdict.KEEP, "")})
        grace.react(message.id, "❌")
        await stage.judged_so(job, {int(grace.id): (Verdict.REJECT, "")})
        grace.unreact(message.id, "❌")
        await stage.judged_so(job, {int(grace.id): (Verdict.KEEP, "")})
        assert "Accepted" in await stage.answered(await press(stage, again, "again", "grace"))
        assert len(await open_jobs(stage)) == 1


async def test_what_was_said_under_a_second_post_while_the_bot_was_away_counts(stage: Stage) -> None:
    async with stage.bot():
        job, _ = await stage.posted("a fox", slug="fox")
        await show(stage, what="fox", public=True)
        (again,) = await reposted(stage)
    stage.standin.member("grace").react(again.id, "✅")
    async with stage.bot():
        await stage.judged_so(job, {int(stage.standin.member("grace").id): (Verdict.KEEP, "")})


async def test_a_lost_answer_makes_no_second_post(stage: Stage) -> None:
    """The message was sent, its answer was lost, the bot died: it is found, not sent again."""
    async with stage.bot():
        await stage.posted("a fox", slug="fox")
        gate = stage.hold("POST", f"/channels/{stage.channel}/messages")
        await show(stage, what="fox", public=True)
        await until(lambda: len([one for one in stage.said() if one.attachments]) == 2)
    gate.set()
    async with stage.bot():
        await reposted(stage)
    assert len([one for one in stage.said() if one.attachments]) == 2


async def test_told_twice_it_is_posted_once(stage: Stage) -> None:
    async with stage.bot():
        await stage.posted("a fox", slug="fox")
        with trouble.everything_twice(stage.standin):
            await show(stage, what="fox", public=True)
        await reposted(stage)
        await stage.posted("an owl", slug="owl")
        assert len([one for one in stage.said() if one.attachments]) == 3


async def test_a_channel_that_is_gone_costs_nothing_else(stage: Stage) -> None:
    """The second post cannot be said; the picture and its buttons stay."""
    async with stage.bot():
        job, message = await stage.posted("a fox", slug="fox")
        stage.standin.faults.add(
            "POST", f"/channels/{stage.channel}/messages", Reply(403, {"message": "x", "code": 50001})
        )
        await show(stage, what="fox", public=True)
        await stage.posted("an owl", slug="owl")
        assert "Accepted" in await stage.answered(await press(stage, message, "again"))
        assert (await show(stage, what=job.id)).attachments != []


async def test_elsewhere_only_the_asker_and_moderators_post_it(stage: Stage) -> None:
    async with stage.bot():
        job, message = await stage.posted("a fox", slug="fox", channel="lounge")
        assert "another channel" in (await show(stage, "grace", what="fox", public=True)).content
        moderator(stage, "grace")
        assert "Posted below" in (await show(stage, "grace", what="fox", public=True)).content
        await until(lambda: len([one for one in stage.said() if one.attachments]) == 1)
    assert message.channel_id == stage.standin.channel("lounge")
    assert job.channel == int(message.channel_id)


async def test_blocked_people_post_nothing(stage: Stage) -> None:
    async with stage.bot():
        await stage.posted("a fox", slug="fox")
        async with stage.db.transaction() as connection:
            await people.block(connection, Block(int(stage.standin.member("grace").id), stage.ada, "spam", 0.0))
        said = (await show(stage, "grace", what="fox", public=True)).content
        assert "Posted" not in said
        assert "block" in said.lower()


@pytest.mark.parametrize("by", ["slug", "job", "message"])
async def test_what_one_may_not_read_is_not_there(stage: Stage, by: str) -> None:
    """The same words as for what never was."""
    async with stage.bot():
        job, message = await stage.posted("a secret", slug="secret", channel="lounge")
        close(stage, "lounge", "grace")
        what = {"slug": "secret", "job": job.id, "message": message.id}[by]
        hidden = (await show(stage, "grace", what=what)).content
        assert hidden == (await show(stage, "grace", what="never-was")).content
        assert (await show(stage, what=what)).attachments != []


async def test_what_is_deleted_is_not_there(stage: Stage) -> None:
    async with stage.bot():
        job, _ = await stage.posted("a fox", slug="fox")
        async with stage.db.transaction() as connection:
            await pictures.delete(connection, job.id, stage.ada, stage.clock.now())
        for what in (job.id, "fox"):
            assert "There is no such picture here." in (await show(stage, what=what)).content


async def test_a_second_post_goes_with_its_picture(stage: Stage) -> None:
    async with stage.bot():
        job, _ = await stage.posted("a fox", slug="fox")
        await show(stage, what="fox", public=True)
        await reposted(stage)
        async with stage.db.transaction() as connection:
            await pictures.delete(connection, job.id, stage.ada, stage.clock.now())
        await until(lambda: [one for one in stage.said() if one.attachments] == [])


async def told(stage: Stage, job: Job) -> str:
    return (await show(stage, "grace", what=job.slug)).content


async def test_a_job_without_a_picture_tells_how_it_stands(stage: Stage) -> None:
    """With the link to its card; the tower is off."""
    async with stage.bot():
        (waiting,) = await stage.ask(slug="fox")
        card = await stage.card(waiting)
        said = await told(stage, waiting)
        assert said.startswith("**fox**: first in line (https://discord.com/channels/")
        assert said.endswith(f"/{card.id})")
        await stage.fail(waiting, "picture-black", model="demo")
        assert "**fox**: failed. demo drew a picture without anything in it." in await told(stage, waiting)


async def test_a_page_that_discord_does_not_take_leaves_nobody_waiting(stage: Stage) -> None:
    async with stage.bot():
        job, _ = await stage.posted("a fox", slug="fox")
        stage.standin.faults.add(
            "PATCH", "/webhooks/", Reply(413, {"message": "Request entity too large", "code": 40005})
        )
        assert (await show(stage, what=job.id)).content == answers.PAGE_REFUSED
