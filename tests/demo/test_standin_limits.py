"""Rate limits: announced in headers, refused with 429 when ignored, per channel and for everything."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.demo.discord.faults import Reply, rate_limited
from bot.demo.discord.rules import Rate, Rules
from bot.demo.discord.server import StandIn
from tests.demo.asking import Answered, Asking
from tests.demo.conftest import JumpingClock
from tests.demo.small_bot import SmallBot, redirect, running
from tests.demo.waiting import until


@pytest.fixture
async def strict(clock: JumpingClock) -> AsyncIterator[Asking]:
    """A world with Discord's usual limits."""
    async with StandIn(clock=clock) as standin, aiohttp.ClientSession() as session:
        yield Asking(standin, session)


def remaining(answered: Answered) -> int:
    return int(answered.headers["X-RateLimit-Remaining"])


async def test_five_messages_then_429_until_the_window_closes(strict: Asking, clock: JumpingClock) -> None:
    answers = [await strict.send({"content": str(number)}) for number in range(6)]
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert [remaining(answer) for answer in answers] == [4, 3, 2, 1, 0, 0]
    last = answers[-1]
    assert last.headers["Via"]
    assert (last.body["global"], last.headers["X-RateLimit-Scope"]) == (False, "user")
    assert 0 < last.body["retry_after"] <= 5
    clock.skipped += 5
    assert (await strict.send({"content": "again"})).status == 200


async def test_edits_count_apart_and_old_messages_have_a_stricter_limit(strict: Asking, clock: JumpingClock) -> None:
    sent = await strict.send({"content": "card"})
    path = f"/channels/{strict.standin.channel()}/messages/{sent.body['id']}"
    assert [remaining(await strict.rest("PATCH", path, {"content": "x"})) for _ in range(2)] == [4, 3]
    clock.skipped += 3601
    answers = [await strict.rest("PATCH", path, {"content": "x"}) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].body["code"] == 30046


async def test_fifty_a_second_for_the_whole_bot(strict: Asking) -> None:
    frozen = Rules(everything=Rate(3, 60.0))
    async with StandIn(rules=frozen) as standin:
        ask = Asking(standin, strict.session)
        answers = [await ask.rest("GET", "/users/@me") for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert (answers[-1].body["global"], answers[-1].headers["X-RateLimit-Global"]) == (True, "true")


async def test_the_library_waits_by_itself(clock: JumpingClock, addresses: None) -> None:
    """It reads the headers: more edits than the bucket holds, and not one 429."""
    rates = {**Rules().rates, "edit": Rate(5, 0.5)}
    async with StandIn(rules=Rules(rates=rates), clock=clock) as standin:
        redirect(standin)
        async with running(standin) as bot:
            sent = await bot.place().send("card")
            for number in range(12):
                await sent.edit(content=str(number))
        statuses = [one.status for one in standin.log.exchanges if one.method == "PATCH"]
    assert statuses == [200] * 12


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_429s_to_order_are_waited_out(standin: StandIn, bot: SmallBot, scope: str) -> None:
    standin.faults.add("POST", "/messages", rate_limited(0.05, scope))
    assert (await bot.place().send("picture", nonce="p1")).content == "picture"
    assert [one.status for one in standin.log.of("POST", "/messages")] == [429, 200]


async def test_an_answer_can_be_held_back_while_the_world_already_has_the_message(
    standin: StandIn, bot: SmallBot
) -> None:
    """So that a test can kill the bot between the deed and the news of it."""
    gate = asyncio.Event()
    standin.faults.add("POST", "/messages", Reply(gate=gate))
    sending = asyncio.create_task(bot.place().send("picture"))
    await until(lambda: standin.world.messages)
    assert not sending.done()
    gate.set()
    assert (await sending).content == "picture"
