"""The further story on the page: groups, menus, forms, threads, pages and deleting, by mouse, with the whole program.

The worker draws noise. With SCREENSHOTS=FOLDER in the environment each sight is kept there.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from tests.demo.page.world import CHROMIUM, messages
from tests.eyes import PATIENCE, Eyes, opened


@pytest.fixture
async def eyes(tmp_path: Path) -> AsyncIterator[Eyes]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (Debian: apt install chromium)")
    async with opened(tmp_path) as eyes:
        yield eyes


def hero(eyes: Eyes, seed: int) -> Locator:
    """The post of the picture with this seed of slug hero."""
    return eyes.page.locator(".message:has(.picture)").filter(has_text=f"hero-{seed}.png")


async def test_a_group_from_the_ask_to_the_last_page(eyes: Eyes) -> None:
    """Asked for with options, judged by menu, edited in a form, varied into a thread, leafed through, deleted."""
    await asked(eyes)
    await chosen(eyes)
    await edited_and_varied(eyes)
    await confirmed(eyes)
    await leafed(eyes)
    await deleted(eyes)


async def asked(eyes: Eyes) -> None:
    await eyes.type("/imagine prompt: a house slug: hero seed: 7 count: 2 steps: 2 negative: people ping: True")
    await expect(eyes.private("Accepted 2 pictures of hero")).to_be_visible()
    for seed in (7, 8):
        await expect(hero(eyes, seed)).to_be_visible(timeout=PATIENCE)
    assert await eyes.town.rows("SELECT DISTINCT steps, negative FROM jobs") == [(2, "people")]
    await eyes.keep("asked")


async def chosen(eyes: Eyes) -> None:
    """The second picture is kept in the menu of the sheet."""
    sheet = messages(eyes.page, "2 pictures of one prompt")
    await expect(sheet).to_be_visible(timeout=PATIENCE)
    await sheet.get_by_text("Keep …").click()
    await sheet.get_by_role("checkbox", name="2 · seed 8").first.check()
    await eyes.keep("menu")
    await sheet.get_by_role("button", name="Apply").first.click()
    await expect(eyes.private("Recorded: keep 2.")).to_be_visible()
    found = await eyes.town.until_ledger(lambda one: len(one.judgements) == 1)
    assert [one.verdict for one in found.judgements] == ["keep"]


async def edited_and_varied(eyes: Eyes) -> None:
    """What is made from a picture stands in the thread under it."""
    await hero(eyes, 7).get_by_role("button", name="Edit").click()
    form = eyes.page.get_by_role("dialog")
    await expect(form.get_by_label("Prompt")).to_have_value("a house")
    await form.get_by_label("Prompt").fill("a house by night")
    await form.get_by_label("Seed").fill("9")
    await eyes.keep("form")
    await form.get_by_role("button", name="Submit").click()
    await expect(eyes.private("Accepted 1 picture of hero").first).to_be_visible()
    await hero(eyes, 7).get_by_role("button", name="Vary").click()
    line = hero(eyes, 7).locator(".thread-line")
    await expect(line).to_contain_text("2 messages", timeout=PATIENCE)
    await line.click()
    await expect(eyes.page.locator("#channel-name")).to_have_text("hero")
    await expect(eyes.page.locator(".message:has(.button):has(.picture)")).to_have_count(2)
    await expect(hero(eyes, 9)).to_contain_text("a house by night")
    await eyes.keep("thread")
    await eyes.page.get_by_role("button", name="← #darkroom").click()


async def confirmed(eyes: Eyes) -> None:
    """Ten at once are asked about; the question becomes the answer."""
    await eyes.type("/imagine prompt: a {red,blue,green,white,black} fox count: 2 steps: 1 slug: fox")
    question = eyes.private("This makes 10 pictures")
    await eyes.keep("question")
    await question.get_by_role("button", name="Render 10 pictures").click()
    await expect(eyes.private("Accepted 10 pictures of fox")).to_be_visible()
    await expect(
        messages(eyes.page, "10 prompts made from one").or_(messages(eyes.page, "fox-sheet.jpg")).first
    ).to_be_visible(timeout=PATIENCE)


async def leafed(eyes: Eyes) -> None:
    """Fourteen pictures are two pages, there and back."""
    await eyes.type("/gallery")
    page = eyes.private("Gallery").last
    await expect(page.get_by_role("link", name="fox").first).to_be_visible()
    await expect(page.get_by_role("link", name="hero")).to_have_count(0)
    await expect(page.get_by_role("button", name="◀ Newer")).to_be_disabled()
    await page.get_by_role("button", name="Older ▶").click()
    await expect(page.get_by_role("link", name="hero")).to_have_count(4)
    await eyes.keep("gallery")
    await page.get_by_role("button", name="◀ Newer").click()
    await expect(page.get_by_role("link", name="hero")).to_have_count(0)


async def deleted(eyes: Eyes) -> None:
    """Asked first; then it is gone from the page."""
    await hero(eyes, 8).get_by_role("button", name="Delete").click()
    question = eyes.private("for good? It cannot be brought back.")
    await expect(question).to_be_visible()
    await eyes.keep("delete")
    await question.get_by_role("button", name="Delete it for good").click()
    await expect(hero(eyes, 8)).to_have_count(0, timeout=PATIENCE)
    assert await eyes.town.rows("SELECT count(*) FROM pictures WHERE deleted_at IS NOT NULL") == [(1,)]
