"""The story as a person sees it: the page in a real browser, with the whole program behind it.

With SCREENSHOT=FILE in the environment the last sight is kept: README's picture is made that way.
"""

import os

import pytest
from playwright.async_api import expect

from tests.demo.page.world import CHROMIUM, chromium, composer, visit
from tests.town import Town


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (Debian: apt install chromium)")
async def test_typed_seen_and_judged_in_the_browser(town: Town) -> None:
    """Typing /imagine brings the picture onto the page; ❌ and a reason are verdicts; the next one has the cue."""
    assert CHROMIUM is not None
    async with chromium(CHROMIUM) as browser:
        page, errors = await visit(browser, town.standin.page_url, 1180, 1000)
        await composer(page).fill("/imagine prompt: an orange house in the hills slug: hero seed: 11")
        await composer(page).press("Enter")
        post = page.locator(".message:has(.picture)").filter(has_text="an orange house in the hills")
        await expect(post).to_be_visible(timeout=60_000)
        await expect(post.get_by_role("button", name="❌")).to_be_visible(timeout=10_000)
        await post.get_by_role("button", name="❌").click()
        await town.until_ledger(lambda found: [one.verdict for one in found.judgements] == ["reject"])

        await post.get_by_role("button", name="Why?").click()
        await page.get_by_role("dialog").get_by_role("textbox").fill("at night")
        await page.keyboard.press("Control+Enter")
        await town.until_ledger(lambda found: [one.words for one in found.judgements] == ["at night"])

        await composer(page).fill("/imagine prompt: an orange house in the hills slug: hero seed: 11")
        await composer(page).press("Enter")
        changed = page.locator(".message:has(.picture)").filter(has_text="with cues: at night")
        await expect(changed).to_be_visible(timeout=60_000)
        await expect(changed.get_by_role("button", name="🔁")).to_be_visible(timeout=10_000)
        if kept := os.environ.get("SCREENSHOT"):
            for busy in ("Cancel", "Stop"):
                await expect(page.get_by_role("button", name=busy)).to_have_count(0, timeout=20_000)
            await page.set_viewport_size({"width": 1000, "height": 1720})
            await page.mouse.move(20, 700)
            await page.screenshot(path=kept, animations="disabled")
        assert errors == []
    await town.everything_once(2)
