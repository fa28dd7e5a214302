"""The channel's one message with the current version of a slug: made once, edited for a better one, true after all."""

import pytest

from bot.demo.discord.faults import Reply
from bot.demo.discord.values import Message
from bot.ledger import pictures
from bot.nouns import Job, Verdict
from tests.chat.gathering import begun, known, posted, varied, version
from tests.chat.people import until
from tests.chat.stage import Stage, buttons, eventually, text

KEEP = (Verdict.KEEP, "")


async def foxes(stage: Stage, count: int = 2) -> tuple[list[Job], list[Message]]:
    """A fox in the channel and its variations in the thread."""
    fox, first = await begun(stage)
    jobs, messages = [fox], [first]
    for _ in range(count):
        jobs.append(await varied(stage, fox))
        messages.append(await posted(stage, jobs[-1]))
    return jobs, messages


def versions(stage: Stage) -> list[Message]:
    return [one for one in stage.said() if "Current version of fox" in text(one)]


def keep(stage: Stage, message: Message, who: str = "ada") -> None:
    stage.standin.member(who).react(message.id, "✅")


async def shows(stage: Stage, job: str | None) -> None:
    """This job's picture is shown as the current one."""
    await eventually(lambda: known(stage), lambda one: one is not None and one.shown == job)


async def settled(stage: Stage) -> None:
    """What is shown is what is current."""
    await eventually(lambda: known(stage), lambda one: one is not None and one.current == one.shown)


async def test_a_kept_variation_becomes_the_channels_current_version(stage: Stage) -> None:
    """With its file, its buttons and the way to its own post; the posts stay as they were."""
    async with stage.bot():
        jobs, messages = await foxes(stage)
        keep(stage, messages[1])
        message = await version(stage, jobs[1])
    assert (message.channel_id, text(message).splitlines()[0]) == (stage.channel, "Current version of fox")
    assert message.attachments[0].data == messages[1].attachments[0].data
    assert f"/{messages[1].channel_id}/{messages[1].id})" in text(message)
    assert buttons(message) == buttons(messages[1])
    assert [stage.edits(one) for one in messages] == [[], [], []]


async def test_it_is_replaced_in_place_when_a_better_one_is_kept(stage: Stage) -> None:
    """One message for ever, so that links to it stay; back to the first when that is kept later."""
    async with stage.bot():
        jobs, messages = await foxes(stage)
        for number in (1, 2, 0):
            keep(stage, messages[number])
            message = await version(stage, jobs[number])
            assert message.attachments[0].data == messages[number].attachments[0].data
            assert message.attachments[0].filename == messages[number].attachments[0].filename
    assert versions(stage) == [message]
    assert len(message.attachments) == 1


async def test_while_the_channels_own_picture_is_current_nothing_more_is_said(stage: Stage) -> None:
    async with stage.bot():
        jobs, messages = await foxes(stage)
        keep(stage, messages[0])
        await shows(stage, jobs[0].id)
    assert versions(stage) == []


async def test_a_keep_that_is_taken_back_brings_the_earlier_one_back(stage: Stage) -> None:
    async with stage.bot():
        jobs, messages = await foxes(stage)
        keep(stage, messages[1])
        await version(stage, jobs[1])
        stage.standin.member("ada").unreact(messages[1].id, "✅")
        await version(stage, jobs[0])


async def test_most_people_can_keep_it_too(stage: Stage) -> None:
    """Grace did not ask for it, and nobody says otherwise; with one against her she is no majority."""
    async with stage.bot():
        jobs, messages = await foxes(stage)
        keep(stage, messages[1], "grace")
        await version(stage, jobs[1])
        stage.standin.member("ada").react(messages[1].id, "❌")
        await version(stage, jobs[0])


async def test_what_was_kept_while_the_bot_was_away_is_shown_when_it_returns(stage: Stage) -> None:
    async with stage.bot():
        jobs, messages = await foxes(stage)
    keep(stage, messages[2])
    async with stage.bot():
        await version(stage, jobs[2])


async def test_killed_after_the_post_the_message_is_found_and_not_made_again(stage: Stage) -> None:
    async with stage.bot():
        jobs, messages = await foxes(stage)
        gate = stage.hold("POST", f"/channels/{stage.channel}/messages")
        keep(stage, messages[1])
        await until(lambda: bool(versions(stage)))
    gate.set()
    stage.clock.skipped += 3600
    async with stage.bot():
        message = await version(stage, jobs[1])
        await settled(stage)
    assert versions(stage) == [message]


async def test_killed_before_the_edit_the_next_life_makes_it(stage: Stage) -> None:
    async with stage.bot():
        jobs, messages = await foxes(stage)
        keep(stage, messages[1])
        message = await version(stage, jobs[1])
        gate = stage.hold("PATCH", f"/messages/{message.id}")
        keep(stage, messages[2])
        await until(lambda: bool(stage.edits(message)))
    gate.set()
    async with stage.bot():
        assert (await version(stage, jobs[2])).id == message.id
    assert message.attachments[0].data == messages[2].attachments[0].data


