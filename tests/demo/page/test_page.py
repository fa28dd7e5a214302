"""What people do on the page: ask, judge, reply, attach, look, by mouse and by keyboard."""

import re

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from bot.demo.discord.server import StandIn
from tests.demo.page.drawn import png
from tests.demo.page.world import ask, composer, messages, option, visit

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_command_in_one_line_brings_the_private_answer_and_the_picture(page: Page) -> None:
    """`/imagine …` typed out runs; the answer is marked private and can be dismissed, the picture is shown large."""
    post = await ask(page)
    private = messages(page, "Taken: a red circle")
    await expect(private).to_contain_text("Only you can see this")
    await expect(private).to_contain_text("Ada used /imagine")
    box = await post.locator(".picture").bounding_box()
    assert box is not None
    assert box["width"] >= 320
    await private.get_by_role("button", name="Dismiss message").click()
    await expect(private).to_have_count(0)


async def test_a_command_by_fields_with_choices_from_the_bot(page: Page) -> None:
    """Keys alone: the list of commands, required fields first, autocomplete asked of the bot, Enter sends."""
    await composer(page).press_sequentially("/ima")
    await page.keyboard.press("Tab")
    await expect(option(page, "prompt")).to_be_focused()
    await page.keyboard.type("a blue square")
    await page.get_by_role("button", name="+ model").press("Enter")
    await page.keyboard.type("qwen")
    await expect(page.get_by_role("option")).to_have_text(["Qwen-Image"])
    await page.keyboard.press("Enter")
    await expect(option(page, "model")).to_have_value("Qwen-Image")
    await page.keyboard.press("Enter")
    await expect(messages(page, "none · a blue square")).to_contain_text("qwen-image")
    await expect(composer(page)).to_be_focused()


async def test_a_missing_or_unknown_word_is_answered_beside_the_line(page: Page) -> None:
    """A line without its required option opens the fields; a command nobody has is named; nothing is sent."""
    await composer(page).fill("/imagine slug: hero")
    await composer(page).press("Enter")
    await expect(option(page, "slug")).to_have_value("hero")
    await expect(option(page, "prompt")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("prompt is required.")
    await page.keyboard.press("Escape")
    await composer(page).fill("/dance")
    await composer(page).press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("There is no command /dance.")
    await expect(page.locator(".message")).to_have_count(0)


async def test_a_reaction_is_counted_and_taken_back(page: Page, standin: StandIn) -> None:
    """A click on the bot's ✅ makes two, another click one again; the picker adds a third kind."""
    post = await ask(page)
    await post.get_by_role("button", name="✅: 1, Darkroom").click()
    mine = post.get_by_role("button", name="✅: 2, Darkroom, Ada")
    await expect(mine).to_have_attribute("aria-pressed", "true")
    await mine.click()
    await expect(post.get_by_role("button", name="✅: 1, Darkroom")).to_have_attribute("aria-pressed", "false")
    await post.locator(".chip.add").click()
    await page.get_by_role("button", name="React with 🔥, fire").click()
    await expect(post.get_by_role("button", name="🔥: 1, Ada")).to_be_visible()


async def test_a_button_opens_a_modal_and_its_answer_arrives(page: Page) -> None:
    """Why → a dialog with a labelled input → Enter → the bot's answer; a required input is not sent empty."""
    post = await ask(page)
    await post.get_by_role("button", name="Why").click()
    dialog = page.get_by_role("dialog", name="What is wrong?")
    await expect(dialog.get_by_label("Reason")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_visible()
    await page.keyboard.type("too dark")
    await page.keyboard.press("Enter")
    await expect(messages(page, "Noted: too dark").locator("strong")).to_have_text("too dark")
    await expect(dialog).to_have_count(0)


async def test_a_button_that_nobody_answers_says_so_under_its_message(page: Page) -> None:
    """The button is busy until the outcome; then the sentence stands there and the button can be pressed again."""
    post = await ask(page)
    deaf = post.get_by_role("button", name="Deaf")
    await deaf.click()
    await expect(deaf).to_have_attribute("aria-busy", "true")
    await expect(post.locator("p.notice[role=alert]")).to_contain_text("did not respond")
    await expect(deaf).not_to_have_attribute("aria-busy", "true")


async def test_a_file_goes_with_a_command_and_with_a_message(page: Page) -> None:
    """The attachment option takes a chosen file, the tray a file for a plain message; both arrive whole."""
    sample = FilePayload(name="mask.png", mimeType="image/png", buffer=png(4, 2))
    await composer(page).press_sequentially("/mirror")
    await page.keyboard.press("Enter")
    await page.locator("#option-file").set_input_files(sample)
    await page.get_by_role("button", name="Send").click()
    answer = messages(page, f"Got mask.png, {len(png(4, 2))} bytes")
    await expect(answer.locator(".picture img")).to_have_js_property("naturalWidth", 4)
    await page.locator("#file-picker").set_input_files(sample)
    await composer(page).fill("look")
    await composer(page).press("Enter")
    await expect(messages(page, "look").locator("figcaption")).to_contain_text("mask.png · 4 × 2")


async def test_a_reply_pings_unless_switched_off(page: Page) -> None:
    """A pinged bot reads the reply's words; without the ping it gets an empty message, as on Discord."""
    post = await ask(page)
    for ping, heard in ((True, "I read: darker please"), (False, "I read: nothing")):
        await post.hover()
        await post.get_by_role("button", name="Reply").click()
        await page.get_by_role("switch").set_checked(ping)
        await composer(page).fill("darker please")
        await composer(page).press("Enter")
        await expect(messages(page, heard)).to_have_count(1)
    await expect(page.get_by_role("button", name="Go to the message of Darkroom")).to_have_count(2)


async def test_by_keyboard_from_the_composer_to_a_reaction_and_a_picture(page: Page) -> None:
    """Escape leads to the messages, arrows along them, + reacts, Tab enters one, Enter opens its picture."""
    await ask(page)
    await composer(page).press("Escape")
    focused = page.locator(".message:focus")
    await expect(focused).to_contain_text("hero · a red circle")
    await page.keyboard.press("+")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="❌: 2, Darkroom, Ada")).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    box = page.get_by_role("dialog", name="Picture", exact=True)
    await expect(box).to_contain_text("a red circle (1 of 1)")
    await page.keyboard.press("Escape")
    await expect(box).to_be_hidden()
    await page.keyboard.press("/")
    await expect(composer(page)).to_be_focused()


