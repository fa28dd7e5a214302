"""What is stored of a person as ZIP files of JSON Lines, each no larger than Discord takes."""

import asyncio
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from bot.chat.surroundings import link
from bot.ledger import theirs
from bot.ledger.files import Files
from bot.ledger.theirs import Row
from bot.texts import privacy as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_HEAD = 512  # bytes that a file costs in a ZIP besides its own, at most
_ENDINGS = {"video/mp4": "mp4"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one file of the ZIP."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A picture that may go along."""

    name: str
    path: Path


async def parts(client: "DarkroomClient", person: int, most: int) -> list[bytes]:
    """ZIP files of at most `most` bytes. The newest pictures are in the last one, as many as find room."""
    lines: list[Line] = []
    enclosures: list[Enclosure] = []
    async with client.db.reading() as connection:
        async for row in theirs.asks(connection, person):
            lines.append(Line("asks.jsonl", _json(_told(row))))
            enclosures += _enclosed(client.files, row)
        lines += [Line("verdicts.jsonl", _json(row)) async for row in theirs.verdicts(connection, person)]
        lines += [Line("more.jsonl", _json(row)) async for row in theirs.further(connection, person)]
    return await asyncio.to_thread(_packed, lines, enclosures, most)


def _told(row: Row) -> Row:
    """With the name its picture has in the ZIP, and the link to its post."""
    where = link(row["guild"], row["posted_in"], row["message"]) if row["message"] else None
    return {**row, "picture": _name(row) if row["sha256"] and not row["deleted_at"] else None, "link": where}


def _name(row: Row) -> str:
    return f"pictures/{row['slug']}-{row['seed']}-{row['id']}.{_ENDINGS.get(row['media'], 'png')}"


def _enclosed(files: Files, row: Row) -> list[Enclosure]:
    stands = row["sha256"] and not row["deleted_at"] and files.has(row["sha256"])
    return [Enclosure(_name(row), files.path(row["sha256"]))] if stands else []


def _json(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def _packed(lines: Sequence[Line], enclosures: Sequence[Enclosure], most: int) -> list[bytes]:
    """Lines that do not fit into one file are halved until they do."""
    data = _zip(lines, ())
    if len(data) > most and len(lines) > 1:
        middle = len(lines) // 2
        return [*_packed(lines[:middle], (), most), *_packed(lines[middle:], enclosures, most)]
    chosen, room = [], most - len(data)
    for one in reversed(enclosures):
        room -= one.path.stat().st_size + _HEAD
        if room < 0:
            break
        chosen.append(one)
    return [_zip(lines, chosen) if chosen else data]


def _zip(lines: Sequence[Line], enclosures: Sequence[Enclosure]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("README.txt", texts.README)
        for file in dict.fromkeys(line.file for line in lines):
            packed.writestr(file, "".join(f"{line.text}\n" for line in lines if line.file == file))
        for one in enclosures:
            packed.write(one.path, one.name, zipfile.ZIP_STORED)
    return buffer.getvalue()
