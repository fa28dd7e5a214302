"""The contact sheets of a batch as they are posted: a page of 25 each, and one for each cluster with its drift.

A sheet is posted with its first picture and follows what comes and what is decided. Its face is a digest of what it
shows, in two parts: what is drawn, and the words and menus.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from bot.chat import judging_all, letters
from bot.chat.judging_all import BatchPost
from bot.chat.letters import Letter
from bot.chat.surroundings import link
from bot.ledger import batch_sheets, batches, reviews
from bot.ledger.batch_sheets import Sheet
from bot.ledger.database import Connection
from bot.ledger.files import Files
from bot.ledger.takes import Review, Slot, Standing, on, progress
from bot.nouns import Batch, Notice, Verdict
from bot.review import sheet
from bot.review.drift import Drift, drift
from bot.review.strip import strip
from bot.texts import review as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_LISTED = (Standing.KEPT, Standing.REJECTED, Standing.REROLL, Standing.WAITING, Standing.MISSING)
_COLOUR, _ACCEPTED = 0x5865F2, 0x2E8B57
_LINKED = 12  # further sheets that the first one leads to
_MOST_BYTES = 3 * 1024 * 1024  # it is sent again and again


@dataclass(frozen=True, slots=True)
class Known:
    """A sheet with the slots that it shows. `head` tells of the whole batch; `links` lead to the other sheets."""

    notice: Notice
    batch: Batch
    sheet: Sheet
    review: Review
    slots: tuple[Slot, ...]
    head: bool
    links: tuple[tuple[str, str], ...] = ()

    @property
    def cluster(self) -> str | None:
        return (self.slots[0].cluster or "") if self.sheet.cluster else None


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
    drawn = [(slot.number, slot.slug, *_drawn_of(slot)) for slot in known.slots]
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


def _comparable(known: Known) -> list[Slot]:
    return [slot for slot in known.slots if slot.shown is not None and slot.shown.file]


def _compared(files: Files, known: Known) -> Drift:
    """How far the members of the cluster are from one another, as far as they have pictures."""
    return drift([files.path(slot.shown.file or "") for slot in _comparable(known) if slot.shown])


def _draw(files: Files, known: Known, compared: Drift | None, most: int) -> bytes:
    cells = [_cell(files, slot) for slot in known.slots]
    if compared is None:
        return sheet.draw_page(cells, most, texts.LOST)
    labels = [str(slot.number) for slot in _comparable(known)]
    return sheet.draw_page(cells, most, texts.LOST, lambda width: strip(compared, labels, width))


def _cell(files: Files, slot: Slot) -> sheet.Cell:
    file, word, verdict, note = _drawn_of(slot)
    return sheet.Cell(slot.number, slot.slug, files.path(file) if file else None, word, verdict, note)


def _drawn_of(slot: Slot) -> tuple[str | None, str, Verdict | None, str]:
    """The file of its cell, the word where there is none, what counts, and which round it is of."""
    shown = slot.shown
    if shown is None:
        return None, texts.word(slot.last.state, gone=slot.last.gone), None, ""
    again = slot.last.round if slot.standing is Standing.WAITING else 0
    note = texts.coming(again) if again else texts.round_of(shown.round)
    return shown.file, "" if shown.file else texts.CLIP, shown.counts, note


def post(known: Known, compared: Drift | None = None) -> BatchPost:
    """The words and menus of a sheet. Pure."""
    first, last = known.slots[0].number, known.slots[-1].number
    file = texts.file(first, last, known.sheet.cluster)
    told = progress(known.review.slots)
    return BatchPost(
        texts.title(known.batch.name, first, last, known.cluster),
        "\n".join(line for line in _lines(known, compared) if line),
        known.notice.id,
        _ACCEPTED if told.accepted else _COLOUR,
        file=f"{file}.{sheet.KIND}",
        alt=texts.alt(known.batch.name, [(slot.number, slot.slug, _drawn_of(slot)[1]) for slot in known.slots]),
        page=None if known.sheet.cluster else judging_all.page(known.sheet.notice, known.batch.id, known.slots),
    )


def _lines(known: Known, compared: Drift | None) -> list[str]:
    told, here = progress(known.review.slots), progress(known.slots)
    lines = [texts.progress(told), texts.end(told)] if known.head else []
    lines += [texts.here(here)] if len(known.slots) < len(known.review.slots) else []
    lines += texts.open_ones([(slot.number, _post_of(known, slot)) for slot in known.slots if _is_open(slot)])
    lines += texts.lists(*(_numbers(known.slots, one) for one in _LISTED))
    lines += texts.rounds(_rounds(known.slots))
    if compared is not None:
        numbers = [slot.number for slot in _comparable(known)]
        found = [(numbers[at], compared.members[at].lighter, compared.members[at].apart) for at in compared.aside]
        lines += texts.aside(found, None if compared.middle is None else numbers[compared.middle])
    lines += texts.sheets(known.links)
    return [*lines, texts.DRIFT if known.sheet.cluster else texts.HOW]


def _is_open(slot: Slot) -> bool:
    return slot.standing is Standing.OPEN


def _post_of(known: Known, slot: Slot) -> str:
    shown = slot.shown
    return link(known.batch.guild, shown.channel, shown.message) if shown and shown.message else ""


def _numbers(slots: Sequence[Slot], standing: Standing) -> str:
    return texts.numbers(slot.number for slot in slots if slot.standing is standing)


def _rounds(slots: Sequence[Slot]) -> list[tuple[int, str]]:
    """The later rounds, with the numbers of the pictures that are shown of them or come in them."""
    found = defaultdict(list)
    for slot in slots:
        take = slot.last if slot.standing is Standing.WAITING else slot.shown
        if take is not None and take.round > 1:
            found[take.round].append(slot.number)
    return [(number, texts.numbers(found[number])) for number in sorted(found)]
