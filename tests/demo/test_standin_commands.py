"""Commands, buttons, modals and their tokens, through the real client library."""

import asyncio

import discord
import pytest

from bot.demo.discord.call import Upload
from bot.demo.discord.faults import Reply
from bot.demo.discord.refusals import Mistake
from bot.demo.discord.rules import Rules
from bot.demo.discord.server import StandIn
from bot.demo.discord.values import Message
from tests.demo.asking import Asking
from tests.demo.conftest import JumpingClock
from tests.demo.small_bot import SmallBot, redirect, running
from tests.demo.waiting import until


def texts(messages: list[Message]) -> list[str]:
    return [message.content for message in messages]


async def test_a_command_is_deferred_and_its_first_followup_fills_the_placeholder(
    standin: StandIn, bot: SmallBot
) -> None:
    """Ephemeral for the one who asked; the card is seen by everyone."""
    ada, grace, channel = standin.member("ada"), standin.member("grace"), standin.channel()
    outcome = await ada.run(channel, "imagine", {"prompt": "a fox", "count": 2})
    await until(lambda: len(ada.messages(channel)) == 2)
    assert outcome.state == "deferred"
    assert ada.messages(channel)[0].id == outcome.message_id
    assert texts(ada.messages(channel)) == ["accepted 2 of a fox", "waiting"]
    assert texts(grace.messages(channel)) == ["waiting"]
    # Ephemeral messages are no news for the gateway.
    await until(lambda: bot.named("message"))
    assert [message.content for message in bot.named("message")] == ["waiting"]


async def test_autocomplete_offers_what_the_bot_answers(standin: StandIn, bot: SmallBot) -> None:
    choices = await standin.member().complete(standin.channel(), "imagine", "model", "z-", {"prompt": "a fox"})
    assert choices == ({"name": "Z-Image-Turbo", "value": "z-image-turbo"},)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "/imagine needs the option prompt."),
        ({"prompt": "x", "count": 9}, "count must be at most 8."),
        ({"prompt": "x", "count": "many"}, "count must be a number."),
        ({"prompt": "x", "colour": "red"}, "/imagine has no option called colour."),
    ],
)
async def test_a_client_stops_wrong_options_before_the_bot_sees_them(
    standin: StandIn, bot: SmallBot, options: dict[str, object], sentence: str
) -> None:
    with pytest.raises(Mistake, match=sentence):
        await standin.member().run(standin.channel(), "imagine", options)
    assert standin.world.interactions == {}


async def test_attachment_and_member_options_arrive_resolved(standin: StandIn, bot: SmallBot) -> None:
    """The bot reads the very bytes from the CDN."""
    ada, channel = standin.member("ada"), standin.channel()
    options = {"file": Upload("a b.bin", "application/octet-stream", b"x" * 777), "who": standin.member("grace").id}
    outcome = await ada.run(channel, "describe", options)
    assert outcome.state == "answered"
    assert texts(ada.messages(channel)) == ["a_b.bin: 777 bytes from grace"]


async def test_a_button_edits_its_message_and_a_modal_comes_back(standin: StandIn, bot: SmallBot) -> None:
    ada, channel = standin.member("ada"), standin.channel()
    await ada.run(channel, "imagine", {"prompt": "a fox"})
    await until(lambda: len(ada.messages(channel)) == 2)
    card = ada.messages(channel)[1]
    assert (await ada.click(card.id, "again")).state == "updated"
    assert card.content == "again!"
    outcome = await ada.click(card.id, "why")
    assert outcome.state == "modal"
    assert outcome.modal is not None
    assert outcome.modal["title"] == "What is wrong?"
    assert (await ada.submit(outcome.interaction_id, {"reason": "too dark"})).state == "answered"
    assert texts(ada.messages(channel))[-1] == "noted: too dark"
    with pytest.raises(Mistake, match="no longer open"):
        await ada.submit(outcome.interaction_id, {"reason": "twice"})


async def test_buttons_outlive_the_bot_that_made_them(standin: StandIn) -> None:
    """The message's own id and custom_ids are all that a new process needs."""
    ada, channel = standin.member("ada"), standin.channel()
    async with running(standin):
        await ada.run(channel, "imagine", {"prompt": "a fox"})
        await until(lambda: len(ada.messages(channel)) == 2)
    async with running(standin):
        assert (await ada.click(ada.messages(channel)[1].id, "again")).state == "updated"


async def test_the_token_dies_after_a_quarter_of_an_hour(standin: StandIn, bot: SmallBot, clock: JumpingClock) -> None:
    await standin.member().run(standin.channel(), "imagine", {"prompt": "a fox"})
    assert bot.last is not None
    await bot.last.edit_original_response(content="still good")
    clock.skipped += 15 * 60 + 1
    with pytest.raises(discord.HTTPException) as refused:
        await bot.last.followup.send("too late")
    assert (refused.value.status, refused.value.code) == (401, 50027)
    with pytest.raises(discord.HTTPException) as refused:
        await bot.last.edit_original_response(content="too late")
    assert refused.value.code == 50027


