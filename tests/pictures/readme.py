"""README's two pictures: the sample batch as it comes, and what a reason does to the next picture of a slug."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import expect

from bot.demo.discord.values import Message
from tests.agent.sshd import ROOT
from tests.chat.people import until
from tests.demo.page.world import CHROMIUM, chromium, visit
from tests.pictures.atelier import Atelier, open_atelier
from tests.pictures.camera import LARGEST, reduced

BATCH = ROOT / "examples" / "prompts-batch-1.json"
ASKED: dict[str, Any] = {"prompt": "an orange house in the hills", "slug": "hero", "seed": 11}
SIDE, GAP, ACROSS = 224, 8, 4


async def draw(folder: Path) -> list[Path]:
    """The files that were written."""
    async with open_atelier() as house:
        channel, batch = folder / "channel.png", folder / "batch.png"
        channel.write_bytes(reduced(await learned(house), 2 * LARGEST))
        batch.write_bytes(await tiles(house))
    return [channel, batch]


async def learned(house: Atelier) -> bytes:
    """A picture is sent back with a reason, and asked for again with the same seed; the channel as Ada sees it."""
    assert CHROMIUM is not None
    house.rung("ready")
    ada = house.stage.standin.member("ada")
    async with chromium(CHROMIUM) as browser:
        page, errors = await visit(browser, house.stage.standin.page_url, 1000, 1720)
        first = await _posted(house)
        await until(lambda: len(first.reactions) == 3)
        ada.react(first.id, "❌")
        job = next(str(one["custom_id"]) for one in first.components[0]["components"]).rpartition(":")[2]
        form = await ada.click(first.id, f"why:{job}")
        await house.answer(await ada.submit(form.interaction_id, {"reason": "at night"}))
        second = await _posted(house)
        await until(lambda: len(second.reactions) == 3)
        shown = page.locator(f'.message[data-id="{second.id}"]')
        await shown.scroll_into_view_if_needed()
        await expect(shown.locator(".picture img")).to_have_js_property("naturalWidth", 256)
        assert errors == []
        return await page.screenshot(animations="disabled")


async def _posted(house: Atelier) -> Message:
    """Ada's picture, which took as long as it says; nothing here measures energy."""
    await house.run("imagine", **ASKED)
    job = await house.stage.start((await house.waiting())[0])
    drawn = await house.drawn(job)
    await house.file(job, drawn, drawn.seconds, joules=None)
    return await house.stage.message(lambda: house.stage.end_of(job))


async def tiles(house: Atelier) -> bytes:
    """The items of the sample batch that are drawn from text, side by side, none left out."""
    items = json.loads(BATCH.read_text(encoding="utf-8"))
    step, rows = SIDE + GAP, -(-len(items) // ACROSS)
    sheet = Image.new("RGB", (ACROSS * step + GAP, rows * step + GAP), "white")
    for number, item in enumerate(items):
        (job,) = await house.stage.ask(item["prompt"], seed=item["seed"], model=item.get("model", "demo"))
        drawn = await house.drawn(await house.stage.start(job))
        place = GAP + number % ACROSS * step, GAP + number // ACROSS * step
        sheet.paste(Image.open(BytesIO(drawn.content)).resize((SIDE, SIDE), Image.Resampling.LANCZOS), place)
    out = BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()
