"""What the page's tests see: chromium, quietly, with the page open and everything it complains about collected."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
QUIET += ["disable-component-update", "disable-sync"]
LINE = "/imagine prompt: a red circle slug: hero"


@asynccontextmanager
async def chromium(path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[f"--{flag}" for flag in QUIET])
        yield browser
        await browser.close()


async def look(browser: Browser, url: str, width: int = 1280, height: int = 860) -> tuple[Page, list[str]]:
    """A new tab on the page, and a list that collects every error the browser reports."""
    page = await browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.on("dialog", lambda dialog: errors.append(f"a dialog opened: {dialog.message}"))
    await page.goto(url)
    return page, errors


async def visit(browser: Browser, url: str, width: int = 1280, height: int = 860) -> tuple[Page, list[str]]:
    """As `look`, once the bot's commands are loaded."""
    page, errors = await look(browser, url, width, height)
    await composer(page).press("/")
    await page.get_by_role("option", name="/imagine").wait_for()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    return page, errors


def composer(page: Page) -> Locator:
    return page.get_by_label("Message", exact=True)


def messages(page: Page, text: str) -> Locator:
    return page.locator(".message").filter(has_text=text)


def option(page: Page, name: str) -> Locator:
    return page.get_by_role("combobox", name=name)


async def ask(page: Page) -> Locator:
    """Asks for a picture in one line; answers with the bot's post once its picture has really loaded."""
    await composer(page).fill(LINE)
    await composer(page).press("Enter")
    post = page.locator(".message:has(.picture)").filter(has_text="hero · a red circle")
    image = post.locator(".picture img")
    await expect(image).to_have_js_property("naturalWidth", 8)
    await expect(post.get_by_role("button", name="❌: 1")).to_be_visible()
    return post
