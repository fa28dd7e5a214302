"""Threads, as the real client library and its raw requests meet them."""

from typing import Any

import discord
import pytest

from bot.demo.discord.permissions import Permission
from bot.demo.discord.refusals import Refusal
from bot.demo.discord.server import StandIn
from tests.demo.asking import Asking
from tests.demo.conftest import JumpingClock
from tests.demo.small_bot import SmallBot, running
from tests.demo.waiting import until

PUBLIC = discord.ChannelType.public_thread


async def begun(bot: SmallBot) -> tuple[discord.Message, discord.Thread]:
    message = await bot.place().send("a fox")
    return message, await message.create_thread(name="fox")


async def test_a_thread_of_a_message_has_its_id_and_there_is_only_one(standin: StandIn, bot: SmallBot) -> None:
    """A second one is refused with 160004; the message says that it has one; the bot hears what is said there."""
    message, thread = await begun(bot)
    assert thread.id == message.id
    with pytest.raises(discord.HTTPException) as refused:
        await message.create_thread(name="twice")
    assert refused.value.code == 160004
    again = await bot.place().fetch_message(message.id)
    assert again.flags.has_thread
    assert (again.thread, [one.id for one in bot.place().threads]) == (thread, [thread.id])
    standin.member("grace").post(str(thread.id), "in here")
    await until(lambda: any(one.channel.id == thread.id for one in bot.named("message")))
    assert standin.world.channel(str(thread.id)).people == [standin.world.bot.id, standin.member("grace").id]


async def test_what_a_thread_began_with_is_quoted_in_its_history(standin: StandIn, bot: SmallBot) -> None:
    """The first entry is Discord's, not the bot's words; messages and pictures in the thread follow it."""
    message, thread = await begun(bot)
    await thread.send("variation 2", nonce="p2")
    kinds = [(one.type, one.content) async for one in thread.history(oldest_first=True)]
    assert kinds == [(discord.MessageType.thread_starter_message, ""), (discord.MessageType.default, "variation 2")]
    fetched = await bot.fetch_channel(thread.id)
    assert isinstance(fetched, discord.Thread)
    assert (fetched.message_count, fetched.parent_id) == (1, message.channel.id)


async def test_a_thread_without_a_message_is_announced_in_its_channel(standin: StandIn, bot: SmallBot) -> None:
    thread = await bot.place().create_thread(name="foxes", type=PUBLIC, auto_archive_duration=60)
    said = [one async for one in bot.place().history()]
    assert [(one.type, one.content) for one in said] == [(discord.MessageType.thread_created, "foxes")]
    assert thread.auto_archive_duration == 60
    assert [one.id for one in await thread.guild.active_threads()] == [thread.id]


async def test_an_archived_thread_is_forgotten_and_comes_back_when_somebody_writes(
    standin: StandIn, bot: SmallBot
) -> None:
    """Nothing in it can be changed meanwhile; the list of archived ones has it."""
    _, thread = await begun(bot)
    said = await thread.send("variation 2")
    await thread.edit(archived=True)
    await until(lambda: not bot.place().threads)
    for change in (said.edit(content="x"), said.add_reaction("✅"), said.delete(), thread.edit(name="x")):
        with pytest.raises(discord.HTTPException) as refused:
            await change
        assert refused.value.code == 50083
    assert [one.id async for one in bot.place().archived_threads()] == [thread.id]
    await bot.get_partial_messageable(thread.id).send("back again")
    await until(lambda: bot.place().threads)
    assert [one.archived for one in bot.place().threads] == [False]


async def test_a_thread_in_which_nobody_writes_is_put_away(
    standin: StandIn, bot: SmallBot, clock: JumpingClock
) -> None:
    """After its own time; a bot that starts then is not told of it."""
    _, thread = await begun(bot)
    clock.skipped += 24 * 3600 + 1
    fetched = await bot.fetch_channel(thread.id)
    assert isinstance(fetched, discord.Thread)
    assert fetched.archived
    async with running(standin) as second:
        assert second.place().threads == []