async def test_the_original_answer_is_fetched_edited_and_deleted(standin: StandIn, bot: SmallBot) -> None:
    """Ephemeral ones too, by token; by channel they do not exist."""
    ada, channel = standin.member("ada"), standin.channel()
    await ada.run(channel, "imagine", {"prompt": "a fox"})
    await until(lambda: len(ada.messages(channel)) == 2)
    assert bot.last is not None
    original = await bot.last.original_response()
    assert original.content == "accepted 1 of a fox"
    assert (await original.edit(content="edited")).content == "edited"
    with pytest.raises(discord.NotFound) as unseen:
        await bot.place().fetch_message(original.id)
    assert unseen.value.code == 10008
    await bot.last.delete_original_response()
    assert texts(ada.messages(channel)) == ["waiting"]


async def test_a_command_for_administrators_is_hidden_from_the_others(standin: StandIn, ask: Asking) -> None:
    path = f"/applications/{standin.world.bot.id}/guilds/{standin.guild_id}/commands"
    await ask.rest("PUT", path, [{"name": "purge", "description": "Forget", "default_member_permissions": 8}])
    assert [line.name for line in standin.member("ada").commands()] == ["purge"]
    assert standin.member("grace").commands() == []


async def test_subcommands_are_typed_with_their_path(standin: StandIn, ask: Asking) -> None:
    """`/batch render` reaches the bot as a command with the subcommand nested inside, its options below that."""
    option = {"name": "times", "description": "How often", "type": 4, "min_value": 1}
    render = {"name": "render", "description": "Render", "type": 1, "options": [option]}
    path = f"/applications/{standin.world.bot.id}/guilds/{standin.guild_id}/commands"
    await ask.rest("PUT", path, [{"name": "batch", "description": "Batches", "options": [render]}])
    asked = asyncio.create_task(standin.member().run(standin.channel(), "/batch render", {"times": "3"}))
    await until(lambda: standin.world.interactions)
    waiting = next(iter(standin.world.interactions.values()))
    nested = {"name": "render", "type": 1, "options": [{"name": "times", "type": 4, "value": 3}]}
    assert (waiting.data["name"], waiting.data["options"]) == ("batch", [nested])
    await ask.rest("POST", f"/interactions/{waiting.id}/{waiting.token}/callback", {"type": 5})
    assert (await asked).state == "deferred"


async def test_three_seconds_without_an_answer_are_the_end(clock: JumpingClock, addresses: None) -> None:
    """The person is told; the bot's late answer finds nothing, and its followup no webhook."""
    async with StandIn(rules=Rules(ack_seconds=0.2), clock=clock) as standin:
        redirect(standin)
        async with running(standin) as bot:
            outcome = await standin.member().run(standin.channel(), "slow")
            assert (outcome.state, outcome.error) == ("failed", "The application did not respond.")
            assert bot.last is not None
            with pytest.raises(discord.NotFound) as late:
                await bot.last.response.send_message("late")
            assert late.value.code == 10062
            with pytest.raises(discord.NotFound) as nothing:
                await bot.last.followup.send("late")
            assert nothing.value.code == 10015


async def test_an_acknowledgement_counts_once(standin: StandIn, bot: SmallBot) -> None:
    """Its answer lost, the library repeats it and meets 40060: the first one had been applied."""
    standin.faults.add("POST", "/callback", Reply(502, after=True))
    outcome = await standin.member().run(standin.channel(), "imagine", {"prompt": "a fox"})
    assert outcome.state == "deferred"
    await until(lambda: len(standin.log.of("POST", "/callback")) == 2)
    first, second = standin.log.of("POST", "/callback")
    assert (first.status, first.lost) == (200, True)
    assert (second.status, second.answer["code"]) == (400, 40060)
    assert len(standin.member().messages(standin.channel())) == 1


async def test_an_unknown_interaction_and_a_wrong_answer_type(standin: StandIn, bot: SmallBot, ask: Asking) -> None:
    assert (await ask.rest("POST", "/interactions/1/wrong/callback", {"type": 5})).said == (404, 10062)
    asked = asyncio.create_task(standin.member().run(standin.channel(), "slow"))
    await until(lambda: bot.last)
    waiting = next(iter(standin.world.interactions.values()))
    path = f"/interactions/{waiting.id}/{waiting.token}/callback"
    assert (await ask.rest("POST", path, {"type": 7, "data": {"content": "x"}})).said == (400, 50035)
    # Without ?with_response the answer is empty, and it counts all the same.
    assert (await ask.rest("POST", path, {"type": 4, "data": {"content": "x"}})).status == 204
    assert (await asked).state == "answered"


async def test_commands_are_overwritten_as_a_whole_and_keep_their_ids(standin: StandIn, bot: SmallBot) -> None:
    before = {command["name"]: command["id"] for command in standin.world.commands.values()}
    bot.tree.remove_command("slow", guild=discord.Object(standin.guild_id))
    await bot.tree.sync(guild=discord.Object(standin.guild_id))
    after = {command["name"]: command["id"] for command in standin.world.commands.values()}
    assert set(before) == {"imagine", "slow", "describe"}
    assert after == {name: before[name] for name in ("imagine", "describe")}
    assert [line.name for line in standin.member().commands()] == ["describe", "imagine"]
