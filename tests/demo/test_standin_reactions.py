"""Reactions: raw events for messages of any age, and the people behind them page by page."""

from pathlib import Path

import discord
import pytest

from bot.demo.discord.permissions import Permission
from bot.demo.discord.server import StandIn
from bot.demo.discord.values import Person
from tests.demo.asking import Asking
from tests.demo.small_bot import SmallBot
from tests.demo.waiting import until

PICTURE = Path(__file__).name


async def test_reactions_are_heard_with_who_what_and_where(standin: StandIn, bot: SmallBot) -> None:
    """The bot hears its own too; a member is told when one is added, never when one is removed."""
    ada = standin.member("ada")
    sent = await bot.place().send(PICTURE)
    await sent.add_reaction("✅")
    ada.react(str(sent.id), "✅")
    ada.react(str(sent.id), "✅")
    ada.unreact(str(sent.id), "✅")
    await until(lambda: bot.named("remove"))
    added, (removed,) = bot.named("add"), bot.named("remove")
    assert bot.user is not None
    assert [event.user_id for event in added] == [bot.user.id, int(ada.id)]
    assert (str(added[1].emoji), added[1].message_id, added[1].member.name) == ("✅", sent.id, "ada")
    assert (removed.user_id, removed.message_id) == (int(ada.id), sent.id)


async def test_counts_come_with_the_message_and_people_in_pages(standin: StandIn, bot: SmallBot) -> None:
    """231 people and the bot: three pages of up to a hundred, sorted by id."""
    sent = await bot.place().send(PICTURE)
    for number in range(231):
        person = Person(standin.world.ids.next(), f"p{number}", f"P{number}")
        standin.world.people[person.id] = person
        standin.world.react(standin.world.messages[str(sent.id)], person.id, "✅")
    await sent.add_reaction("✅")
    (reaction,) = (await bot.place().fetch_message(sent.id)).reactions
    assert (reaction.count, reaction.me) == (232, True)
    people = {user.id async for user in reaction.users(limit=None)}
    pages = [[int(user["id"]) for user in page.answer] for page in standin.log.of("GET", "/reactions/✅")]
    assert [len(page) for page in pages] == [100, 100, 32]
    assert [one for page in pages for one in page] == sorted(people)


async def test_clearing_is_heard(standin: StandIn, bot: SmallBot) -> None:
    channel = standin.world.channels[standin.channel()]
    sent = await bot.place().send(PICTURE)
    with pytest.raises(discord.Forbidden):
        await sent.clear_reactions()
    standin.world.overwrite(channel, standin.world.bot.id, allow=int(Permission.MANAGE_MESSAGES))
    for emoji in ("✅", "❌"):
        standin.member().react(str(sent.id), emoji)
    await sent.clear_reaction("✅")
    await sent.clear_reactions()
    await until(lambda: bot.named("clear"))
    assert [str(event.emoji) for event in bot.named("clear emoji")] == ["✅"]
    assert standin.world.messages[str(sent.id)].reactions == {}


async def test_wrong_emoji_missing_rights_and_the_twenty_first(standin: StandIn, bot: SmallBot, ask: Asking) -> None:
    sent = await bot.place().send(PICTURE)
    path = f"/channels/{standin.channel()}/messages/{sent.id}/reactions"
    assert (await ask.rest("PUT", f"{path}/abc/@me")).said == (400, 10014)
    for number in range(20):
        standin.member().react(str(sent.id), chr(0x1F600 + number))
    assert (await ask.rest("PUT", f"{path}/✅/@me")).said == (400, 30010)
    channel = standin.world.channels[standin.channel()]
    standin.world.overwrite(channel, standin.world.bot.id, deny=int(Permission.ADD_REACTIONS))
    assert (await ask.rest("PUT", f"{path}/✅/@me")).said == (403, 50013)
    # An emoji that is there already needs no right to add.
    assert (await ask.rest("PUT", f"{path}/{chr(0x1F600)}/@me")).status == 204
