"""What people choose on the page: menus, long forms, threads, spoilers; and what changes without a flicker."""

import re

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from bot.demo.discord.permissions import Permission
from bot.demo.discord.server import StandIn
from tests.demo.page.drawn import png
from tests.demo.page.world import ask, composer, messages, visit

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def run(page: Page, line: str) -> None:
    await composer(page).fill(line)
    await composer(page).press("Enter")


async def test_every_kind_of_menu_has_its_own_choices(page: Page, standin: StandIn) -> None:
    """Words, people, roles, channels; several at once are applied together."""
    standin.make_role("Keepers")
    await run(page, "/menus")
    post = page.locator(".message:has(.components)")
    await post.get_by_text("Keep which?").click()
    for choice in ("Left", "Right"):
        await post.get_by_role("checkbox", name=choice).check()
    await expect(post.locator(".chosen")).to_have_text("2 chosen")
    await post.get_by_role("button", name="Apply").click()
    await expect(post).to_contain_text("Kept: left, right")
    for name, choice, said in (
        ("Who judges?", "Grace", "Judge: @Grace"),
        ("Which role?", "@Keepers", "Role: @Keepers"),
        ("Where?", "#lounge", "Place: #lounge"),
    ):
        options = await post.get_by_role("combobox", name=name).locator("option").all_inner_texts()
        await post.get_by_role("combobox", name=name).select_option(next(one for one in options if choice in one))
        await expect(post).to_contain_text(said)
    await expect(post.get_by_role("button", name=re.compile("Again|Vary|Upscale|Edit|Delete"))).to_have_count(5)


async def test_a_messages_menu_has_the_bots_commands(page: Page) -> None:
    """By a right click and by the three dots; arrows walk through it, Escape leads back to the message."""
    post = await ask(page)
    await post.click(button="right", position={"x": 4, "y": 4})
    menu = page.get_by_role("menu", name="Message menu")
    await expect(menu.get_by_role("menuitem").first).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await post.hover()
    await post.get_by_role("button", name="More").click()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowDown")
    await expect(menu.get_by_role("menuitem", name="Ask again")).to_be_focused()
    await page.keyboard.press("Enter")
    private = messages(page, "Again: hero · a red circle")
    await expect(private).to_contain_text("Only you can see this")


async def test_a_long_form_of_every_input(page: Page, standin: StandIn) -> None:
    """Words above, a text with its beginning, a choice, a file, a person; opened from a message's menu."""
    standin.member("grace").post(standin.channel(), "a fox at dusk")
    await messages(page, "a fox at dusk").click(button="right")
    await page.get_by_role("menuitem", name="Remix this").click()
    dialog = page.get_by_role("dialog", name="Edit and ask again")
    await expect(dialog.locator("strong")).to_have_text("anew")
    await dialog.get_by_label("Prompt").fill("an owl")
    await dialog.get_by_label("Style").select_option("right")
    await dialog.get_by_label("Mask").set_input_files(FilePayload(name="m.png", mimeType="image/png", buffer=png()))
    await dialog.get_by_label("Judge").select_option(standin.member("grace").id)
    await dialog.get_by_role("button", name="Submit").click()
    said = messages(page, f"an owl; ['right']; [{len(png())}]; ['grace']")
    await expect(said).to_contain_text("Only you can see this")
    await expect(dialog).to_have_count(0)


async def test_a_thread_is_begun_read_put_away_and_taken_out(page: Page, standin: StandIn) -> None:
    """From a message's menu into the thread; its line under the message counts; writing takes it out again."""
    standin.member("grace").post(standin.channel(), "a fox at dusk")
    origin = messages(page, "a fox at dusk")
    await origin.click(button="right")
    await page.get_by_role("menuitem", name="Begin a thread").click()
    await page.get_by_role("dialog", name="Begin a thread").get_by_label("Name").fill("foxes")
    await page.keyboard.press("Enter")
    await expect(page.locator("#channel-name")).to_have_text("foxes")
    await expect(page.locator(".message").first).to_contain_text("This is the beginning of foxes.")
    await run(page, "in the thread")
    await page.get_by_role("button", name="Put away").click()
    await expect(page.locator("#thread-bar")).to_contain_text("whoever writes takes it out again")
    await run(page, "out again")
    await expect(page.get_by_role("button", name="Put away")).to_be_visible()
    await page.get_by_role("button", name="← #darkroom").click()
    line = origin.locator(".thread-line")
    await expect(line).to_contain_text("foxes2 messages")
    thread = standin.channel("foxes")
    first = next(one for one in standin.member("ada").messages(thread) if one.content == "in the thread")
    await page.reload()
    standin.member("grace").react(first.id, "✅")
    standin.member("grace").post(thread, "one more")
    await expect(line).to_contain_text("foxes3 messages")
    await line.click()
    await expect(messages(page, "in the thread")).to_have_count(1)


