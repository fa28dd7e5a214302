"""The rota in the whole program: what waits for a window wakes nobody, what is wanted at once is done and told once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.demo.discord.values import Message
from tests.chat.people import batch_file
from tests.dispatch.rig import until
from tests.town import Town, open_town

ITEMS = [{"slug": "boat", "prompt": "a red boat"}, {"slug": "fail", "prompt": "fail at sea"}]


@pytest.fixture
async def quick(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, "quick") as town:
        yield town


async def schedule(town: Town, **options: Any) -> str:
    """Asked for, seen and confirmed; gives the entry's id."""
    known = {row[0] for row in await town.rows("SELECT id FROM rota")}
    outcome = await town.ada.run(town.channel, "schedule add", options)
    words = await town.told(outcome)
    question = town.standin.world.messages[str(outcome.message_id)]
    assert words.count("<t:") in (3, 6), words
    await town.ada.click(question.id, str(question.components[0]["components"][0]["custom_id"]))
    await until(lambda: question.content.startswith("Scheduled"), "the entry to count")
    (entry,) = {row[0] for row in await town.rows("SELECT id FROM rota")} - known
    return str(entry)


async def run_now(town: Town, entry: str) -> None:
    assert "is done now" in await town.told(await town.ada.run(town.channel, "schedule run-now", {"entry": entry}))


async def heard(town: Town, words: str) -> Message:
    """The announcement with these words."""
    found: list[Message] = []

    def said() -> bool:
        found[:] = [one for one in town.posts() for embed in one.embeds if words in embed.get("description", "")]
        return bool(found)

    await until(said, f"“{words}”; {town.words()}")
    (message,) = found
    return message


def a_window_far_away() -> str:
    """It opens in six hours, so that it is closed in any minute of this test."""
    opens = datetime.now(UTC) + timedelta(hours=6)
    return f"{opens:%H:%M}-{opens + timedelta(hours=1):%H:%M}"


async def test_what_waits_for_a_window_and_what_is_wanted_at_once(quick: Town) -> None:
    """A window holds an ask back, a nightly batch goes when it is wanted; killed in between, each is told once."""
    window = await schedule(quick, what="window", when=a_window_far_away(), pictures="mine")
    await quick.imagine("an owl", slug="owl")
    assert (await quick.ledger()).jobs == 1
    batch = await schedule(quick, what="batch", file=batch_file(ITEMS), when="daily 02:00")
    await run_now(quick, batch)
    await heard(quick, "**prompts-batch-1.json** starts now: 2 pictures. They wait for a window, which opens <t:")
    assert quick.packets == 0
    await quick.end_bot()
    await quick.start_bot()
    assert quick.packets == 0

    await run_now(quick, window)
    await heard(quick, "**Window**")
    await quick.until_posted(2)
    assert quick.packets >= 1
    done = await heard(quick, "**prompts-batch-1.json** is done: 1 posted, 1 failed.")
    assert [one.filename for one in done.attachments] == ["best.jpg"]
    assert "• 1 failed. " in done.embeds[0]["description"]

    report = await schedule(quick, what="report", when="mondays 09:00")
    await run_now(quick, report)
    chart = await heard(quick, "**Weekly report**")
    assert [one.filename for one in chart.attachments] == ["week.png"]
    assert "done" not in await quick.told(await quick.ada.run(quick.channel, "schedule list", {}))
    await quick.everything_once(3)