async def test_a_locked_thread_is_for_moderators(standin: StandIn, bot: SmallBot) -> None:
    ada, grace = standin.member("ada"), standin.member("grace")
    _, thread = await begun(bot)
    ada.change_thread(str(thread.id), locked=True)
    with pytest.raises(Refusal, match="Thread is locked"):
        grace.post(str(thread.id), "let me in")
    with pytest.raises(discord.Forbidden) as refused:
        await bot.get_partial_messageable(thread.id).send("me too")
    assert refused.value.code == 160005
    ada.post(str(thread.id), "the owner may")


@pytest.mark.parametrize(
    ("denied", "act"),
    [
        (Permission.CREATE_PUBLIC_THREADS, "begin"),
        (Permission.SEND_MESSAGES_IN_THREADS, "write"),
    ],
)
async def test_threads_have_permissions_of_their_own(
    standin: StandIn, bot: SmallBot, denied: Permission, act: str
) -> None:
    """SEND_MESSAGES is neither needed nor enough."""
    _, thread = await begun(bot)
    other = await bot.place().send("an owl")
    channel = standin.world.channel(standin.channel())
    standin.world.overwrite(channel, standin.world.bot.id, deny=int(denied | Permission.SEND_MESSAGES))
    with pytest.raises(discord.Forbidden) as refused:
        await (other.create_thread(name="owl") if act == "begin" else thread.send("x"))
    assert refused.value.code == 50013
    if act == "begin":
        await thread.send("still good")


async def test_a_channel_that_is_shown_again_brings_its_threads_along(standin: StandIn, bot: SmallBot) -> None:
    """THREAD_LIST_SYNC, which the library files under the channel."""
    channel, bot_id = standin.world.channel(standin.channel()), standin.world.bot.id
    standin.world.overwrite(channel, bot_id, deny=int(Permission.VIEW_CHANNEL))
    made = standin.member("grace").start_thread(channel.id, "while you were out")
    await bot.fetch_user(int(standin.member("grace").id))
    assert bot.place().threads == []
    standin.world.overwrite(channel, bot_id)
    await until(lambda: bot.place().threads)
    assert [one.id for one in bot.place().threads] == [int(made.id)]


async def test_a_command_in_a_thread_knows_where_it_is(standin: StandIn, bot: SmallBot) -> None:
    _, thread = await begun(bot)
    await standin.member("grace").run(str(thread.id), "imagine", {"prompt": "an owl"})
    await until(lambda: bot.last)
    assert bot.last is not None
    assert isinstance(bot.last.channel, discord.Thread)
    assert (bot.last.channel.id, bot.last.channel.parent_id) == (thread.id, thread.parent_id)


async def test_joining_leaving_and_deleting(standin: StandIn, bot: SmallBot) -> None:
    """Deleting needs a moderator's right; then the thread and what was said in it are gone, the message is not."""
    message, thread = await begun(bot)
    await thread.add_user(discord.Object(int(standin.member("grace").id)))
    assert len(await thread.fetch_members()) == 2
    await thread.leave()
    assert len(await thread.fetch_members()) == 1
    with pytest.raises(discord.Forbidden):
        await thread.delete()
    role = standin.world.make_role("Moderators", int(Permission.MANAGE_THREADS))
    standin.world.give_role(standin.world.bot.id, role.id)
    await thread.delete()
    await until(lambda: not bot.place().threads)
    assert not (await bot.place().fetch_message(message.id)).flags.has_thread
    with pytest.raises(discord.NotFound):
        await thread.send("x")


WRONG: dict[str, tuple[dict[str, Any], int]] = {
    "no name": ({"name": "", "type": 11}, 50035),
    "long name": ({"name": "x" * 101, "type": 11}, 50035),
    "odd minutes": ({"name": "x", "type": 11, "auto_archive_duration": 90}, 50035),
    "private": ({"name": "x", "type": 12}, 50035),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_threads_discord_refuses(standin: StandIn, ask: Asking, wrong: str) -> None:
    body, code = WRONG[wrong]
    refused = await ask.rest("POST", f"/channels/{standin.channel()}/threads", body)
    assert refused.said == (400, code)
    assert standin.world.messages == {}


async def test_a_thread_has_no_threads(standin: StandIn, ask: Asking) -> None:
    made = await ask.rest("POST", f"/channels/{standin.channel()}/threads", {"name": "x", "type": 11})
    below = await ask.rest("POST", f"/channels/{made.body['id']}/threads", {"name": "y", "type": 11})
    assert below.said == (400, 50024)