async def test_hostile_words_stay_words(page: Page, standin: StandIn) -> None:
    """Tags and javascript: links are text; only http links become links, and they open without an opener."""
    words = '<img src=x onerror="alert(1)"> [press](javascript:alert(2)) javascript:alert(3) <script>alert(4)</script>'
    standin.member("grace").post(standin.channel(), f"{words} **bold** https://example.org/a_(b)")
    said = messages(page, "bold")
    await expect(said.locator(".markdown")).to_have_text(f"{words} bold https://example.org/a_(b)")
    await expect(said.locator(".markdown :is(img, script)")).to_have_count(0)
    link = said.locator(".markdown a")
    await expect(link).to_have_attribute("href", "https://example.org/a_(b)")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")


async def test_what_is_read_further_back_stays_in_place(page: Page, standin: StandIn) -> None:
    """At the bottom new messages scroll into view; further back the place is kept and a button leads to them."""
    grace = standin.member("grace")
    for number in range(30):
        grace.post(standin.channel(), f"line {number}\n" * 3)
    await expect(page.get_by_text("line 29").first).to_be_in_viewport()
    await page.locator("#scroller").evaluate("node => { node.scrollTop = 400 }")
    top = page.locator("#scroller")
    grace.post(standin.channel(), "the newest")
    await page.get_by_role("button", name="New messages below").wait_for()
    assert await top.evaluate("node => node.scrollTop") == 400
    await page.get_by_role("button", name="New messages below").click()
    await expect(messages(page, "the newest")).to_be_in_viewport()


async def test_an_edit_a_deletion_and_another_member(page: Page, standin: StandIn) -> None:
    """Own messages can be edited and deleted; as Grace nothing of Ada's private answers is left on the page."""
    await ask(page)
    await composer(page).fill("first words")
    await composer(page).press("Enter")
    await expect(messages(page, "first words")).to_have_count(1)
    await composer(page).press("ArrowUp")
    await page.get_by_label("Edit message").fill("second words")
    await page.keyboard.press("Enter")
    edited = messages(page, "second words")
    await expect(edited).to_contain_text("(edited)")
    await page.get_by_role("radio", name="Grace").click()
    await expect(page.get_by_role("radio", name="Grace")).to_be_checked()
    await expect(messages(page, "hero · a red circle")).to_have_count(1)
    await expect(messages(page, "Taken:")).to_have_count(0)
    await expect(edited.get_by_role("button", name="Delete")).to_have_count(0)
    await page.get_by_role("radio", name="Ada").click()
    await edited.hover()
    await edited.get_by_role("button", name="Delete").click()
    await expect(edited).to_have_count(0)


async def test_a_phone_has_nothing_beside_the_screen(browser: Browser, standin: StandIn) -> None:
    """360 pixels: no sideways scrolling, the composer in reach, the sidebar closed to Tab until it is opened."""
    page, errors = await visit(browser, standin.page_url, 360, 740)
    standin.member("grace").post(standin.channel(), "a-word-without-an-end-" * 12 + "\n```\n" + "code " * 60 + "\n```")
    await ask(page)
    for node in ("html", "#scroller"):
        wide, seen = await page.locator(node).evaluate("node => [node.scrollWidth, node.clientWidth]")
        assert wide <= seen <= 360
    await expect(page.get_by_role("button", name="Send")).to_be_in_viewport()
    assert await page.locator("#sidebar").evaluate("node => node.inert")
    await page.get_by_role("button", name="Channels and people").click()
    await expect(page.get_by_role("button", name=re.compile("lounge"))).to_be_in_viewport()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Channels and people")).to_be_focused()
    await page.close()
    assert errors == []


async def test_a_dropped_file_lands_in_the_command_that_waits_for_one(page: Page) -> None:
    """Dropped on the page while a command lacks its file, it becomes that option; one too large is refused in words."""
    await composer(page).press_sequentially("/mirror")
    await page.keyboard.press("Tab")
    drop = """([name, size]) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(size)], name, {type: "text/plain"}));
        document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
    }"""
    await page.evaluate(drop, ["huge.txt", 11 * 1024 * 1024])
    await expect(page.locator("#composer-alert")).to_contain_text(
        "huge.txt is 11.0 MB; a file may have at most 10.0 MB."
    )
    await page.evaluate(drop, ["notes.txt", 12])
    await expect(page.locator(".pill")).to_contain_text("notes.txt · 12 bytes")
    await page.get_by_role("button", name="Send").click()
    await expect(messages(page, "Got notes.txt, 12 bytes").locator("a.file")).to_contain_text("notes.txt")
