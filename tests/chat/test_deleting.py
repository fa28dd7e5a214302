"""A picture is deleted: confirmed, gone from Discord and from the disk, told where it must be, and never forgotten."""

import pytest

from bot.demo.discord.faults import Reply
from bot.demo.discord.permissions import Permission
from bot.demo.discord.values import Message, Outcome
from bot.ledger import notices, pictures
from bot.nouns import Extras, Job, Picture, Verdict
from tests.chat.people import until
from tests.chat.stage import Stage, buttons, eventually, text
from tests.chat.test_buttons import moderator, open_jobs, press, say_why
from tests.chat.trouble import everything_twice


async def picture_of(stage: Stage, job: Job) -> Picture:
    async with stage.db.reading() as connection:
        found = await pictures.of_job(connection, job.id)
    assert found is not None
    return found


async def question(stage: Stage, message: Message, who: str = "ada") -> Message:
    """The private message that asks whether it is meant."""
    outcome = await press(stage, message, "delete", who)
    await stage.answered(outcome)
    return stage.standin.world.messages[outcome.message_id or ""]


async def confirm(stage: Stage, asked: Message, who: str = "ada") -> Outcome:
    return await press(stage, asked, "remove", who)


async def nothing_left(stage: Stage) -> None:
    async def leaving() -> int:
        async with stage.db.reading() as connection:
            return len(await pictures.leaving(connection))

    await eventually(leaving, lambda count: count == 0)


async def deleted(stage: Stage, message: Message) -> None:
    """By Ada, to the end."""
    asked = await question(stage, message)
    await confirm(stage, asked)
    await until(lambda: asked.content.startswith("Deleted."))
    await nothing_left(stage)


async def test_the_asker_deletes_what_is_theirs(stage: Stage) -> None:
    """Asked first; then message and file are gone, the row and what people thought stay, and nobody is told."""
    async with stage.bot():
        job, message = await stage.posted()
        await say_why(stage, message, "too dark")
        asked = await question(stage, message)
        assert "for good" in asked.content
        assert buttons(asked) == ["remove"]
        assert message.id in stage.standin.world.messages
        before = len(stage.said())
        await confirm(stage, asked)
        await until(lambda: asked.content.startswith("Deleted."))
        assert asked.components == []
        await nothing_left(stage)
        assert await stage.judged(job) == {stage.ada: (Verdict.REJECT, "too dark")}
    picture = await picture_of(stage, job)
    assert message.id not in stage.standin.world.messages
    assert not stage.files.has(picture.sha256)
    assert picture.deleted_by == stage.ada
    assert len(stage.said()) == before - 1


async def test_a_moderator_deletes_any_and_the_channel_is_told(stage: Stage) -> None:
    """Whose it was, without the picture; nobody else may, and is told so privately."""
    async with stage.bot():
        job, message = await stage.posted()
        refused = await question(stage, message, "grace")
        assert "belongs to somebody else" in refused.content
        assert refused.components == []
        moderator(stage, "grace")
        asked = await question(stage, message, "grace")
        assert "moderator" in asked.content
        await confirm(stage, asked, "grace")
        await until(lambda: any("A moderator removed" in text(one) for one in stage.said()))
        await nothing_left(stage)
    (told,) = [one for one in stage.said() if "A moderator removed" in text(one)]
    assert f"<@{stage.ada}>" in text(told)
    assert (told.attachments, told.mentions, told.components) == ([], [], [])
    assert (await picture_of(stage, job)).deleted_by == int(stage.standin.member("grace").id)


async def test_the_right_is_looked_at_again_when_it_is_confirmed(stage: Stage) -> None:
    """Between question and answer somebody may have lost it."""
    async with stage.bot():
        job, message = await stage.posted()
        moderator(stage, "grace")
        asked = await question(stage, message, "grace")
        world = stage.standin.world
        world.overwrite(world.channel(stage.channel), stage.standin.member("grace").id)
        outcome = await confirm(stage, asked, "grace")
        await until(lambda: outcome.state != "")
        assert (await picture_of(stage, job)).deleted_at is None
    assert message.id in stage.standin.world.messages


async def test_deleting_twice_is_deleting_once(stage: Stage) -> None:
    """Two questions are open and both confirmed, each told twice: one notice tells of it."""
    async with stage.bot():
        job, message = await stage.posted()
        moderator(stage, "grace")
        first, second = await question(stage, message, "grace"), await question(stage, message, "grace")
        with everything_twice(stage.standin):
            for asked in (first, second):
                await confirm(stage, asked, "grace")
        await until(lambda: second.content == "This picture is deleted already.")
        await nothing_left(stage)
        await until(lambda: any("A moderator removed" in text(one) for one in stage.said()))
    assert sum("A moderator removed" in text(one) for one in stage.said()) == 1
    assert (await picture_of(stage, job)).deleted_at is not None


async def test_a_file_that_others_need_stays(stage: Stage) -> None:
    """A job starts from it, so only the message goes; once more pictures of the same bytes stand, as well."""
    async with stage.bot():
        job, message = await stage.posted()
        picture = await picture_of(stage, job)
        await stage.ask("a fox again", extras=Extras(source=picture.sha256))
        await deleted(stage, message)
    assert message.id not in stage.standin.world.messages
    assert stage.files.has(picture.sha256)


