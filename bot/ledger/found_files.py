"""Batch files that were found in watched folders: each content once in a channel, and what became of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from sqlite3 import Row

from bot.ledger.database import Connection

LIFE = timedelta(days=30).total_seconds()
_KEPT = "(text != '' OR beside != '{}')"  # word for word as the index has it
_COLUMNS = "id, channel, digest, name, person, at, outcome, text, beside, notice"


class Outcome(StrEnum):
    """TAKEN is rendered, OFFERED waits for somebody to say so, REFUSED was told with its faults."""

    TAKEN = "taken"
    OFFERED = "offered"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """`digest` is of the file and the pictures it names; `text` and `beside` are kept of what is offered, for whoever
    presses the button of `notice`. `beside` has digests by name."""

    id: str
    channel: int
    digest: str
    name: str
    person: int
    at: float
    outcome: Outcome
    text: str
    beside: Mapping[str, str]
    notice: str | None


async def insert(connection: Connection, found: FoundFile) -> None:
    """The notice it names is there already. Raises sqlite3.IntegrityError for a content that has its row."""
    values = (
        found.id,
        found.channel,
        found.digest,
        found.name,
        found.person,
        found.at,
        found.outcome,
        found.text,
        json.dumps(dict(found.beside)),
        found.notice,
    )
    await connection.execute(f"INSERT INTO found_files ({_COLUMNS}) VALUES ({', '.join('?' * len(values))})", values)


async def of_content(connection: Connection, channel: int, digest: str) -> FoundFile | None:
    """What became of this content in this channel; None when it is new there."""
    return await _one(connection, "channel = ? AND digest = ?", channel, digest)


async def offered_by(connection: Connection, notice: str) -> FoundFile | None:
    """The file that this notice offers."""
    return await _one(connection, "notice = ? AND outcome = 'offered'", notice)


async def get(connection: Connection, found: str) -> FoundFile | None:
    return await _one(connection, "id = ?", found)


async def fading(connection: Connection, now: float) -> set[str]:
    """The ids of what was offered a month ago and is still kept."""
    rows = await connection.execute_fetchall(f"SELECT id FROM found_files WHERE {_KEPT} AND at < ?", (now - LIFE,))
    return {str(row["id"]) for row in rows}


async def fade(connection: Connection, found: str) -> set[str]:
    """Of this nothing is kept but its row; gives the digests of its pictures."""
    rows = await connection.execute_fetchall("SELECT beside FROM found_files WHERE id = ?", (found,))
    await connection.execute("UPDATE found_files SET text = '', beside = '{}' WHERE id = ?", (found,))
    return {str(digest) for row in rows for digest in json.loads(row["beside"]).values()}


async def _one(connection: Connection, where: str, *values: object) -> FoundFile | None:
    async with connection.execute(f"SELECT {_COLUMNS} FROM found_files WHERE {where}", values) as cursor:
        row = await cursor.fetchone()
    return None if row is None else _found(row)


def _found(row: Row) -> FoundFile:
    return FoundFile(**{**dict(row), "outcome": Outcome(row["outcome"]), "beside": json.loads(row["beside"])})
