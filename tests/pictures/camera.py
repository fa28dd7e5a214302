"""The page in Chromium, and what is cut out of it: palette PNGs, small enough for a repository."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, FloatRect, Locator, Page

from bot.demo.discord.values import Message
from tests.demo.page.world import chromium

LARGEST = 150_000  # bytes
WIDE, HIGH, SCALE = 900, 1600, 1.5
MARGIN = 14
# The smallest box around what is written and drawn inside the nodes.
BOX = """(nodes) => {
  const boxes = [];
  for (const node of nodes) {
    const words = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (words.nextNode()) {
      range.selectNodeContents(words.currentNode);
      boxes.push([words.currentNode.parentElement, range.getBoundingClientRect()]);
    }
    for (const one of node.querySelectorAll(".embed, .button, .menu, .avatar, .reaction, .picture, .thread-line"))
      boxes.push([one, one.getBoundingClientRect()]);
  }
  const seen = boxes
    .filter(([one, box]) => box.width > 1 && box.height > 1)
    .filter(([one]) => one.checkVisibility() && !one.closest(".tools, .day, .unseen"))
    .map(([, box]) => box);
  const x = Math.min(...seen.map((box) => box.left)), y = Math.min(...seen.map((box) => box.top));
  return { x, y, width: Math.max(...seen.map((box) => box.right)) - x,
           height: Math.max(...seen.map((box) => box.bottom)) - y };
}"""
# Nothing but messages, however near to the edge of the crop it may be.
ALONE = "#composer, #newer, .day, .tools { visibility: hidden !important; } .message { background: none !important; }"


@dataclass
class Camera:
    """Ada's page and Grace's; `kept` are the files that were written."""

    pages: dict[str, Page]
    folder: Path
    kept: list[Path]

    async def messages(self, name: str, messages: Sequence[Message], who: str = "ada") -> None:
        """These messages, from the first to the last."""
        page = self.pages[who]
        nodes = [page.locator(f'.message[data-id="{one.id}"]') for one in messages]
        await nodes[-1].scroll_into_view_if_needed()
        await _loaded(nodes)
        page_nodes = [await node.element_handle() for node in nodes]
        box = await page.evaluate(BOX, page_nodes)
        await self._keep(name, await page.screenshot(clip=_around(box), animations="disabled"))

    async def node(self, name: str, node: Locator) -> None:
        """One thing on the page, such as a form."""
        await self._keep(name, await node.screenshot(animations="disabled"))

    async def _keep(self, name: str, png: bytes) -> None:
        place = self.folder / f"{name}.png"
        place.write_bytes(reduced(png))
        self.kept.append(place)


def _around(box: FloatRect) -> FloatRect:
    x, y = max(0.0, box["x"] - MARGIN), max(0.0, box["y"] - MARGIN)
    return {"x": x, "y": y, "width": box["width"] + 2 * MARGIN, "height": box["height"] + 2 * MARGIN}


async def _loaded(nodes: Sequence[Locator]) -> None:
    for node in nodes:
        await node.wait_for()
        await node.evaluate("node => Promise.all([...node.querySelectorAll('img')].map((one) => one.decode()))")


def reduced(png: bytes, largest: int = LARGEST) -> bytes:
    """A palette of as many colours as fit into so many bytes."""
    opened = Image.open(BytesIO(png)).convert("RGB")
    for colours in (256, 128, 64, 32):
        buffer = BytesIO()
        palette = opened.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        palette.save(buffer, "PNG", optimize=True)
        if buffer.tell() <= largest:
            break
    return buffer.getvalue()


@asynccontextmanager
async def open_camera(chromium_path: str, url: str, folder: Path, now: Callable[[], float]) -> AsyncIterator[Camera]:
    """`now` is the time in the world of the pictures."""
    async with chromium(chromium_path) as browser:
        pages = {who: await _page(browser, url, now) for who in ("ada", "grace")}
        await pages["grace"].get_by_role("radio", name="Grace").click()
        yield Camera(pages, folder, [])


async def _page(browser: Browser, url: str, now: Callable[[], float]) -> Page:
    context = await browser.new_context(
        viewport={"width": WIDE, "height": HIGH}, device_scale_factor=SCALE, reduced_motion="reduce",
        locale="en-GB", timezone_id="UTC", bypass_csp=True,
    )  # fmt: skip
    page = await context.new_page()
    await page.clock.install(time=now())
    await page.goto(url)
    await page.add_style_tag(content=ALONE)
    return page
