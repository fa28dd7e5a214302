"""Entries of the rota that wait for the person to see when they will be due, and the time zones people use."""

from dataclasses import dataclass
from datetime import timedelta

from pydantic import TypeAdapter

from bot.ledger import remembered
from bot.ledger.database import Connection
from bot.nouns import RotaEntry

LIFE = timedelta(days=1).total_seconds()

_ENTRY = TypeAdapter(RotaEntry)


@dataclass(frozen=True, slots=True)
class RotaDraft:
    """`key` is the request it came from; `taken_at` is when it was confirmed."""

    id: str
    key: str
    entry: RotaEntry
    at: float
    taken_at: float | None = None


async def keep(connection: Connection, draft: RotaDraft) -> str:
    """Gives the id under which it waits: the first one, when the same request came before.

    Whatever nobody confirmed within a day is forgotten on the way.
    """
    await connection.execute("DELETE FROM rota_drafts WHERE at < ?", (draft.at - LIFE,))
    await connection.execute(
        "INSERT INTO rota_drafts (id, key, person, entry, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
        (draft.id, draft.key, draft.entry.asker, _ENTRY.dump_json(draft.entry).decode(), draft.at),
    )
    ((waiting,),) = await connection.execute_fetchall("SELECT id FROM rota_drafts WHERE key = ?", (draft.key,))
    return str(waiting)


async def get(connection: Connection, waiting: str, now: float) -> RotaDraft | None:
    """What waits or waited under this id; None when that was more than a day ago."""
    async with connection.execute(
        "SELECT id, key, entry, at, taken_at FROM rota_drafts WHERE id = ? AND at >= ?", (waiting, now - LIFE)
    ) as cursor:
        row = await cursor.fetchone()
    return None if row is None else RotaDraft(**{**dict(row), "entry": _ENTRY.validate_json(row["entry"])})


async def take(connection: Connection, waiting: str, now: float) -> bool:
    """It counts from now on. False when it did so before."""
    cursor = await connection.execute(
        "UPDATE rota_drafts SET taken_at = ? WHERE id = ? AND taken_at IS NULL", (now, waiting)
    )
    return cursor.rowcount == 1


async def zone_of(connection: Connection, person: int, usual: str) -> str:
    """The time zone that this person named last, else the usual one."""
    return await remembered.get(connection, _key(person)) or usual


async def remember_zone(connection: Connection, person: int, zone: str) -> None:
    await remembered.put(connection, _key(person), zone)


def _key(person: int) -> str:
    return f"zone:{person}"