async def test_the_bot_dies_before_discord_knows(stage: Stage) -> None:
    """The rows are first: the next life of the bot takes away what still stands."""
    async with stage.bot():
        job, message = await stage.posted()
        asked = await question(stage, message)
        stage.standin.faults.add("DELETE", f"/messages/{message.id}", *[Reply(503)] * 100)
        await confirm(stage, asked)
        await until(lambda: asked.content.startswith("Deleted."))
    assert message.id in stage.standin.world.messages
    stage.standin.faults.clear()
    async with stage.bot():
        await nothing_left(stage)
    assert message.id not in stage.standin.world.messages
    assert not stage.files.has((await picture_of(stage, job)).sha256)


async def test_what_discord_forbids_waits_for_the_next_connection(stage: Stage) -> None:
    """The file is gone at once; the message goes when the bot is let in again."""
    async with stage.bot():
        job, message = await stage.posted()
        asked = await question(stage, message)
        world = stage.standin.world
        world.overwrite(world.channel(stage.channel), world.bot.id, deny=int(Permission.VIEW_CHANNEL))
        await confirm(stage, asked)
        picture = await picture_of(stage, job)
        await until(lambda: not stage.files.has(picture.sha256))
    assert message.id in world.messages
    world.overwrite(world.channel(stage.channel), world.bot.id)
    async with stage.bot():
        await nothing_left(stage)
    assert message.id not in world.messages


async def test_a_post_that_was_deleted_by_hand_counts_as_deleted(stage: Stage) -> None:
    """Whoever did it: the picture is not shown again, and its file goes."""
    async with stage.bot():
        job, message = await stage.posted()
        moderator(stage, "grace")
        stage.standin.member("grace").delete(message.id)
        picture = await eventually(lambda: picture_of(stage, job), lambda one: one.deleted_at is not None)
        await nothing_left(stage)
        outcome = await stage.standin.member("ada").run(stage.channel, "remix", {"picture": job.id})
        assert "There is no such picture here" in await stage.answered(outcome)
    assert picture.deleted_by is None
    assert not stage.files.has(picture.sha256)


async def test_what_was_deleted_while_the_bot_was_away_is_seen_when_it_returns(stage: Stage) -> None:
    """By asking for each post that the channel does not show; a channel that is closed proves nothing."""
    world = stage.standin.world
    async with stage.bot():
        job, message = await stage.posted()
        other, kept = await stage.posted(channel="lounge")
    world.delete(message)
    lounge = world.channel(stage.standin.channel("lounge"))
    world.overwrite(lounge, world.bot.id, deny=int(Permission.READ_MESSAGE_HISTORY))
    async with stage.bot():
        await eventually(lambda: picture_of(stage, job), lambda one: one.deleted_at is not None)
        await nothing_left(stage)
    assert (await picture_of(stage, other)).deleted_at is None
    assert kept.id in world.messages
    assert stage.files.has((await picture_of(stage, other)).sha256)


async def test_what_is_deleted_before_it_is_posted_is_never_posted(stage: Stage) -> None:
    """The notice was due when its picture went."""
    (job,) = await stage.ask()
    await stage.render(job)
    async with stage.db.transaction() as connection:
        assert await pictures.delete(connection, job.id, stage.ada, stage.clock.now())
    async with stage.bot():
        await nothing_left(stage)
        await stage.card(job)
    assert [one for one in stage.said() if one.attachments] == []
    async with stage.db.reading() as connection:
        assert await notices.channels_due(connection) == []


@pytest.mark.parametrize("dies", [False, True])
async def test_what_is_deleted_while_it_is_posted_does_not_stay(stage: Stage, dies: bool) -> None:
    """Discord has the message and the rows do not know of it yet; also when the bot dies just then."""
    async with stage.bot():
        (job,) = await stage.ask()
        await stage.card(job)
        answer = stage.hold("POST", f"/channels/{stage.channel}/messages")
        await stage.render(job)
        await until(lambda: any(one.attachments for one in stage.said()))
        async with stage.db.transaction() as connection:
            assert await pictures.delete(connection, job.id, stage.ada, stage.clock.now())
        if not dies:
            answer.set()
            await nothing_left(stage)
    stage.clock.skipped = 3600.0
    async with stage.bot():
        await nothing_left(stage)
    answer.set()
    assert [one for one in stage.said() if one.attachments] == []


async def test_a_deleted_picture_makes_no_other(stage: Stage) -> None:
    """A button of a message that a slow client still shows."""
    async with stage.bot():
        job, message = await stage.posted()
        asked = await question(stage, message)
        async with stage.db.transaction() as connection:
            assert await pictures.delete(connection, job.id, stage.ada, stage.clock.now())
        outcome = await confirm(stage, asked)
        await until(
            lambda: asked.content == "This picture is deleted already.",
        )
        assert outcome.state != "failed"
        await nothing_left(stage)
        assert await open_jobs(stage) == []


async def test_a_repost_goes_with_its_picture(stage: Stage) -> None:
    """Every message that shows it is taken away."""
    async with stage.bot():
        job, message = await stage.posted()
        ada = stage.standin.member("ada")
        await stage.answered(await ada.run(stage.channel, "show", {"what": job.id, "public": True}))
        await until(lambda: len([one for one in stage.said() if one.attachments]) == 2)
        await until_said(stage, job)
        await deleted(stage, message)
    assert [one for one in stage.said() if one.attachments] == []


async def until_said(stage: Stage, job: Job) -> None:
    async def shown() -> list[int]:
        async with stage.db.reading() as connection:
            return [one.message for one in await pictures.shown(connection, job.id)]

    await eventually(shown, lambda messages: len(messages) == 2 and all(messages))
