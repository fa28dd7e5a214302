"""A file of fifty prompts on the page, by clicks alone: estimated, rendered, judged by number, its rejects drawn again,
handed out, judged on the exported page, and what that says pasted back. The worker draws noise.
"""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Locator, expect

from tests.demo.page.world import CHROMIUM, composer, messages
from tests.dispatch.rig import until
from tests.eyes import PATIENCE, Eyes, opened

FIFTY = [{"slug": f"thing-{number}", "prompt": f"thing {number} on a table"} for number in range(1, 51)]


@pytest.fixture
async def eyes(tmp_path: Path) -> AsyncIterator[Eyes]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (Debian: apt install chromium)")
    async with opened(tmp_path) as eyes:
        yield eyes


async def test_fifty_from_a_file_to_an_accepted_set(eyes: Eyes, tmp_path: Path) -> None:
    """The ledger holds the same fifty throughout, one picture each and one more for each reject."""
    await sent(eyes)
    await judged(eyes)
    await drawn_again(eyes)
    page = await handed_out(eyes, tmp_path)
    await pasted_back(eyes, await judged_there(eyes, page))


async def sent(eyes: Eyes) -> None:
    """The file is looked at first; one click accepts all of it."""
    data = json.dumps({"defaults": {"width": 96, "height": 96, "steps": 1}, "items": FIFTY}).encode()
    await composer(eyes.page).press_sequentially("/batch render")
    await eyes.page.keyboard.press("Enter")
    file = FilePayload(name="prompts-batch-1.json", mimeType="application/json", buffer=data)
    await eyes.page.locator("#option-file").set_input_files(file)
    await eyes.page.get_by_role("button", name="Send").click()
    question = eyes.private("Shall it be rendered?")
    await expect(question).to_contain_text("50 pictures")
    await eyes.keep("batch-question")
    await question.get_by_role("button", name="Render all: 50 pictures").click()
    card = messages(eyes.page, "prompts-batch-1.json").last
    await expect(card.locator(".thread-line")).to_be_visible(timeout=PATIENCE)
    await eyes.keep("batch-card")
    await card.locator(".thread-line").click()
    for sheet in (first(eyes), second(eyes)):
        await expect(sheet).to_be_visible(timeout=PATIENCE)
    await until_rendered(eyes, 50)
    for sheet in (first(eyes), second(eyes)):
        await expect(sheet).not_to_contain_text("to come", ignore_case=True, timeout=PATIENCE)


def first(eyes: Eyes) -> Locator:
    return eyes.page.locator(".message:has(.components)").filter(has_text="json · 1–25")


def second(eyes: Eyes) -> Locator:
    return eyes.page.locator(".message:has(.components)").filter(has_text="json · 26–50")


async def until_rendered(eyes: Eyes, count: int) -> None:
    async def rendered() -> bool:
        said = "SELECT count(*) FROM notices WHERE kind = 'picture' AND state = 'said'"
        return await eyes.town.rows(said) == [(count,)]

    await until(rendered, f"{count} pictures that are posted")


async def judged(eyes: Eyes) -> None:
    """“All but 3, 7” on the first sheet, all of the second."""
    await in_numbers(eyes, first(eyes), "all but 3, 7", 25)
    await in_numbers(eyes, second(eyes), "all", 25)
    await expect(first(eyes)).to_contain_text("50 of 50 decided", timeout=PATIENCE)
    await eyes.keep("batch-sheet")
    assert await decided(eyes) == [("keep", 48), ("reject", 2)]


async def in_numbers(eyes: Eyes, sheet: Locator, words: str, count: int) -> None:
    await sheet.get_by_role("button", name="All but …").click()
    form = eyes.page.get_by_role("dialog", name="Verdicts in numbers")
    await form.get_by_role("textbox").fill(words)
    await form.get_by_role("button", name="Submit").click()
    await eyes.page.get_by_role("button", name=f"Record {count} verdicts").last.click()
    await expect(eyes.page.get_by_role("button", name=f"Record {count} verdicts")).to_have_count(0)


async def decided(eyes: Eyes) -> list[tuple[str, int]]:
    return await eyes.town.rows("SELECT verdict, count(*) FROM verdict_now GROUP BY verdict ORDER BY verdict")


async def drawn_again(eyes: Eyes) -> None:
    """Two rejects, two new pictures with other seeds; both are kept."""
    await first(eyes).get_by_role("button", name="Reroll the rejects").click()
    await expect(eyes.private("Round 2")).to_be_visible()
    await until_rendered(eyes, 52)
    await expect(first(eyes)).to_contain_text("48 of 50 decided", timeout=PATIENCE)
    await in_numbers_at_once(eyes, first(eyes), "keep 3, 7")
    await expect(first(eyes)).to_contain_text("50 of 50 decided", timeout=PATIENCE)
    assert await eyes.town.rows("SELECT slug, count(DISTINCT seed) FROM jobs GROUP BY slug HAVING count(*) > 1") == [
        ("thing-3", 2),
        ("thing-7", 2),
    ]
    await eyes.keep("batch-accepted")


async def in_numbers_at_once(eyes: Eyes, sheet: Locator, words: str) -> None:
    """A few changes need no further click."""
    await sheet.get_by_role("button", name="All but …").click()
    form = eyes.page.get_by_role("dialog", name="Verdicts in numbers")
    await form.get_by_role("textbox").fill(words)
    await form.get_by_role("button", name="Submit").click()
    await expect(eyes.private("Understood and recorded")).to_be_visible()


async def handed_out(eyes: Eyes, folder: Path) -> Path:
    """The ZIP that the bot hands out, unpacked; gives its review page."""
    await eyes.type("/batch export batch: prompts-batch-1.json")
    answer = eyes.private("Open review.html in it")
    await expect(answer).to_be_visible(timeout=PATIENCE)
    address = await answer.locator("a.file").get_attribute("href")
    assert address is not None
    found = await eyes.page.request.get(address)
    with zipfile.ZipFile(io.BytesIO(await found.body())) as packed:
        names = set(packed.namelist())
        packed.extractall(folder / "set")
    assert {f"thing-{number}.png" for number in range(1, 51)} <= {Path(name).name for name in names}
    (page,) = (folder / "set").rglob("review.html")
    return page


async def judged_there(eyes: Eyes, path: Path) -> str:
    """By keys: the first is kept, the second rejected for a reason; gives the text to paste."""
    page = await eyes.browser.new_page()
    await page.goto(path.as_uri())
    await page.keyboard.press("1")
    await page.keyboard.press("2")
    await page.keyboard.press("r")
    await page.keyboard.type("too dark")
    await page.keyboard.press("Escape")
    await eyes.keep("batch-review", page)
    await page.keyboard.press("t")
    text = await page.get_by_role("textbox").last.input_value()
    await page.close()
    return text


async def pasted_back(eyes: Eyes, text: str) -> None:
    """Shown first; then it counts."""
    assert "too dark" in text
    await eyes.type("/review paste")
    form = eyes.page.get_by_role("dialog", name="Verdicts as text")
    await form.get_by_role("textbox").fill(text)
    await form.get_by_role("button", name="Submit").click()
    await eyes.page.get_by_role("button", name="Record").last.click()

    async def heard() -> bool:
        return ("reject", 3) in await decided(eyes)

    await until(heard, "the verdicts that were pasted")
    await eyes.keep("batch-pasted")
