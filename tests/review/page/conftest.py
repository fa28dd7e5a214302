"""One browser for all of these tests; for each one a page of its own, opened from a file."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from bot.review import page as review
from bot.texts import review_page as texts
from tests.demo.page.world import CHROMIUM, chromium
from tests.review.page.shots import REASONS, shots

HERE = ("file:", "data:", "blob:")
Open = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (Debian: apt install chromium)")
    async with chromium(CHROMIUM) as launched:
        yield launched


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, tmp_path: Path) -> AsyncIterator[Open]:
    """Opens the page of these shots. Fails the test for whatever the browser complains about, or asks a network for."""
    errors: list[str] = []
    contexts: list[BrowserContext] = []
    allowed: list[str] = []

    async def opened(
        *,
        width: int = 1280,
        height: int = 860,
        inside: bool = True,
        before: str = "",
        tolerated: str = "\0",
        **context: Any,
    ) -> Page:
        made = shots(tmp_path)
        html = review.render("b.json", "b1", made, texts.WORDS, texts.KEYS, REASONS, inside=inside)
        (tmp_path / "review.html").write_bytes(html)
        contexts.append(await browser.new_context(viewport={"width": width, "height": height}, **context))
        page = await contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        allowed.append(tolerated)
        page.on("dialog", lambda dialog: errors.append(f"a dialog opened: {dialog.message}"))
        page.on(
            "request", lambda one: errors.append(one.url) if one.url.split(":")[0] not in "file data blob" else None
        )
        if before:
            await page.add_init_script(before)
        await page.goto((tmp_path / "review.html").as_uri())
        return page

    yield opened
    for one in contexts:
        await one.close()
    assert [one for one in errors if not any(words in one for words in allowed)] == []
