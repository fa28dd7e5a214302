"""What is known of a card right now: rows from the ledger, progress, previews and towers from the board."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot import turn
from bot.chat import veil
from bot.chat.estimates import CLIMBING
from bot.chat.layout import Card
from bot.ledger import batches, estimates, jobs, windows
from bot.ledger import towers as known_towers
from bot.nouns import Job, JobState, Notice
from bot.texts import towers

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_LINES = 10
_PLACED = 30  # jobs of each person


async def places(client: "DarkroomClient") -> dict[str, int]:
    """The place of each person's first waiting jobs, from 1 on; the rest of a long batch has none worth telling."""
    async with client.db.reading() as connection:
        waiting = await jobs.front_of_line(connection, _PLACED)
    line = await asyncio.to_thread(turn.order, waiting)  # a hundred people's line is sorted beside the loop
    return {job.id: number for number, job in enumerate(line, 1)}


async def look(client: "DarkroomClient", notice: Notice, line: Mapping[str, int]) -> Card:
    """The card of this notice; `line` are the places from `places`."""
    paused_at, opens = None, None
    async with client.db.reading() as connection:
        if notice.batch is None:
            shown = await jobs.of_ask(connection, notice.ask or "")
            title = shown[0].slug if shown else ""
            counts = Counter(job.state for job in shown)
        else:
            batch = await batches.get(connection, notice.batch)
            title, paused_at = (batch.name, batch.paused_at) if batch else ("", None)
            shown = await jobs.telling_of_batch(connection, notice.batch, _LINES)
            counts = await batches.outcome(connection, notice.batch)
        if counts[JobState.QUEUED]:
            opens = await windows.opens(connection, notice.ask or notice.batch or "")
    paired = bool(notice.ask) and await veil.hangs(client, notice.ask or "")
    shown = veil.veiled(shown) if paired else shown
    left = counts[JobState.QUEUED] + counts[JobState.RENDERING]
    held = paused_at is not None or opens is not None
    tower = "" if held and not counts[JobState.RENDERING] else await _tower(client, shown)
    end = None if held else await client.estimates.of(notice, left, line)
    preview = await _preview(client, shown)
    return Card(notice, title, shown, counts, line, client.board.jobs, tower, end, preview, paired, paused_at, opens)


async def _preview(client: "DarkroomClient", shown: list[Job]) -> bytes:
    """Of the first running job that has one; what is to be posted hidden is not shown before either."""
    seen = next((job for job in shown if job.state is JobState.RENDERING and job.id in client.board.previews), None)
    if seen is None:
        return b""
    async with client.db.reading() as connection:
        hidden = (await jobs.manner(connection, seen.ask)).spoiler
    return b"" if hidden else client.board.previews.get(seen.id, b"")


async def _tower(client: "DarkroomClient", shown: list[Job]) -> str:
    """How the tower is that has the pictures, or that will have them; nothing while one is ready."""
    having = [job.tower for job in shown if job.state is JobState.RENDERING and job.tower]
    names = having or [tower.name for tower in client.settings.tower]
    known = [(name, client.board.towers[name]) for name in names if name in client.board.towers]
    if not known or any(view.rung == "ready" for _, view in known):
        return ""
    name, view = known[0]
    if view.rung not in ("asleep", *CLIMBING):
        return towers.state(name, view)
    async with client.db.reading() as connection:
        wakes = await known_towers.wakes(connection, name)
    return towers.coming(name, view, estimates.usual([wake.seconds for wake in wakes if wake.seconds is not None]))
