"""The whole world on loopback: Discord's stand-in, a tower that sleeps, the bot, and two people in one channel."""

import asyncio
import signal
from contextlib import AsyncExitStack
from pathlib import Path
from time import monotonic, time
from typing import Any

from bot.demo.discord.server import StandIn
from bot.demo.household import Household, bot_running, make, watch
from bot.demo.sample import Sample, read
from bot.demo.tower import SleepingTower
from bot.demo.visit import Say, Visit
from bot.ledger import census
from bot.ledger.census import Census
from bot.nouns import Learned
from bot.taste.cues import Taste, fold

Report = dict[str, Any]
_BETWEEN_LOOKS = 0.1  # seconds
_LOOKS = 300


async def show(batch: Path, folder: Path, port: int, *, stay: bool, say: Say) -> tuple[Report, bool]:
    """The report, and whether every item of the batch was posted. Raises CannotShow.

    `stay` keeps the page up until the process is told to stop.
    """
    began, sample, home = monotonic(), read(batch), make(folder)
    async with AsyncExitStack() as opened:
        standin = await opened.enter_async_context(StandIn(port))
        tower = await opened.enter_async_context(SleepingTower(folder, home.key.export_public_key().decode()))
        home.settle(standin, tower)
        say(f"The page is at {standin.page_url} – the tower sleeps, no picture was ever made here.")
        bot = await opened.enter_async_context(bot_running(home, standin.token))
        async with asyncio.TaskGroup() as group:
            watcher = group.create_task(watch(home, bot))
            posted, verdicts = await _play(Visit(standin, say), sample)
            report = await _report(home, verdicts, began)
            if stay:
                say(f"Now it is your turn: open {standin.page_url} and type /imagine. Ctrl-C ends it.")
                await _told_to_stop()
            watcher.cancel()
    return report, posted == len(sample.asks)


async def _play(visit: Visit, sample: Sample) -> tuple[int, int]:
    """The number of items that were posted, and of verdicts that were cast."""
    await visit.bot_arrives()
    if not (posted := await visit.send_batch(sample)):
        return 0, 0
    verdicts = await visit.judge()
    await visit.ask_again(sample)
    return posted, verdicts


async def _told_to_stop() -> None:
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await told.wait()


async def _settled(home: Household, verdicts: int) -> Census:
    """The bot's own ledger, once it says all that was seen: posts are filed and reactions heard a moment later."""
    async with census.looking(home.ledger) as connection:
        for _ in range(_LOOKS):
            found = await census.take(connection)
            if found.jobs == len(found.posted) + found.failed + found.cancelled and len(found.judgements) >= verdicts:
                break
            await asyncio.sleep(_BETWEEN_LOOKS)
    return found


async def _report(home: Household, verdicts: int, began: float) -> Report:
    found = await _settled(home, verdicts)
    return {
        "jobs": found.jobs,
        "posted": len(found.posted),
        "failed": found.failed,
        "cancelled": found.cancelled,
        "verdicts": len(found.judgements),
        "cues": len(fold(Learned(found.judgements), Taste(), time())),
        "wakes": found.wakes,
        "seconds_total": round(monotonic() - began, 2),
        "seconds_engine": round(found.engine, 2),
        "pictures": [
            {
                "slug": one.slug,
                "file": str(home.pictures / one.sha256[:2] / f"{one.sha256}.png"),
                "sha256": one.sha256,
                "prompt": one.prompt,
                "message_id": str(one.message),
            }
            for one in found.posted
        ],
    }
