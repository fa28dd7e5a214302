"""A fresh stand-in for each test, with the referee watching and every violation failing the test."""

from collections.abc import AsyncIterator, Iterator

import aiohttp
import discord
import pytest

from bot.clock import SystemClock
from bot.demo.discord.rules import unhurried
from bot.demo.discord.server import StandIn
from tests.demo.asking import Asking
from tests.demo.small_bot import SmallBot, redirect, running


class JumpingClock(SystemClock):
    """The machine's time plus what the test has skipped."""

    skipped = 0.0

    def now(self) -> float:
        return super().now() + self.skipped


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
def addresses() -> Iterator[None]:
    """The library's own addresses, put back at the end."""
    route, gateway, asset = discord.http.Route, discord.gateway.DiscordWebSocket, discord.asset.Asset
    before = route.BASE, gateway.DEFAULT_GATEWAY, asset.BASE
    yield
    route.BASE, gateway.DEFAULT_GATEWAY, asset.BASE = before


@pytest.fixture
async def standin(clock: JumpingClock, addresses: None) -> AsyncIterator[StandIn]:
    async with StandIn(rules=unhurried(), clock=clock) as standin:
        redirect(standin)
        yield standin
        assert standin.log.violations == []


@pytest.fixture
async def bot(standin: StandIn) -> AsyncIterator[SmallBot]:
    async with running(standin) as bot:
        yield bot


@pytest.fixture
async def ask(standin: StandIn) -> AsyncIterator[Asking]:
    """Raw requests, for bodies that no library would send."""
    async with aiohttp.ClientSession() as session:
        yield Asking(standin, session)
