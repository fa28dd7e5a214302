"""What the bot can show: embeds, menus, blocks, counting times; and what happens when the line drops."""

import asyncio

import pytest
from playwright.async_api import Browser, Page, Route, expect

from bot.demo.discord.changes import Typing
from bot.demo.discord.server import StandIn
from tests.demo.page.world import composer, look, messages

pytestmark = pytest.mark.asyncio(loop_scope="session")
MARKS = """# Plan
**bold *and slanted*** __under__ ~~gone~~ `code *as is*` ||secret||
> quoted by <@{ada}> in <#{lounge}>
- one
- two
-# small
```py
**not bold**
```"""
# Counts what the page hears of its stream.
HEARING = """
    window.heard = 0;
    window.EventSource = class extends EventSource {
        constructor(address) { super(address); this.addEventListener("message", () => { window.heard += 1; }); }
    };
"""


async def run(page: Page, line: str) -> None:
    await composer(page).fill(line)
    await composer(page).press("Enter")


async def test_an_embed_shows_its_fields_its_picture_and_a_time_that_counts(page: Page) -> None:
    """Every part of the embed is there, marks inside are drawn, and the relative time goes on by itself."""
    await run(page, "/card")
    embed = page.locator(".embed")
    await expect(embed.locator("dt")).to_have_text(["Model", "Seed"])
    await expect(embed.locator("dd strong")).to_have_text("demo")
    await expect(embed.locator("img")).to_have_js_property("naturalWidth", 16)
    await expect(embed).to_contain_text("job 41")
    assert await embed.evaluate("node => getComputedStyle(node).borderLeftColor") == "rgb(242, 163, 60)"
    shown = await embed.locator("time").inner_text()
    assert shown.endswith("seconds ago")
    await expect(embed.locator("time")).not_to_have_text(shown)


async def test_a_choice_in_a_menu_changes_the_message_in_place(page: Page) -> None:
    """The menu names itself by its placeholder; the chosen value reaches the bot; the same message says so."""
    await run(page, "/card")
    await page.get_by_role("combobox", name="Choose the winner").select_option("right")
    await expect(page.locator(".message")).to_have_count(1)
    await expect(page.locator(".message")).to_contain_text("Chosen: right")


async def test_blocks_of_the_second_generation(page: Page) -> None:
    """Container, words, gallery, separator and section are drawn; the link button is a link; the picture opens."""
    await run(page, "/blocks")
    box = page.locator(".container")
    await expect(box.get_by_role("heading", name="Compare")).to_be_visible()
    await expect(box.locator("strong")).to_have_text("one")
    await expect(box.get_by_role("link", name="More")).to_have_attribute("href", "https://example.org/more")
    await box.get_by_role("button", name="Open picture: two boats").press("Enter")
    await expect(page.get_by_role("dialog", name="Picture", exact=True).locator("img")).to_have_js_property(
        "naturalWidth", 16
    )


async def test_a_picture_is_not_loaded_again_when_its_message_changes(page: Page, standin: StandIn) -> None:
    """A reaction redraws the reactions alone: the picture on the page is the same element as before."""
    await run(page, "/imagine a red circle")
    post = messages(page, "none · a red circle")
    await expect(post.get_by_role("button", name="❌: 1")).to_be_visible()
    await post.locator(".picture img").evaluate("node => { node.kept = true }")
    posted = next(one for one in standin.member("grace").messages(standin.channel()) if one.listed)
    standin.member("grace").react(posted.id, "✅")
    await expect(post.get_by_role("button", name="✅: 2, Darkroom, Grace")).to_be_visible()
    assert await post.locator(".picture img").evaluate("node => node.kept") is True


async def test_a_message_in_another_channel_is_counted_there(page: Page, standin: StandIn) -> None:
    """Unread messages stand beside their channel until it is opened; the page then shows that channel."""
    standin.member("grace").post(standin.channel("lounge"), "over here")
    lounge = page.get_by_role("button", name="lounge")
    await expect(lounge).to_contain_text("1")
    await lounge.click()
    await expect(messages(page, "over here")).to_have_count(1)
    await expect(lounge).to_have_attribute("aria-current", "page")
    await expect(lounge).not_to_contain_text("1")


