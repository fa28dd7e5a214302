"""Whichever way a message comes, new, edited, as an answer or after one, the same rules refuse it."""

import asyncio

import pytest

from bot.demo.discord.server import StandIn
from bot.demo.discord.values import Interaction
from tests.demo.asking import Asking
from tests.demo.small_bot import SmallBot
from tests.demo.test_standin_rules import WRONG_MESSAGES
from tests.demo.waiting import until

# A nonce and a reply belong to new messages alone, and so does what was sent with them.
EVERYWHERE = [name for name in WRONG_MESSAGES if name not in ("long nonce", "unknown reply", "content with layout")]
WRONG_THREADS = {"no name": "", "long name": "x" * 101}


async def waiting(standin: StandIn, bot: SmallBot) -> Interaction:
    """A command that nobody has answered yet."""
    asyncio.get_running_loop().create_task(standin.member().run(standin.channel(), "slow"))
    await until(lambda: bot.last)
    return next(iter(standin.world.interactions.values()))


@pytest.mark.parametrize("wrong", EVERYWHERE)
async def test_an_edit_is_refused_like_a_new_message(standin: StandIn, ask: Asking, wrong: str) -> None:
    """And changes nothing."""
    sent = await ask.send({"content": "as it was"})
    body, _ = WRONG_MESSAGES[wrong]
    path = f"/channels/{standin.channel()}/messages/{sent.body['id']}"
    assert (await ask.rest("PATCH", path, body)).said == (400, 50035)
    (message,) = standin.world.messages.values()
    assert (message.content, message.embeds, message.components) == ("as it was", [], [])


async def test_answers_and_what_follows_them_are_refused_like_messages(
    standin: StandIn, bot: SmallBot, ask: Asking
) -> None:
    """The first answer, its edit, and a further one."""
    found = await waiting(standin, bot)
    answer = f"/interactions/{found.id}/{found.token}/callback"
    further = f"/webhooks/{standin.world.bot.id}/{found.token}"
    bodies = [WRONG_MESSAGES[name][0] for name in EVERYWHERE]
    first = [await ask.rest("POST", answer, {"type": 4, "data": body}) for body in bodies]
    assert {one.said for one in first} == {(400, 50035)}
    assert standin.world.messages == {}
    assert (await ask.rest("POST", answer, {"type": 4, "data": {"content": "taken"}})).status == 204
    then = [await ask.rest("POST", further, body) for body in bodies]
    then += [await ask.rest("PATCH", f"{further}/messages/@original", body) for body in bodies]
    assert {one.said for one in then} == {(400, 50035)}
    assert [message.content for message in standin.world.messages.values()] == ["taken"]


@pytest.mark.parametrize("wrong", WRONG_THREADS)
async def test_threads_discord_refuses(standin: StandIn, ask: Asking, wrong: str) -> None:
    sent = await ask.send({"content": "a fox"})
    path = f"/channels/{standin.channel()}/messages/{sent.body['id']}/threads"
    assert (await ask.rest("POST", path, {"name": WRONG_THREADS[wrong]})).said == (400, 50035)


@pytest.mark.parametrize("choices", [26 * [{"name": "n", "value": "v"}], [{"name": "x" * 101, "value": "v"}]])
async def test_choices_discord_refuses(standin: StandIn, ask: Asking, choices: list[dict[str, str]]) -> None:
    """Twenty-five, of a hundred characters each. No bot listens but the test."""
    option = {"name": "prompt", "description": "What to draw", "type": 3, "autocomplete": True}
    command = {"name": "imagine", "description": "Ask for a picture", "options": [option]}
    home = f"/applications/{standin.world.bot.id}/guilds/{standin.guild_id}/commands"
    assert (await ask.rest("PUT", home, [command])).status == 200
    asked = asyncio.create_task(standin.member().complete(standin.channel(), "imagine", "prompt", "x"))
    await until(lambda: bool(standin.world.interactions))
    found = next(iter(standin.world.interactions.values()))
    answer = f"/interactions/{found.id}/{found.token}/callback"
    assert (await ask.rest("POST", answer, {"type": 8, "data": {"choices": choices}})).said == (400, 50035)
    right = [{"name": "x" * 100, "value": str(number)} for number in range(25)]
    assert (await ask.rest("POST", answer, {"type": 8, "data": {"choices": right}})).status == 204
    assert len(await asked) == 25