async def test_a_hidden_picture_is_shown_when_one_asks_for_it(page: Page) -> None:
    """The veil is a button; a clip beside it is a player that keeps its place."""
    await run(page, "/hidden")
    post = messages(page, "careful")
    await expect(post.locator(".veiled .picture")).to_have_attribute("inert", "")
    await post.get_by_role("button", name="Spoiler: show it").press("Enter")
    await expect(post.locator(".veiled")).to_have_count(0)
    await expect(post.get_by_role("button", name=re.compile("Open picture"))).to_be_focused()
    await expect(post.locator("video.clip")).to_have_attribute("controls", "")


async def test_a_preview_changes_from_frame_to_frame(page: Page) -> None:
    """No picture is put onto the page before it has been decoded, so that nothing flickers or jumps."""
    await page.evaluate(
        """() => {
            window.blank = 0;
            new MutationObserver((changes) => {
                for (const { addedNodes } of changes) for (const node of addedNodes)
                    for (const image of node.querySelectorAll?.(".embed .picture img") ?? [])
                        if (!image.complete) window.blank += 1;
            }).observe(document.querySelector("#messages"), { childList: true, subtree: true });
        }"""
    )
    await run(page, "/preview")
    await expect(page.locator(".embed .picture img")).to_have_js_property("naturalWidth", 96)
    await expect(page.locator(".embed")).to_contain_text("step 6")
    # The first picture comes with the message itself; there was nothing to keep in its place.
    assert await page.evaluate("window.blank") <= 1


async def test_what_the_model_understands_is_a_press_away(page: Page) -> None:
    """Words go into the line; an example is ready to be sent."""
    await page.get_by_role("button", name="What can I ask?").click()
    dialog = page.get_by_role("dialog", name="What can I ask?")
    await dialog.get_by_role("button", name="red", exact=True).click()
    await dialog.get_by_role("button", name="star", exact=True).click()
    await expect(composer(page)).to_have_value("/imagine prompt: red star")
    await dialog.get_by_role("button", name="a big cat on the left, watercolour").click()
    await expect(dialog).to_be_hidden()
    await expect(composer(page)).to_have_value("/imagine prompt: a big cat on the left, watercolour")


async def test_rights_and_marks_of_channels_are_shown(page: Page, standin: StandIn) -> None:
    """A channel for adults says so, one where one may not write closes the line, direct messages stand apart."""
    dark = standin.make_channel("afterdark", nsfw=True)
    quiet = standin.world.channel(standin.make_channel("reading"))
    standin.world.overwrite(quiet, standin.world.guild.id, deny=int(Permission.SEND_MESSAGES))
    standin.world.direct(standin.member("grace").id)
    await page.get_by_role("radio", name="Grace").click()
    await expect(page.locator("#direct")).to_contain_text("Darkroom")
    await page.locator(f'[data-channel="{dark}"]').click()
    await expect(page.locator("#age")).to_be_visible()
    await page.locator(f'[data-channel="{quiet.id}"]').click()
    await expect(composer(page)).to_be_disabled()
    await expect(page.locator("#age")).to_be_hidden()


async def test_menus_and_threads_fit_a_phone(browser: Browser, standin: StandIn) -> None:
    """360 pixels: nothing beside the screen, the message's menu and the dialog of words inside it."""
    page, errors = await visit(browser, standin.page_url, 360, 740)
    await run(page, "/menus")
    post = page.locator(".message:has(.components)")
    await post.get_by_text("Keep which?").click()
    await post.click(button="right", position={"x": 4, "y": 4})
    box = await page.get_by_role("menu", name="Message menu").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="What can I ask?").click()
    for node in ("html", "#scroller", "#words"):
        wide, seen = await page.locator(node).evaluate("node => [node.scrollWidth, node.clientWidth]")
        assert wide <= seen <= 360
    await page.close()
    assert errors == []
