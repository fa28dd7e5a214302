"""Channels, roles and people with rights of their own; direct messages; moderators."""

import asyncio

import discord
import pytest

from bot.demo.discord.permissions import EVERYONE, Permission, permissions_of
from bot.demo.discord.refusals import Mistake
from bot.demo.discord.server import StandIn
from tests.demo.asking import Asking
from tests.demo.small_bot import SmallBot
from tests.demo.waiting import until


async def test_an_interaction_says_who_may_do_what_where(standin: StandIn, bot: SmallBot) -> None:
    """The person's roles and rights, the bot's own, and whether the channel is for adults."""
    dark = standin.make_channel("afterdark", nsfw=True)
    role = standin.make_role("Moderators", Permission.MANAGE_MESSAGES, "grace")
    channel = standin.world.channel(dark)
    standin.world.overwrite(channel, standin.world.bot.id, deny=int(Permission.ATTACH_FILES))
    await standin.member("grace").run(dark, "imagine", {"prompt": "a fox"})
    await until(lambda: bot.last)
    seen = bot.last
    assert seen is not None
    assert isinstance(seen.user, discord.Member)
    assert isinstance(seen.channel, discord.TextChannel)
    assert [one.id for one in seen.user.roles] == [standin.guild_id, int(role)]
    assert (seen.permissions.manage_messages, seen.permissions.attach_files) == (True, True)
    assert (seen.app_permissions.manage_messages, seen.app_permissions.attach_files) == (False, False)
    assert (seen.channel.nsfw, seen.channel_id) == (True, int(dark))


async def test_overwrites_add_up_as_discord_computes_them(standin: StandIn) -> None:
    """Everyone's first, then all roles' together (allowing wins), then the person's; unseen means nothing at all."""
    world, grace = standin.world, standin.member("grace").id
    channel = world.channel(standin.channel())
    (first, second) = (world.make_role(name).id for name in ("First", "Second"))
    for role in (first, second):
        world.give_role(grace, role)
    world.overwrite(channel, world.guild.id, deny=int(Permission.SEND_MESSAGES))
    world.overwrite(channel, first, allow=int(Permission.SEND_MESSAGES))
    world.overwrite(channel, second, deny=int(Permission.SEND_MESSAGES))
    assert Permission.SEND_MESSAGES in permissions_of(world, grace, channel)
    world.overwrite(channel, grace, deny=int(Permission.SEND_MESSAGES))
    assert permissions_of(world, grace, channel) == EVERYONE & ~Permission.SEND_MESSAGES
    world.overwrite(channel, grace, deny=int(Permission.VIEW_CHANNEL))
    assert permissions_of(world, grace, channel) == Permission(0)
    assert standin.member("ada").post(channel.id, "the owner may everything")


async def test_a_hidden_channel_is_not_there_for_others(standin: StandIn, ask: Asking) -> None:
    """Neither on the page nor for posting; its messages are no news for them."""
    secret = standin.make_channel("secret")
    standin.world.overwrite(standin.world.channel(secret), standin.world.guild.id, deny=int(Permission.VIEW_CHANNEL))
    grace = standin.member("grace")
    world = (await ask.page("GET", "/member/world", member=grace.id)).body
    assert [one["name"] for one in world["channels"]] == ["darkroom", "lounge"]
    with pytest.raises(Mistake, match="may not do that"):
        grace.post(secret, "hello?")
    said = standin.member("ada").post(secret, "only us")
    assert not grace.sees(said)


async def test_who_comes_later_has_the_roles_given(standin: StandIn, ask: Asking) -> None:
    """A command for a right is seen by those whose role has it, and by nobody once it is taken."""
    path = f"/applications/{standin.world.bot.id}/guilds/{standin.guild_id}/commands"
    wanted = int(Permission.MANAGE_GUILD)
    body = {"name": "setup", "description": "Begin", "default_member_permissions": wanted}
    menu = {"name": "Remove", "type": 3, "default_member_permissions": wanted}
    await ask.rest("PUT", path, [body, menu])
    role = standin.make_role("Keepers", Permission.MANAGE_GUILD)
    linus = standin.join("linus", role)
    assert [line.name for line in linus.commands()] == ["setup"]
    assert [one["name"] for one in linus.message_commands()] == ["Remove"]
    standin.world.take_role(linus.id, role)
    assert (linus.commands(), linus.message_commands()) == ([], [])
    with pytest.raises(Mistake, match="no command /setup"):
        await linus.run(standin.channel(), "setup")


async def test_a_moderator_deletes_the_bots_message_and_the_bot_hears_of_it(standin: StandIn, bot: SmallBot) -> None:
    """MESSAGE_DELETE; an ordinary member may not."""
    gone: list[int] = []
    heard = asyncio.Event()

    async def on_raw_message_delete(event: discord.RawMessageDeleteEvent) -> None:
        gone.append(event.message_id)
        heard.set()

    bot.event(on_raw_message_delete)
    sent = await bot.place().send("a picture")
    with pytest.raises(Mistake, match="not yours"):
        standin.member("grace").delete(str(sent.id))
    standin.make_role("Moderators", Permission.MANAGE_MESSAGES, "grace")
    standin.member("grace").delete(str(sent.id))
    await asyncio.wait_for(heard.wait(), 10)
    assert gone == [sent.id]


async def test_direct_messages_reach_one_person_or_are_refused(standin: StandIn, bot: SmallBot) -> None:
    """The same channel every time; closed doors answer 50007 when something is said, not before."""
    grace = standin.member("grace")
    user = await bot.fetch_user(int(grace.id))
    said = await user.send("your picture is there")
    assert (await user.create_dm()).id == said.channel.id
    assert [one.content for one in grace.messages(str(said.channel.id))] == ["your picture is there"]
    assert standin.member("ada").messages(str(said.channel.id)) == []
    await said.edit(content="your picture is gone")
    await said.delete()
    standin.world.closed.add(grace.id)
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("hello?")
    assert refused.value.code == 50007


async def test_a_button_in_a_direct_message_has_a_user_and_no_guild(standin: StandIn, bot: SmallBot) -> None:
    grace = standin.member("grace")
    user = await bot.fetch_user(int(grace.id))
    view = discord.ui.View(timeout=None)
    pressed: list[discord.Interaction[SmallBot]] = []
    button: discord.ui.Button[discord.ui.View] = discord.ui.Button(label="Take", custom_id="take")

    async def take(interaction: discord.Interaction[SmallBot]) -> None:
        pressed.append(interaction)
        await interaction.response.send_message("taken", ephemeral=True)

    button.callback = take  # type: ignore[method-assign, assignment]
    view.add_item(button)
    said = await user.send("here", view=view)
    assert (await grace.click(str(said.id), "take")).state == "answered"
    assert (pressed[0].guild, pressed[0].user.id) == (None, user.id)
    assert grace.commands(str(said.channel.id)) == []
