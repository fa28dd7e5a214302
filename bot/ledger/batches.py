"""Batches: accepted once by their key, and closed once when the rota has told how they ended."""

from collections import Counter
from dataclasses import asdict
from sqlite3 import Row

from bot.ledger.database import Connection
from bot.ledger.jobs import REPLACED
from bot.nouns import Batch, JobState

_COLUMNS = "id, key, name, asker, guild, channel, created_at, entry, slot, digest, thread, paused_at"


def _batch(row: Row) -> Batch:
    return Batch(**dict(row))


async def insert(connection: Connection, batch: Batch) -> bool:
    """False when a batch with this key was accepted before; then nothing is inserted."""
    cursor = await connection.execute(
        f"INSERT INTO batches ({_COLUMNS}) VALUES "
        "(:id, :key, :name, :asker, :guild, :channel, :created_at, :entry, :slot, :digest, :thread, :paused_at) "
        "ON CONFLICT (key) DO NOTHING",
        asdict(batch),
    )
    return cursor.rowcount == 1


async def get(connection: Connection, batch: str) -> Batch | None:
    return await _one(connection, "id", batch)


async def of_key(connection: Connection, key: str) -> Batch | None:
    """The batch that an earlier request with this key was given."""
    return await _one(connection, "key", key)


async def sent_before(connection: Connection, channel: int, name: str, digest: str) -> Batch | None:
    """The latest batch in this channel of this very file, else of a file of this name; of those whose file is kept."""
    rows = await connection.execute_fetchall(
        f"SELECT {_COLUMNS} FROM batches WHERE channel = ? AND (name = ? OR digest = ?) AND digest != '' "
        "ORDER BY digest = ? DESC, created_at DESC, id DESC LIMIT 1",
        (channel, name, digest, digest),
    )
    return next((_batch(row) for row in rows), None)


async def ended(connection: Connection) -> list[Batch]:
    """Batches of the rota whose jobs have all ended and been told of, and whose own end nobody has announced."""
    rows = await connection.execute_fetchall(
        f"SELECT {_COLUMNS} FROM batches AS b WHERE entry IS NOT NULL AND closed = 0 "
        "AND NOT EXISTS (SELECT 1 FROM jobs WHERE batch = b.id AND state IN ('queued', 'rendering')) "
        "AND NOT EXISTS (SELECT 1 FROM notices AS n CROSS JOIN jobs AS j ON j.id = n.job "
        "WHERE n.state = 'due' AND n.channel IN (b.channel, b.thread) AND j.batch = b.id) ORDER BY created_at, id"
    )
    return [_batch(row) for row in rows]


async def close(connection: Connection, batch: str) -> bool:
    """The end is announced in the same transaction. False when it was announced before."""
    cursor = await connection.execute("UPDATE batches SET closed = 1 WHERE id = ? AND closed = 0", (batch,))
    return cursor.rowcount == 1


async def outcome(connection: Connection, batch: str) -> Counter[JobState]:
    """How many of its jobs are in which state; of a failed one that was tried anew, the newer one counts."""
    rows = await connection.execute_fetchall(
        f"SELECT state, count(*) FROM jobs WHERE batch = ? AND NOT {REPLACED} GROUP BY state",
        (batch,),
    )
    return Counter({JobState(row[0]): int(row[1]) for row in rows})


async def _one(connection: Connection, column: str, value: str) -> Batch | None:
    async with connection.execute(f"SELECT {_COLUMNS} FROM batches WHERE {column} = ?", (value,)) as cursor:
        row = await cursor.fetchone()
    return None if row is None else _batch(row)
