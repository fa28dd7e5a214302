"""Ada in front of the page, with the whole program behind it.

With SCREENSHOTS=FOLDER in the environment each sight that is kept lies there.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Locator, Page

from tests.demo.page.world import CHROMIUM, chromium, composer, visit
from tests.town import Town, open_town

PATIENCE = 120_000  # milliseconds for what is rendered or deleted


@dataclass
class Eyes:
    """What she sees and types."""

    town: Town
    browser: Browser
    page: Page

    async def type(self, line: str) -> None:
        await composer(self.page).fill(line)
        await composer(self.page).press("Enter")

    def private(self, words: str) -> Locator:
        return self.page.locator(".message.ephemeral").filter(has_text=words)

    async def keep(self, name: str, page: Page | None = None) -> None:
        if folder := os.environ.get("SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            await (page or self.page).screenshot(path=Path(folder) / f"story-{name}.png", animations="disabled")


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Eyes]:
    """Whatever the browser complains of fails the test. The worker draws noise."""
    assert CHROMIUM is not None
    async with open_town(folder, "quick") as town, chromium(CHROMIUM) as browser:
        page, errors = await visit(browser, town.standin.page_url, 1180, 1000)
        yield Eyes(town, browser, page)
        assert errors == []
