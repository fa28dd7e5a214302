"""The gateway: what is missed is heard again by RESUME, and lost when the session is lost."""

import asyncio

import aiohttp
import discord
import pytest

from bot.demo.discord.permissions import Permission
from bot.demo.discord.server import StandIn
from tests.demo.asking import Asking
from tests.demo.small_bot import SmallBot, running
from tests.demo.waiting import until


async def react_while_away(standin: StandIn, bot: SmallBot) -> None:
    """The bot's line ends, and a person reacts before it is back."""
    sent = await bot.place().send("picture")
    standin.gateway.drop(4000)
    standin.member().react(str(sent.id), "❌")


async def test_a_cut_line_is_resumed_with_what_was_missed(standin: StandIn, bot: SmallBot) -> None:
    await react_while_away(standin, bot)
    await until(lambda: bot.resumes)
    assert [str(event.emoji) for event in bot.named("add")] == ["❌"]
    assert (bot.readies, standin.gateway.identifies, standin.gateway.resumes) == (1, 1, 1)


async def test_a_lost_session_is_identified_anew_without_replay(standin: StandIn, bot: SmallBot) -> None:
    """The reaction stands, but nobody tells: the bot must look for itself."""
    sent = await bot.place().send("picture")
    standin.gateway.drop(4000)
    standin.gateway.forget()
    standin.member().react(str(sent.id), "❌")
    await until(lambda: bot.readies == 2)
    assert bot.named("add") == []
    assert [str(reaction) for reaction in (await bot.place().fetch_message(sent.id)).reactions] == ["❌"]


async def test_opcode_7_is_followed_by_a_resume(standin: StandIn, bot: SmallBot) -> None:
    standin.gateway.ask_to_reconnect()
    await until(lambda: bot.resumes)
    assert (standin.gateway.identifies, standin.gateway.resumes) == (1, 1)


async def test_opcode_9_ends_the_session(standin: StandIn, bot: SmallBot) -> None:
    standin.gateway.invalidate()
    await until(lambda: bot.readies == 2)
    assert (standin.gateway.identifies, standin.gateway.resumes) == (2, 0)


async def test_an_outage_is_survived(standin: StandIn, bot: SmallBot) -> None:
    """The whole server goes away; back at the same address it replays what people did meanwhile."""
    sent = await bot.place().send("picture")
    await standin.__aexit__(None, None, None)
    standin.member().react(str(sent.id), "✅")
    await standin.__aenter__()
    await until(lambda: bot.named("add"))
    assert (bot.readies, standin.gateway.resumes) == (1, 1)
    assert (await bot.place().fetch_message(sent.id)).reactions[0].count == 1


async def test_what_happens_out_of_sight_is_not_told(standin: StandIn, bot: SmallBot) -> None:
    channel, ada = standin.world.channels[standin.channel()], standin.member("ada")
    standin.world.overwrite(channel, standin.world.bot.id, deny=int(Permission.VIEW_CHANNEL))
    hidden = ada.post(channel.id, "psst")
    ada.react(hidden.id, "✅")
    standin.world.overwrite(channel, standin.world.bot.id)
    ada.react(hidden.id, "❌")
    await until(lambda: bot.named("add"))
    assert [str(event.emoji) for event in bot.named("add")] == ["❌"]
    assert bot.named("message") == []


async def test_silence_is_made_good_after_the_next_connection(standin: StandIn, bot: SmallBot) -> None:
    sent = await bot.place().send("picture")
    await until(lambda: bot.named("message"))
    standin.gateway.silence(True)
    standin.member().react(str(sent.id), "✅")
    standin.member().react(str(sent.id), "❌")
    standin.gateway.silence(False)
    assert bot.named("add") == []
    standin.gateway.drop(4000)
    await until(lambda: len(bot.named("add")) == 2)
    assert [str(event.emoji) for event in bot.named("add")] == ["✅", "❌"]


@pytest.mark.parametrize(("code", "kept"), [(1000, 0), (1001, 0), (4000, 1)])
async def test_a_clean_goodbye_ends_the_session(standin: StandIn, ask: Asking, code: int, kept: int) -> None:
    async with ask.session.ws_connect(standin.gateway_url) as socket:
        await socket.send_json({"op": 2, "d": {"token": standin.token, "intents": 1}})
        await until(lambda: standin.world.bot_online)
        await socket.close(code=code)
    await until(lambda: not standin.world.bot_online)
    assert len(standin.gateway.sessions) == kept


async def test_a_wrong_token_opens_nothing(standin: StandIn) -> None:
    client = discord.Client(intents=discord.Intents.none())
    with pytest.raises(discord.LoginFailure):
        await client.start("wrong")
    await client.close()
    assert standin.gateway.identifies == 0


async def test_a_first_connection_can_be_refused(standin: StandIn) -> None:
    """The library then dies instead of trying again: a supervisor has to."""
    standin.gateway.refuse(1)
    with pytest.raises(AttributeError):
        async with running(standin):
            pass
    async with running(standin) as second:
        assert second.readies == 1


async def raw(standin: StandIn, session: aiohttp.ClientSession, *payloads: object) -> tuple[list[int], int | None]:
    """The opcodes answered to these payloads until the server closes, and the close code."""
    async with session.ws_connect(standin.gateway_url, params={"v": "10", "encoding": "json"}) as socket:
        for payload in payloads:
            await socket.send_json(payload)
        opcodes = [message.json()["op"] async for message in socket]
        return opcodes, socket.close_code


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"op": 2, "d": {"token": "wrong", "intents": 0}}, 4004),
        ({"op": 8, "d": {}}, 4003),
        ("not a payload", 4002),
    ],
)
async def test_what_the_gateway_closes_for(standin: StandIn, ask: Asking, payload: object, code: int) -> None:
    assert await raw(standin, ask.session, payload) == ([10], code)


async def test_identifying_twice_closes(standin: StandIn, ask: Asking) -> None:
    identify = {"op": 2, "d": {"token": standin.token, "intents": 1}}
    assert await raw(standin, ask.session, {"op": 1, "d": None}, identify, identify) == ([10, 11, 0, 0], 4005)


async def test_intents_decide_what_is_heard(standin: StandIn, ask: Asking) -> None:
    """With guilds alone, neither messages nor reactions; interactions always."""
    identify = {"op": 2, "d": {"token": standin.token, "intents": 1}}
    async with ask.session.ws_connect(standin.gateway_url) as socket:
        await socket.send_json(identify)
        await until(lambda: standin.world.bot_online)
        message = standin.member().post(standin.channel(), "hello")
        standin.member().react(message.id, "✅")
        (session,) = standin.gateway.sessions.values()
        await ask.rest("PUT", f"/applications/{standin.world.bot.id}/guilds/{standin.guild_id}/commands", [COMMAND])
        asked = asyncio.create_task(standin.member().run(standin.channel(), "ping"))
        await until(lambda: standin.world.interactions)
        assert [event["t"] for event in session.sent] == ["READY", "GUILD_CREATE", "INTERACTION_CREATE"]
        waiting = next(iter(standin.world.interactions.values()))
        await ask.rest("POST", f"/interactions/{waiting.id}/{waiting.token}/callback", {"type": 5})
        assert (await asked).state == "deferred"


COMMAND = {"name": "ping", "description": "Say pong"}
