"""Announcements, and the pictures that go with some: the best of a batch on one sheet, the chart of a week.

A picture is drawn when it is said. When one of those on a sheet is deleted, an edit is owed that takes it off.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp
import discord

from bot.chat import attempts, fitting, layout, letters, threads
from bot.chat.layout import Post
from bot.chat.letters import Letter
from bot.chat.owing import Owing
from bot.intake.variations import STILL
from bot.ledger import enclosures, found_files, jobs, pictures
from bot.nouns import Enclosure, Job, Notice
from bot.review import chart, sheet
from bot.texts import lookback as chart_texts
from bot.texts import schedule as texts
from bot.texts import sheet as sheet_texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_log = logging.getLogger(__name__)
_PARTS = ("kept", "open", "rejected", "failed")
_AFTER_TROUBLE = 15.0


@dataclass(frozen=True, slots=True)
class EnclosingPost(Post):
    """An announcement with a picture that shows these jobs; none on a chart."""

    jobs: tuple[str, ...] = ()


async def write(client: "DarkroomClient", notice: Notice) -> Letter:
    async with client.db.reading() as connection:
        found = await enclosures.of_notice(connection, notice.id)
        file = await found_files.offered_by(connection, notice.id)
    if found is None:
        post = layout.announcement(notice)
        return Letter(post if file is None else replace(post, buttons=(("look", file.id),)))
    return await _enclosing(client, notice, found, letters.limit(client))


async def lessen(client: "DarkroomClient", notice: Notice, letter: Letter) -> Letter:
    """The same with a picture of half the size, because Discord found it too large."""
    async with client.db.reading() as connection:
        found = await enclosures.of_notice(connection, notice.id)
    assert found is not None
    return await _enclosing(client, notice, found, len(letter.data) // 2)


def shown(post: Post) -> tuple[str, ...]:
    """The jobs whose pictures this message shows."""
    return post.jobs if isinstance(post, EnclosingPost) else ()


async def _enclosing(client: "DarkroomClient", notice: Notice, found: Enclosure, most: int) -> Letter:
    if found.kind == "chart":
        data = await asyncio.to_thread(_chart, found.facts)
        return Letter(_post(notice, f"week.{chart.KIND}", str(found.facts["alt"])), data)
    left = await _standing(client, found.facts["jobs"])
    if not left:
        return Letter(_post(notice, "", ""))
    cells = [
        sheet.Cell(number, job.slug, client.files.path(still) if still else None, "" if still else sheet_texts.CLIP)
        for number, (job, still) in enumerate(left, 1)
    ]
    data = await asyncio.to_thread(sheet.draw, cells, None, most, sheet_texts.LOST)
    names = [job.slug for job, _still in left]
    return Letter(_post(notice, f"best.{sheet.KIND}", texts.best(names), tuple(job.id for job, _still in left)), data)


def _post(notice: Notice, file: str, alt: str, jobs: tuple[str, ...] = ()) -> EnclosingPost:
    plain = layout.announcement(notice)
    return EnclosingPost(plain.title, plain.body, plain.footer, plain.colour, file=file, alt=alt, image=file, jobs=jobs)


async def _standing(client: "DarkroomClient", wanted: Sequence[str]) -> list[tuple[Job, str | None]]:
    """Those whose picture was not deleted, with the file of a still; None of a clip that has none."""
    found: list[tuple[Job, str | None]] = []
    async with client.db.reading() as connection:
        for name in wanted:
            job, picture = await jobs.get(connection, name), await pictures.of_job(connection, name)
            if job is not None and picture is not None and picture.deleted_at is None:
                found.append((job, picture.poster or (picture.sha256 if picture.media == STILL else None)))
    return found


def _chart(facts: dict[str, Any]) -> bytes:
    bars = [
        chart.Bar(chart_texts.day(date.fromisoformat(one["day"])), tuple(int(one[part]) for part in _PARTS))
        for one in facts["bars"]
    ]
    legend = (chart_texts.KEPT, chart_texts.OPEN, chart_texts.REJECTED, chart_texts.FAILED)
    return chart.draw(chart_texts.CHART, legend, bars)


class EnclosureEditor:
    """`await run()` never returns."""

    def __init__(self, client: "DarkroomClient") -> None:
        self._client = client
        self.run = Owing(client, enclosures.to_draw, lambda notice: notice.id, self._bring).run

    async def _bring(self, notice: Notice) -> None:
        """Edits the message once; what is deleted meanwhile makes it owed again."""
        async with self._client.progress.turn(notice.channel):
            letter = await write(self._client, notice)
            try:
                await fitting.send(letter, partial(self._change, notice), partial(lessen, self._client, notice))
            except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
                if attempts.lost(error):
                    _log.warning("the picture of announcement %s was not edited: %s", notice.id, error)
                    await self._client.clock.sleep(_AFTER_TROUBLE)
                    return
                _log.info("the picture of announcement %s can no longer be edited: %s", notice.id, error)
        async with self._client.db.transaction() as connection:
            await enclosures.shows(connection, notice.id, shown(letter.post))

    async def _change(self, notice: Notice, letter: Letter) -> None:
        guild = self._client.settings.discord.guild_id
        channel = self._client.get_partial_messageable(notice.channel, guild_id=guild)
        message = channel.get_partial_message(notice.message or 0)
        await threads.reach(
            self._client,
            notice.channel,
            lambda: message.edit(
                embed=letter.post.embed(),
                attachments=letter.files(),
                allowed_mentions=discord.AllowedMentions.none(),
            ),
        )
