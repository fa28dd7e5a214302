"""Entries that are due again and again. A slot is taken by inserting its batch: unique (entry, slot)."""

from dataclasses import asdict

from bot.ledger.database import Connection
from bot.nouns import RotaEntry


async def add(connection: Connection, entry: RotaEntry) -> None:
    await connection.execute(
        "INSERT INTO rota (id, name, words, cron, zone, items, asker, guild, channel, created_at, next_at) "
        "VALUES (:id, :name, :words, :cron, :zone, :items, :asker, :guild, :channel, :created_at, :next_at)",
        asdict(entry),
    )


async def nearest(connection: Connection) -> RotaEntry | None:
    """The entry that is due first; one whose moment is not worked out yet comes before all others."""
    async with connection.execute("SELECT * FROM rota ORDER BY next_at, id LIMIT 1") as cursor:
        row = await cursor.fetchone()
    return None if row is None else RotaEntry(**dict(row))


async def entries(connection: Connection) -> list[RotaEntry]:
    rows = await connection.execute_fetchall("SELECT * FROM rota ORDER BY next_at, id")
    return [RotaEntry(**dict(row)) for row in rows]


async def advance(connection: Connection, entry: str, next_at: float) -> None:
    """The entry's next moment; in the same transaction as the batch or notice of the moment before."""
    await connection.execute("UPDATE rota SET next_at = ? WHERE id = ?", (next_at, entry))


async def remove(connection: Connection, entry: str) -> bool:
    cursor = await connection.execute("DELETE FROM rota WHERE id = ?", (entry,))
    return cursor.rowcount == 1