async def test_what_is_heard_before_the_world_is_known_waits_for_it(page: Page, standin: StandIn) -> None:
    """Messages that overtake the page's first question are neither lost nor drawn too early, here and elsewhere."""
    told, grace = asyncio.Event(), standin.member("grace")

    async def hold(route: Route) -> None:
        await told.wait()
        await route.continue_()

    await page.add_init_script(HEARING)
    await page.route("**/member/world*", hold)
    async with page.expect_request("**/member/world*"):
        await page.reload(wait_until="commit")
    grace.post(standin.channel(), "over here")
    grace.post(standin.channel("lounge"), "over there")
    await page.wait_for_function("window.heard >= 3")
    await composer(page).press_sequentially("@")
    told.set()
    await expect(messages(page, "over here")).to_have_count(1)
    await expect(page.get_by_role("button", name="lounge")).to_contain_text("1")


async def test_earlier_messages_come_when_one_scrolls_up(page: Page, standin: StandIn) -> None:
    """A page loads the newest fifty; the others follow at the upper end, each once, in order."""
    for number in range(120):
        standin.member("grace").post(standin.channel(), f"line {number}")
    await page.reload()
    await expect(page.locator(".message")).to_have_count(50)
    for held in (100, 120):
        await page.locator("#scroller").evaluate("node => { node.scrollTop = 0 }")
        await expect(page.locator(".message")).to_have_count(held)
    assert await page.locator(".message .content").all_inner_texts() == [f"line {number}" for number in range(120)]


async def test_the_page_comes_back_by_itself_after_the_demo_was_started_again(browser: Browser) -> None:
    """While nothing answers a line says so; a new world on the same port is shown without a reload."""
    async with StandIn() as first:
        port = int(first.page_url.rstrip("/").rpartition(":")[2])
        page, _ = await look(browser, first.page_url)
        await page.get_by_role("radio", name="Grace").click()
        first.member("ada").post(first.channel(), "before")
        await expect(messages(page, "before")).to_have_count(1)
    await expect(page.get_by_text("The line to the demo is down")).to_be_visible()
    async with StandIn(port) as second:
        second.member("ada").post(second.channel(), "after")
        await expect(messages(page, "after")).to_have_count(1, timeout=30_000)
        await expect(page.get_by_text("The line to the demo is down")).to_be_hidden()
        await expect(messages(page, "before")).to_have_count(0)
        await page.close()


async def test_marks_become_what_discord_makes_of_them(page: Page, standin: StandIn) -> None:
    """Each mark is its own element with the right words; a spoiler shows on a press; a preview has no marks."""
    ada = standin.member("ada")
    said = standin.member("grace").post(
        standin.channel(), MARKS.format(ada=ada.id, lounge=standin.channel("lounge")), reply_to=None
    )
    ada.post(standin.channel(), "agreed", reply_to=said.id)
    words = messages(page, "Plan").first.locator(".markdown")
    found = {
        "strong": "bold and slanted",
        "em": "and slanted",
        "u": "under",
        "s": "gone",
        ":not(pre) > code": "code *as is*",
    }
    found |= {"blockquote": "quoted by @Ada in #lounge", "pre": "**not bold**", ".small": "small", ".h1": "Plan"}
    for selector, text in found.items():
        await expect(words.locator(selector)).to_have_text(text)
    await expect(words.locator("ul li")).to_have_text(["one", "two"])
    await expect(words.get_by_text("secret")).to_be_hidden()
    await words.get_by_title("Spoiler").click()
    await expect(words.get_by_text("secret")).to_be_visible()
    preview = page.get_by_role("button", name="Go to the message of Grace")
    await expect(preview).to_contain_text("Plan bold and slanted under gone code *as is* ▇▇▇ quoted by")


async def test_somebody_types_until_the_message_is_there(page: Page, standin: StandIn) -> None:
    """The line below the composer names who types, and is empty again once that person has spoken."""
    grace = standin.member("grace")
    standin.world.tell(Typing(standin.channel(), grace.id))
    await expect(page.get_by_text("Grace is typing")).to_be_visible()
    grace.post(standin.channel(), "there")
    await expect(page.get_by_text("Grace is typing")).to_have_count(0)
