"""A batch of fifty through the whole town, of which every part dies: the same fifty, once each, under one card.

Real bot in a process of its own, real OpenSSH, the real daemon with a worker that draws noise.
"""

import json
import signal
from collections import Counter
from pathlib import Path

from bot.demo.discord.call import Upload
from bot.demo.discord.values import Message
from tests.dispatch.rig import until
from tests.lives import Lives
from tests.town import Town, open_town

FIFTY = 50


def fifty() -> Upload:
    """Every tenth has too little memory the first time."""
    items = [
        {"slug": f"item-{n:02}", "prompt": f"full {int(n % 10 == 3)} {n}", "seed": n, "steps": 1} for n in range(FIFTY)
    ]
    return Upload("prompts-batch-1.json", "application/json", json.dumps(items).encode())


async def begin(lives: Lives) -> Message:
    """Sent and confirmed; gives the card."""
    question = await lives.asked("batch render", file=fifty())
    await lives.press(question, "render:")
    (card,) = await lives.saying("card")
    return card


async def everything_dies(town: Town) -> None:
    """Bot, line and tower, over and over, each in the middle of whatever is going on."""
    for number in range(1, 5):
        await town.until_posted(10 * number)
        if number % 3 == 0:
            await town.switch_off()
        elif number % 3 == 1:
            await town.end_bot(signal.SIGKILL)
            await town.start_bot()
        else:
            town.proxy.cut()


async def test_fifty_survive_the_end_of_everything(tmp_path: Path) -> None:
    """Confirmed, paused, gone on with, killed four times: fifty pictures, once each, in one thread."""
    async with open_town(tmp_path, "quick") as town:
        lives = Lives(town)
        town.wakes = False
        card = await begin(lives)
        assert "50 pictures wait" in await lives.press(card, "pause:")
        await lives.anew()
        assert "50 pictures" in await lives.press(card, "resume:")
        town.wakes = True
        await everything_dies(town)
        await town.until_posted(FIFTY)
        await town.everything_once(FIFTY)
        await until(lambda: "50 of 50 done" in str(card.embeds), "the card's last words")
        assert {one.channel_id for one in town.pictures()} == {card.id}
        told = Counter(str(one.embeds[0]["title"]) for one in town.pictures())
        assert told == {f"item-{n:02}": 1 for n in range(FIFTY)}
        assert await town.rows("SELECT count(*), sum(retries) FROM jobs") == [(FIFTY, 5)]
