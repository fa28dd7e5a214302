"""A group's contact sheet as it is posted, and kept true: votes are counted on it, deleted pictures leave it.

A verdict or a deletion unsettles the sheet in its own transaction; whatever dies in between, the edit is owed. Edits
come out of the channel's budget and are coalesced: what counts when one is made is what it shows.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp
import discord

from bot.chat import attempts, fitting, judging, letters, threads
from bot.chat.judging import SheetPost
from bot.chat.letters import Letter
from bot.chat.owing import Owing
from bot.chat.surroundings import link
from bot.intake.variations import STILL
from bot.ledger import jobs, notices, pictures, sheets
from bot.ledger.files import Files
from bot.ledger.sheets import Face
from bot.nouns import Group, Job, Manner, Notice, Picture
from bot.review import cells, sheet
from bot.texts import sheet as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_log = logging.getLogger(__name__)
_COLOUR = 0x5865F2
_LINKED = 20  # pictures, above which the legend has no room for links
_BETWEEN_EDITS = 10.0  # seconds, per sheet
_OLD, _BETWEEN_EDITS_OF_OLD = 3600.0, 60.0  # seconds; Discord is stricter with messages of before
_AFTER_TROUBLE = 15.0


@dataclass(frozen=True, slots=True)
class Known:
    """A group that has ended, as its sheet shows it: `found` and `links` by job."""

    notice: Notice
    jobs: Sequence[Job]
    manner: Manner
    face: Face
    found: dict[str, Picture]
    links: dict[str, str]

    @property
    def axes(self) -> cells.Axes | None:
        grid = self.manner.group is Group.GRID
        return cells.axes([job.label for job in self.jobs]) if grid else None


async def look(client: "DarkroomClient", notice: Notice) -> Known:
    async with client.db.reading() as connection:
        group = await jobs.of_ask(connection, notice.ask or "")
        found = {job.id: one for job in group if (one := await pictures.of_job(connection, job.id))}
        links = {}
        for job in group if len(group) <= _LINKED else ():
            if (shown := await pictures.posted(connection, job.id)) is not None:
                links[job.id] = link(job.guild, shown.channel, shown.message)
        manner = await jobs.manner(connection, notice.ask or "")
        return Known(notice, group, manner, await sheets.face(connection, notice.ask or ""), found, links)


async def write(client: "DarkroomClient", notice: Notice) -> Letter:
    known = await look(client, notice)
    if known.face.gone >= known.found.keys():  # all of them were deleted before it could be said
        return Letter(post(known), void=True)
    return await _drawn(client, known, letters.limit(client))


async def lessen(client: "DarkroomClient", notice: Notice, letter: Letter) -> Letter:
    """The same with a file of half the size, because Discord found it too large."""
    return await _drawn(client, await look(client, notice), len(letter.data) // 2)


async def _drawn(client: "DarkroomClient", known: Known, most: int) -> Letter:
    frames = [_cell(client.files, number, job, known) for number, job in enumerate(known.jobs, 1)]
    return Letter(post(known), await asyncio.to_thread(sheet.draw, frames, known.axes, most, texts.LOST))


def _cell(files: Files, number: int, job: Job, known: Known) -> sheet.Cell:
    word, picture = texts.word(job, gone=job.id in known.face.gone), known.found.get(job.id)
    still = picture and (picture.poster or (picture.sha256 if picture.media == STILL else None))
    path = files.path(still) if still and not word else None
    return sheet.Cell(number, texts.label(job), path, word or (texts.CLIP if picture and not still else ""))


def post(known: Known) -> SheetPost:
    """The words and menus of a sheet. Pure."""
    first, group, axes = known.jobs[0], known.manner.group, known.axes
    heads = [axes.rows, axes.columns] if axes and axes.rows else []
    lines = (_line(number, job, known) for number, job in enumerate(known.jobs, 1))
    made = SheetPost(
        first.slug,
        texts.body(group, known.jobs, heads, lines),
        known.notice.id,
        _COLOUR,
        file=f"{first.slug}-sheet.{sheet.KIND}",
        alt=texts.alt(known.jobs),
        spoiler=known.manner.spoiler,
    )
    rows = judging.rows(known.notice.ask or "", known.jobs, known.face.gone)
    return replace(made, rows=rows, face=str(known.face))


def _line(number: int, job: Job, known: Known) -> str:
    missing = texts.word(job, gone=job.id in known.face.gone)
    votes = known.face.votes[job.id] if known.manner.group is Group.COMPARE else None
    return texts.line(number, job, missing=missing, link=known.links.get(job.id, ""), votes=votes)


class SheetEditor:
    """`await run()` never returns."""

    def __init__(self, client: "DarkroomClient") -> None:
        self._client = client
        self.run = Owing(client, sheets.unsettled, lambda notice: notice.id, self._bring).run

    async def _bring(self, notice: Notice) -> None:
        """Edits the sheet until it shows what counts."""
        while not await self._settled(notice):
            await self._client.clock.sleep(await self._edited(notice))

    async def _settled(self, notice: Notice) -> bool:
        async with self._client.db.transaction() as connection:
            shown = await sheets.of_ask(connection, notice.ask or "")
            now = str(await sheets.face(connection, notice.ask or ""))
            if shown is None or shown.text == now:
                await notices.settled(connection, notice.id, self._client.clock.now())
                return True
        return False

    async def _edited(self, notice: Notice) -> float:
        """Makes the message show what counts now, or gives it up; gives the seconds until the next edit."""
        async with self._client.progress.turn(notice.channel):
            known = await look(self._client, notice)
            try:
                await self._edit(known)
            except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
                if attempts.lost(error):
                    _log.warning("sheet %s was not edited: %s", notice.id, error)
                    return _AFTER_TROUBLE
                _log.info("sheet %s can no longer be edited: %s", notice.id, error)
            async with self._client.db.transaction() as connection:
                await sheets.shows(connection, notice.id, str(known.face))
        old = self._client.clock.now() - (notice.said_at or 0.0) > _OLD
        return _BETWEEN_EDITS_OF_OLD if old else _BETWEEN_EDITS

    async def _edit(self, known: Known) -> None:
        """The picture itself is drawn anew only when another cell has become empty."""
        notice = known.notice
        async with self._client.db.reading() as connection:
            standing = await sheets.of_ask(connection, notice.ask or "")
        if standing and standing.text and sheets.gone_on(standing.text) == known.face.gone:
            await self._change(notice, Letter(post(known)))
            return
        letter = await _drawn(self._client, known, letters.limit(self._client))
        await fitting.send(letter, partial(self._change, notice), partial(lessen, self._client, notice))

    async def _change(self, notice: Notice, letter: Letter) -> None:
        """Its words and menus, and its file if the letter has one."""
        assert isinstance(letter.post, SheetPost)
        guild = self._client.settings.discord.guild_id
        channel = self._client.get_partial_messageable(notice.channel, guild_id=guild)
        fields: dict[str, Any] = {"attachments": letter.files()} if letter.data else {}
        fields |= {"embed": letter.post.embed(), "view": judging.view(letter.post)}
        message = channel.get_partial_message(notice.message or 0)
        await threads.reach(
            self._client,
            notice.channel,
            lambda: message.edit(**fields, allowed_mentions=discord.AllowedMentions.none()),
        )
