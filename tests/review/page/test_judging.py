"""Judging on the review page, by keys, clicks and touch, and the lines that come of it."""

import json

import pytest
from playwright.async_api import Locator, Page, expect

from bot.nouns import Verdict
from bot.review import pasted
from bot.review.pasted import Line
from tests.review.page.conftest import Open
from tests.review.page.shots import HOSTILE, JOBS

pytestmark = pytest.mark.asyncio(loop_scope="session")
KNOWN = pasted.words({})
KEEP, REJECT, REROLL = Verdict.KEEP, Verdict.REJECT, Verdict.REROLL


async def press(page: Page, keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


async def lines(page: Page) -> list[str]:
    """What the text box says."""
    await page.get_by_role("button", name="Text to paste").click()
    text = await page.get_by_label("A line for each picture that you judged").input_value()
    await page.keyboard.press("Escape")
    return text.splitlines()


def now(page: Page) -> Locator:
    return page.locator("article.now")


def shown(page: Page, name: str) -> Locator:
    """A button of the picture that is shown."""
    return now(page).get_by_role("button", name=name, exact=True)


async def test_keys_move_and_judge(open_page: Open) -> None:
    """j and k move; 1, 2, 3 judge; a keep goes on to the next open one; the progress counts what was decided before."""
    page = await open_page()
    await expect(page.locator("#count")).to_have_text("1 of 5 decided")
    await press(page, "jk1")
    await expect(now(page).get_by_role("heading")).to_have_text("owl")
    await press(page, "2")
    await expect(now(page).get_by_role("heading")).to_have_text("owl")
    await press(page, "n3")
    await expect(page.locator("#count")).to_have_text("4 of 5 decided")
    assert await lines(page) == ["fox@11111: keep", "owl@22222: reject", "hare@43333: reroll"]


async def test_a_key_that_is_held_judges_once(open_page: Open) -> None:
    """Capital letters do the same; held, j goes on and on."""
    page = await open_page()
    for _ in range(3):
        await page.keyboard.down("1")
    await page.keyboard.up("1")
    assert await lines(page) == ["fox@11111: keep"]
    await page.keyboard.press("Shift+K")
    for _ in range(3):
        await page.keyboard.down("j")
    await expect(now(page).locator(".place")).to_contain_text("4 / 5")


async def test_the_lines_are_read_as_what_was_judged(open_page: Open) -> None:
    """With reasons pressed and typed, whatever is typed: each line is one verdict on one picture."""
    page = await open_page()
    await press(page, "2")
    await shown(page, "hands").click()
    await shown(page, "too dark").click()
    field = now(page).get_by_label("In your own words")
    await field.fill("keep: fox\t – not\u2028 <b>this</b>")
    await field.press("Enter")
    await press(page, "j3")
    await now(page).get_by_label("In your own words").fill("more trees")
    told = await lines(page)
    assert told == [
        "fox@11111: reject – hands, too dark, keep: fox – not <b>this</b>",
        "hare@33333: reroll – more trees",
    ]
    read = list(pasted.read("\n".join(told), KNOWN))
    assert read == [
        Line(1, "fox", None, REJECT, "hands, too dark, keep: fox – not <b>this</b>", "11111"),
        Line(2, "hare", None, REROLL, "more trees", "33333"),
    ]
    assert [job for job in JOBS if job.endswith("33333")] == [JOBS[2]]


async def test_what_was_done_can_be_undone(open_page: Open) -> None:
    """Step for step, each shown again; the same verdict once more takes it back, too."""
    page = await open_page()
    undo = page.get_by_role("button", name="Undo")
    await expect(undo).to_be_disabled()
    await press(page, "1")
    await press(page, "2")
    await shown(page, "blurry").click()
    await undo.click()
    assert await lines(page) == ["fox@11111: keep", "owl@22222: reject"]
    await press(page, "uu")
    await expect(now(page).get_by_role("heading")).to_have_text("fox")
    assert await lines(page) == []
    await expect(undo).to_be_disabled()
    await press(page, "22")
    assert await lines(page) == []


async def test_the_browser_remembers(open_page: Open) -> None:
    """After a reload everything is as it was, until it is told to forget."""
    page = await open_page()
    await press(page, "1")
    await press(page, "2")
    await shown(page, "too dark").click()
    await page.reload()
    await expect(now(page).get_by_role("heading")).to_have_text("owl")
    await expect(shown(page, "reject")).to_have_attribute("aria-pressed", "true")
    assert await lines(page) == ["fox@11111: keep", "owl@22222: reject – too dark"]
    await press(page, "?")
    await page.get_by_role("button", name="Forget my verdicts on this page").click()
    await page.reload()
    assert await lines(page) == []


async def test_where_nothing_may_be_remembered_it_says_so_and_works(open_page: Open) -> None:
    refuse = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"
    page = await open_page(before=refuse)
    await expect(page.get_by_text("This browser remembers nothing")).to_be_visible()
    await press(page, "1")
    assert await lines(page) == ["fox@11111: keep"]


@pytest.mark.parametrize(
    "rubbish",
    [
        {"judged": {"x": 1, JOBS[0]: {"verdict": "<b>", "reasons": 3}}, "place": 99, "onwards": "no"},
        {"judged": {JOBS[0]: {"verdict": "constructor"}, JOBS[1]: None}, "place": "x"},
        {"judged": 7},
        [None],
        None,
    ],
)
async def test_what_is_kept_there_is_not_trusted(open_page: Open, rubbish: object) -> None:
    """Another page's leavings under the same name break nothing, and nothing of them is told."""
    script = f"localStorage.setItem('darkroom-review:b1', {json.dumps(json.dumps(rubbish))})"
    page = await open_page(before=script)
    assert await lines(page) == []
    await expect(page.locator("#count")).to_have_text("1 of 5 decided")
    await expect(page.get_by_text("This browser remembers nothing")).to_be_hidden()


async def test_hostile_words_stay_words(open_page: Open) -> None:
    """Whatever stands in prompts, figures and reasons is shown letter for letter, and nothing of it happens."""
    page = await open_page()
    await press(page, "j")
    await expect(now(page).locator(".prompt")).to_have_text(HOSTILE)
    await expect(now(page).locator("blockquote")).to_have_text(HOSTILE)
    assert await page.evaluate("window.owned") is None
    assert await page.locator("article img").count() == 4


async def test_even_a_hole_would_let_nothing_run(open_page: Open) -> None:
    """The policy stops scripts that are not the page's own, and text that becomes HTML."""
    page = await open_page(tolerated="TrustedHTML")
    refused = await page.evaluate(
        "(() => { try { document.body.innerHTML += '<img src=x onerror=\"window.owned = 1\">'; return false }"
        " catch { return true } })()"
    )
    assert refused
    assert await page.evaluate("window.owned") is None


@pytest.mark.parametrize("inside", [True, False])
async def test_pictures_are_there_without_a_network(open_page: Open, inside: bool) -> None:
    """Inside the page, or beside it; one that is lost says so."""
    page = await open_page(inside=inside)
    assert await page.locator("article img").evaluate_all("all => all.map(one => one.naturalWidth)") == [320] * 4
    addresses = await page.locator("article img").evaluate_all("all => all.map(one => one.getAttribute('src'))")
    assert all(address.startswith("data:") is inside for address in addresses)
    await press(page, "jjjj")
    await expect(now(page)).to_contain_text("This picture is lost.")


async def test_the_overview_shows_all_and_leads_to_each(open_page: Open) -> None:
    page = await open_page()
    await press(page, "1g")
    thumbs = page.get_by_role("navigation").get_by_role("listitem").get_by_role("button")
    await expect(thumbs).to_have_count(5)
    await expect(thumbs.nth(0)).to_have_accessible_name("1: fox@11111, keep")
    await expect(thumbs.nth(1)).to_be_focused()
    await press(page, "j3")
    await expect(thumbs.nth(2)).to_have_accessible_name("3: hare@33333, reroll")
    await thumbs.nth(3).click()
    await expect(now(page).locator(".place")).to_contain_text("4 / 5")
    await expect(now(page).locator(".place")).to_contain_text("meadow")


async def test_a_phone(open_page: Open) -> None:
    """Nothing is wider than the screen; a swipe moves; everything to press is large enough and can be reached."""
    page = await open_page(width=360, height=740, has_touch=True, is_mobile=True)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await now(page).locator("figure").evaluate(SWIPE)
    await expect(now(page).get_by_role("heading")).to_have_text("owl")
    await shown(page, "reject").tap()
    await shown(page, "blurry").tap()
    assert await lines(page) == ["owl@22222: reject – blurry"]
    sizes = await page.locator("button:visible").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 36
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360


SWIPE = """node => {
    const at = (x) => ({ bubbles: true, pointerType: "touch", clientX: x, clientY: 200 });
    node.dispatchEvent(new PointerEvent("pointerdown", at(300)));
    node.dispatchEvent(new PointerEvent("pointerup", at(120)));
}"""


@pytest.mark.parametrize("size", [(844, 390), (1024, 560), (820, 1180), (1920, 1080)])
async def test_the_verdicts_are_in_sight_on_every_screen(open_page: Open, size: tuple[int, int]) -> None:
    """Also on a phone that lies on its side."""
    page = await open_page(width=size[0], height=size[1])
    for name in ("keep", "reject", "reroll"):
        await expect(shown(page, name)).to_be_in_viewport(ratio=1)
    await expect(now(page).locator("img")).to_be_in_viewport(ratio=1)
    assert await page.evaluate("document.documentElement.scrollWidth") <= size[0]


async def test_who_listens_hears_what_was_done(open_page: Open) -> None:
    """The verdict and how many are decided are said; buttons tell whether they are pressed; the picture has words."""
    page = await open_page()
    await expect(page.get_by_role("img", name="fox: a red fox")).to_be_visible()
    await expect(now(page).get_by_role("group", name="Verdict")).to_be_visible()
    await press(page, "1")
    await expect(page.locator("#said")).to_have_text("fox@11111: keep. 2 of 5 decided.")
    await expect(now(page).get_by_role("heading")).to_be_focused()


async def test_without_scripts_everything_can_be_looked_at(open_page: Open) -> None:
    page = await open_page(java_script_enabled=False)
    await expect(page.locator("noscript p")).to_be_visible()
    await expect(page.get_by_role("heading", level=2).filter(has_text="fox")).to_be_visible()
    await expect(page.get_by_role("img", name="hare: a hare")).to_have_count(2)


async def test_the_text_can_be_copied_and_saved(open_page: Open) -> None:
    """Word for word, also when it is too long for Discord's form, which is told."""
    page = await open_page(permissions=["clipboard-read", "clipboard-write"])
    await press(page, "2")
    await now(page).get_by_label("In your own words").fill("größer – “so” " * 20)
    await page.keyboard.press("Escape")
    told = "\n".join(await lines(page))
    await press(page, "t")
    await page.get_by_role("button", name="Copy", exact=True).click()
    await expect(page.get_by_text("Copied.")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == told
    async with page.expect_download() as saved:
        await page.get_by_role("link", name="Save as a file").click()
    download = await saved.value
    assert download.suggested_filename == "verdicts.txt"
    assert (await download.path()).read_text(encoding="utf-8") == f"{told}\n"


async def test_going_on_by_itself_can_be_left_out(open_page: Open) -> None:
    """Then a keep stays where it is, also after a reload; the last one of all brings the text."""
    page = await open_page()
    await press(page, "?")
    await page.get_by_label("Go on to the next open picture after a keep").uncheck()
    await page.keyboard.press("Escape")
    await page.reload()
    await press(page, "1")
    await expect(now(page).get_by_role("heading")).to_have_text("fox")
    await press(page, "?")
    await page.get_by_label("Go on to the next open picture after a keep").check()
    await page.keyboard.press("Escape")
    await press(page, "j1")
    await press(page, "111")
    await expect(page.get_by_role("dialog", name="Text to paste")).to_be_visible()
