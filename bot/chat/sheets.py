"""A group's contact sheet as it is posted: votes are counted on it, deleted pictures leave it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.chat import judging, letters
from bot.chat.judging import SheetPost
from bot.chat.letters import Letter
from bot.chat.surroundings import link
from bot.intake.variations import STILL
from bot.ledger import jobs, pictures, sheets
from bot.ledger.database import Connection
from bot.ledger.files import Files
from bot.ledger.sheets import Face
from bot.nouns import Group, Job, Manner, Notice, Picture
from bot.review import cells, sheet
from bot.texts import sheet as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_COLOUR = 0x5865F2
_LINKED = 20  # pictures, above which the legend has no room for links


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


async def face(connection: Connection, notice: Notice) -> str:
    """What the sheet should show now."""
    return str(await sheets.face(connection, notice.ask or ""))


async def anew(client: "DarkroomClient", notice: Notice, shown: str) -> tuple[Letter, str]:
    """The sheet as it should be, and the face of that. It is drawn only when another cell became empty."""
    known = await look(client, notice)
    same = bool(shown) and sheets.gone_on(shown) == known.face.gone
    letter = Letter(post(known)) if same else await _drawn(client, known, letters.limit(client))
    return letter, str(known.face)
