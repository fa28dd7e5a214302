"""Entries that are due again and again. A slot is taken by inserting its batch: unique (entry, slot)."""

from dataclasses import asdict

from bot.ledger.database import Connection
from bot.nouns import RotaEntry


async def add(connection: Connection, entry: RotaEntry) -> None:
    await connection.execute(
        "INSERT INTO rota (id, name, words, cron, zone, items, asker, guild, channel, created_at, next_at, daily) "
        "VALUES (:id, :name, :words, :cron, :zone, :items, :asker, :guild, :channel, :created_at, :next_at, :daily)",
        asdict(entry),
    )


async def nearest(connection: Connection) -> tuple[str, float | None] | None:
    """Id and moment of the entry that is due first; one whose moment is not worked out yet comes before all others.

    Asked after every commit, so the file's text, which may have megabytes, is left out.
    """
    async with connection.execute("SELECT id, next_at FROM rota ORDER BY next_at, id LIMIT 1") as cursor:
        row = await cursor.fetchone()
    return None if row is None else (str(row["id"]), row["next_at"])


async def get(connection: Connection, entry: str) -> RotaEntry | None:
    async with connection.execute("SELECT * FROM rota WHERE id = ?", (entry,)) as cursor:
        row = await cursor.fetchone()
    return None if row is None else RotaEntry(**dict(row))


async def twin(connection: Connection, entry: RotaEntry) -> RotaEntry | None:
    """The entry that stands for the same file, at the same times, by the same person in the same channel."""
    async with connection.execute(
        "SELECT * FROM rota WHERE (asker, channel, name, cron, zone, items) = "
        "(:asker, :channel, :name, :cron, :zone, :items)",
        asdict(entry),
    ) as cursor:
        row = await cursor.fetchone()
    return None if row is None else RotaEntry(**dict(row))


async def entries(connection: Connection) -> list[RotaEntry]:
    rows = await connection.execute_fetchall("SELECT * FROM rota ORDER BY next_at, id")
    return [RotaEntry(**dict(row)) for row in rows]


async def advance(connection: Connection, entry: RotaEntry, next_at: float) -> bool:
    """From its moment to the next one. False when it was moved on or removed meanwhile: then do nothing more."""
    cursor = await connection.execute(
        "UPDATE rota SET next_at = ? WHERE id = ? AND next_at IS ?", (next_at, entry.id, entry.next_at)
    )
    return cursor.rowcount == 1


async def remove(connection: Connection, entry: str) -> bool:
    cursor = await connection.execute("DELETE FROM rota WHERE id = ?", (entry,))
    return cursor.rowcount == 1
