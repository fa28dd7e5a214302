"""Every kind of message as a person sees it: the real client's words and pictures on the demo's page."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, expect

from bot.clock import new_id
from bot.demo.discord.values import Message
from bot.nouns import Ask, Group, Job, Manner, Verdict
from gpu_agent.wire import Progress
from tests.chat import groups
from tests.chat.people import until
from tests.chat.shelves import stocked
from tests.chat.stage import Stage
from tests.chat.sweep import ABLE
from tests.demo.page.world import CHROMIUM, chromium, composer, visit

TILES = Path(__file__).parents[2] / "docs" / "pictures" / "batch.png"
SIDE, STEP, EDGE = 224, 232, 8


def tile(column: int, row: int = 0, kind: str = "PNG") -> bytes:
    """One of the demo model's own pictures, of those that README shows."""
    left, top = EDGE + STEP * column, EDGE + STEP * row
    out = BytesIO()
    with Image.open(TILES) as sheet:
        sheet.crop((left, top, left + SIDE, top + SIDE)).convert("RGB").save(out, kind)
    return out.getvalue()


@pytest.fixture
async def page(stage: Stage) -> AsyncIterator[Page]:
    """The page as Ada sees it, with the bot up; whatever the browser complains of fails the test."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (Debian: apt install chromium)")
    await stocked(stage.db, *ABLE)
    async with stage.bot(), chromium(CHROMIUM) as browser:
        shown, errors = await visit(browser, stage.standin.page_url, 1000, 1100)
        yield shown
        assert errors == []


async def run(page: Page, line: str) -> None:
    await composer(page).fill(line)
    await composer(page).press("Enter")


async def rendered(stage: Stage, data: bytes, prompt: str, **more: Any) -> tuple[Job, Message]:
    """A picture in the channel, with the model's real pixels."""
    (job,) = await stage.ask(prompt, **more)
    await stage.render(job, data)
    return job, await stage.message(lambda: stage.end_of(job))


def at(page: Page, message: Message) -> Locator:
    return page.locator(f'[data-id="{message.id}"]')


def drawing(stage: Stage, job: Job, preview: bytes) -> None:
    stage.board.progress(Progress(job=job.id, phase="rendering", step=12, of=20), preview)


async def test_waiting_and_what_comes_of_it(stage: Stage, page: Page) -> None:
    """A card with a bar and a preview; the picture with its buttons, its form and its menu; what failed, in words."""
    (job,) = await stage.ask("a red boat at sunset", slug="boat")
    await stage.ask("a house by day", "grace", slug="house")
    card = await stage.card(job)
    drawing(stage, await stage.start(job), tile(1, kind="JPEG"))
    await until(lambda: bool(card.attachments))
    await expect(at(page, card).locator(".embed .picture img")).to_have_js_property("naturalWidth", SIDE)
    _, message = await rendered(stage, tile(0), "an orange house in the hills", slug="house")
    await expect(at(page, message).get_by_role("button", name="🔁")).to_be_visible()
    await at(page, message).get_by_role("button", name="Edit").click()
    dialog = page.locator("dialog.modal[open]")
    await expect(dialog.get_by_role("textbox").first).to_have_value("an orange house in the hills")
    await page.keyboard.press("Escape")
    await at(page, message).click(button="right", position={"x": 300, "y": 20})
    await expect(page.get_by_role("menuitem", name="Why this picture?")).to_be_visible()
    await page.keyboard.press("Escape")
    (failed,) = await stage.ask("a moon", slug="moon")
    await stage.fail(failed, "picture-black", model="demo")
    end = await stage.message(lambda: stage.end_of(failed))
    await expect(at(page, end).locator(".embed")).to_be_visible()


async def test_groups_threads_and_pages(stage: Stage, page: Page) -> None:
    """A contact sheet with its menus; variations in a thread; the question before many; the gallery; the setup."""
    ask = Ask(
        new_id(stage.clock), "a boat", stage.ada, stage.standin.guild_id, int(stage.channel), slug="boat", count=4
    )
    jobs = await stage.intake.accept(ask, Manner(Group.SEEDS))
    for number, job in enumerate(jobs):
        await stage.render(job, tile(number))
    sheet = await groups.sheet(stage, jobs)
    await page.set_viewport_size({"width": 1000, "height": 1700})
    await at(page, sheet).locator("summary").first.click()
    await at(page, sheet).get_by_role("checkbox").nth(1).check()
    await at(page, sheet).get_by_role("button", name="Apply").click()
    await stage.judged_so(jobs[1], {stage.ada: (Verdict.KEEP, "")})
    house, first = await rendered(stage, tile(0), "an orange house in the hills", slug="house")
    (second,) = await stage.ask("an orange house at sunset", slug="house", parent=house.id)
    await stage.render(second, tile(2, 1))
    await stage.message(lambda: stage.end_of(second))
    await at(page, first).locator(".thread-line").click()
    await expect(page.locator(".message .picture")).to_have_count(2)
    await page.get_by_role("button", name="← #darkroom").click()
    await at(page, sheet).get_by_role("link", name="its post").first.click()
    await expect(page.locator(".message.lit, .message:focus")).to_contain_text(f"seed {jobs[0].seed}")
    for line, words in (
        ("/imagine prompt: a {red, green, blue} {boat, house, star} at {dawn, night}", "This makes 18 pictures"),
        ("/gallery", "Gallery"),
        ("/setup", "step 1 of"),
        ("/imagine prompt: a fox model: none-such", "There is no model"),
    ):
        await run(page, line)
        answer = page.locator(".message.ephemeral").last
        await expect(answer).to_contain_text(f"Ada used {line.split(' ')[0]}")
        await expect(answer.locator(".markdown, .embed").first).to_contain_text(words)
