"""The contact sheets of a batch as they are posted: a page of 25 each, and one for each cluster with its drift.

A sheet is posted with its first picture and follows what comes and what is decided. Its face is a digest of what it
shows, in two parts: what is drawn, and the words and menus.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from bot.chat import letters
from bot.chat.batchpost import Known, comparable, drawn_of, post
from bot.chat.letters import Letter
from bot.chat.surroundings import link
from bot.ledger import batch_sheets, batches, reviews
from bot.ledger.batch_sheets import Sheet
from bot.ledger.database import Connection
from bot.ledger.files import Files
from bot.ledger.takes import Review, Slot, on
from bot.nouns import Batch, Notice
from bot.review import sheet
from bot.review.drift import Drift, drift
from bot.review.strip import strip
from bot.texts import review as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_LINKED = 12  # further sheets that the first one leads to
_MOST_BYTES = 3 * 1024 * 1024  # it is sent again and again


async def look(connection: Connection, notice: Notice) -> Known:
    batch, one = await batches.get(connection, notice.batch or ""), await batch_sheets.of_notice(connection, notice.id)
    assert batch is not None
    assert one is not None
    review = await reviews.of_batch(connection, batch.id)
    sheets = await batch_sheets.of_batch(connection, batch.id)
    head = not one.cluster and one.notice == sheets[0].notice
    others = [other for other in sheets if other != one] if head else []
    slots = on(review, one.first, one.cluster, batch_sheets.PAGE)
    return Known(notice, batch, one, review, slots, head, await links(connection, batch, review, others))


async def links(
    connection: Connection, batch: Batch, review: Review, sheets: Sequence[Sheet]
) -> tuple[tuple[str, str], ...]:
    """Words and links of those that stand, as many as a message has room for."""
    found = []
    for one in sheets[:_LINKED]:
        if (place := await batch_sheets.place(connection, one.notice)) is not None:
            slots = on(review, one.first, one.cluster, batch_sheets.PAGE)
            words = texts.page(slots[0].number, slots[-1].number, slots[0].cluster if one.cluster else None)
            found.append((words, link(batch.guild, *place)))
    return tuple(found)


async def face(connection: Connection, notice: Notice) -> str:
    """What the sheet should show now."""
    return _face(await look(connection, notice))


def _face(known: Known) -> str:
    made = post(known)
    drawn = [(slot.number, slot.slug, *drawn_of(slot)) for slot in known.slots]
    return f"{_digest(drawn)}.{_digest((made.title, made.body, made.colour, made.page))}"


def _digest(shown: object) -> str:
    return sha256(repr(shown).encode()).hexdigest()[:16]


async def write(client: "DarkroomClient", notice: Notice) -> Letter:
    async with client.db.reading() as connection:
        known = await look(connection, notice)
    if all(slot.shown is None for slot in known.slots):  # all of them were deleted before it could be said
        return Letter(post(known), void=True)
    return await _letter(client, known, _limit(client))


async def anew(client: "DarkroomClient", notice: Notice, shown: str) -> tuple[Letter, str]:
    """The sheet as it should be, and the face of that. It is drawn only when a cell looks otherwise."""
    async with client.db.reading() as connection:
        known = await look(connection, notice)
    now = _face(known)
    same = shown.split(".")[0] == now.split(".")[0]
    return await _letter(client, known, 0 if same else _limit(client)), now


async def lessen(client: "DarkroomClient", notice: Notice, letter: Letter) -> Letter:
    """The same with a file of half the size, because Discord found it too large."""
    async with client.db.reading() as connection:
        known = await look(connection, notice)
    return await _letter(client, known, len(letter.data) // 2)


def _limit(client: "DarkroomClient") -> int:
    return min(letters.limit(client), _MOST_BYTES)


async def _letter(client: "DarkroomClient", known: Known, most: int) -> Letter:
    """With a file of at most so many bytes; of 0 the words alone."""
    compared = await asyncio.to_thread(_compared, client.files, known) if known.sheet.cluster else None
    data = await asyncio.to_thread(_draw, client.files, known, compared, most) if most else b""
    return Letter(replace(post(known, compared), face=_face(known)), data)


def _compared(files: Files, known: Known) -> Drift:
    """How far the members of the cluster are from one another, as far as they have pictures."""
    return drift([files.path(slot.shown.file or "") for slot in comparable(known) if slot.shown])


def _draw(files: Files, known: Known, compared: Drift | None, most: int) -> bytes:
    cells = [_cell(files, slot) for slot in known.slots]
    if compared is None:
        return sheet.draw_page(cells, most, texts.LOST)
    labels = [str(slot.number) for slot in comparable(known)]
    return sheet.draw_page(cells, most, texts.LOST, lambda width: strip(compared, labels, width))


def _cell(files: Files, slot: Slot) -> sheet.Cell:
    file, word, verdict, note = drawn_of(slot)
    return sheet.Cell(slot.number, slot.slug, files.path(file) if file else None, word, verdict, note)
