"""One browser for all; for each test a fresh stand-in with a small bot, and the page as Ada sees it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from bot.demo.discord.rules import unhurried
from bot.demo.discord.server import StandIn
from tests.demo.page.picture_bot import online
from tests.demo.page.world import CHROMIUM, chromium, visit
from tests.demo.small_bot import redirect


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (Debian: apt install chromium)")
    async with chromium(CHROMIUM) as launched:
        yield launched


@pytest_asyncio.fixture(loop_scope="session")
async def standin(addresses: None) -> AsyncIterator[StandIn]:
    async with StandIn(rules=unhurried()) as standin:
        redirect(standin)
        async with online(standin):
            yield standin


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, standin: StandIn) -> AsyncIterator[Page]:
    """Fails the test when the browser reported an error meanwhile."""
    shown, errors = await visit(browser, standin.page_url)
    yield shown
    await shown.close()
    assert errors == []