@pytest.mark.parametrize("fault", [Reply(503), Reply(cut=True), Reply(503, after=True)], ids=["503", "cut", "applied"])
async def test_a_lost_edit_is_made_again(stage: Stage, fault: Reply) -> None:
    async with stage.bot():
        jobs, messages = await foxes(stage)
        keep(stage, messages[1])
        message = await version(stage, jobs[1])
        stage.standin.faults.add("PATCH", f"/messages/{message.id}", fault)
        keep(stage, messages[2])
        await version(stage, jobs[2])
    assert message.attachments[0].data == messages[2].attachments[0].data


async def test_when_somebody_deleted_the_message_the_next_version_has_a_new_one(stage: Stage) -> None:
    """And the one that was deleted is not put back."""
    async with stage.bot():
        jobs, messages = await foxes(stage, 3)
        keep(stage, messages[1])
        message = await version(stage, jobs[1])
        stage.standin.world.delete(message)
        keep(stage, messages[2])
        await shows(stage, jobs[2].id)
        assert versions(stage) == []
        keep(stage, messages[3])
        await version(stage, jobs[3])
    assert len(versions(stage)) == 1


async def test_a_reaction_on_it_is_no_verdict(stage: Stage) -> None:
    """It shows now this picture and now that one; the post is where a reaction says which one is meant."""
    async with stage.bot():
        jobs, messages = await foxes(stage)
        keep(stage, messages[1])
        message = await version(stage, jobs[1])
        stage.standin.member("grace").react(message.id, "❌")
        stage.standin.member("grace").react(messages[2].id, "✅")
        await version(stage, jobs[2])
        assert await stage.judged(jobs[1]) == {stage.ada: KEEP}
    assert set(message.reactions) == {"❌"}


async def test_its_buttons_belong_to_the_picture_it_shows(stage: Stage) -> None:
    async with stage.bot():
        jobs, messages = await foxes(stage)
        for number in (1, 2):
            keep(stage, messages[number])
            message = await version(stage, jobs[number])
            ids = {one["custom_id"] for row in message.components for one in row["components"]}
            assert f"again:{jobs[number].id}" in ids


async def test_a_deleted_picture_leaves_it(stage: Stage) -> None:
    """The one before comes back; and when none is left the message goes."""
    async with stage.bot():
        jobs, messages = await foxes(stage)
        keep(stage, messages[1])
        keep(stage, messages[2])
        message = await version(stage, jobs[2])
        for number, left in ((2, jobs[1].id), (1, jobs[0].id), (0, None)):
            async with stage.db.transaction() as connection:
                await pictures.delete(connection, jobs[number].id, stage.ada, stage.clock.now())
            await shows(stage, left)
    assert message.id not in stage.standin.world.messages


async def test_where_nothing_more_can_be_said_it_is_not_tried_for_ever(stage: Stage) -> None:
    refused = Reply(403, {"message": "Missing Access", "code": 50001})
    async with stage.bot():
        jobs, messages = await foxes(stage)
        stage.standin.faults.add("POST", f"/channels/{stage.channel}/messages", refused)
        keep(stage, messages[1])
        await shows(stage, jobs[1].id)
        keep(stage, messages[2])
        await version(stage, jobs[2])
    assert len(versions(stage)) == 1


async def test_a_version_that_is_too_large_is_shown_smaller(stage: Stage) -> None:
    too_large = Reply(413, {"message": "Request entity too large", "code": 40005})
    async with stage.bot():
        jobs, messages = await foxes(stage)
        stage.standin.faults.add("POST", f"/channels/{stage.channel}/messages", too_large)
        keep(stage, messages[1])
        message = await version(stage, jobs[1])
        assert message.attachments[0].filename.endswith(".webp")
        stage.standin.faults.add("PATCH", f"/messages/{message.id}", too_large)
        keep(stage, messages[2])
        await version(stage, jobs[2])
    assert message.attachments[0].filename.endswith(".webp")


async def test_killed_after_the_post_and_all_deleted_meanwhile_no_message_stays(stage: Stage) -> None:
    """The message that is found shows a picture that must not be seen any more."""
    async with stage.bot():
        jobs, messages = await foxes(stage)
        gate = stage.hold("POST", f"/channels/{stage.channel}/messages")
        keep(stage, messages[1])
        await until(lambda: bool(versions(stage)))
    gate.set()
    async with stage.db.transaction() as connection:
        for job in jobs:
            await pictures.delete(connection, job.id, stage.ada, stage.clock.now())
    stage.clock.skipped += 3600
    async with stage.bot():
        await until(lambda: versions(stage) == [])
        await settled(stage)


async def test_killed_after_the_post_and_another_kept_meanwhile_it_is_replaced(stage: Stage) -> None:
    async with stage.bot():
        jobs, messages = await foxes(stage)
        gate = stage.hold("POST", f"/channels/{stage.channel}/messages")
        keep(stage, messages[1])
        await until(lambda: bool(versions(stage)))
    gate.set()
    keep(stage, messages[2])
    stage.clock.skipped += 3600
    async with stage.bot():
        message = await version(stage, jobs[2])
    assert message.attachments[0].data == messages[2].attachments[0].data
    assert versions(stage) == [message]
