"""The files of batches as they were sent, each once, and what each of their items asks for."""

from collections.abc import Sequence
from dataclasses import astuple

from bot.ledger.database import Connection
from bot.nouns import BatchItem

_COLUMNS = "batch, number, slug, digest, cluster, ask"


async def insert(connection: Connection, items: Sequence[BatchItem]) -> None:
    """The rows of one batch's items, behind those of its asks."""
    rows = (astuple(item) for item in items)
    await connection.executemany(f"INSERT INTO batch_items ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", rows)


async def of_batch(connection: Connection, batch: str) -> list[BatchItem]:
    """In the order of the file; of a batch that rendered what changed, only the items it rendered."""
    rows = await connection.execute_fetchall(
        f"SELECT {_COLUMNS} FROM batch_items WHERE batch = ? ORDER BY number", (batch,)
    )
    return [BatchItem(*row) for row in rows]


async def keep_file(connection: Connection, digest: str, text: str) -> None:
    """The file's text under its sha256; one that is there already is not written again."""
    await connection.execute(
        "INSERT INTO batch_files (digest, text) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING", (digest, text)
    )


async def file(connection: Connection, digest: str) -> str | None:
    """The file's text; None when it was not kept, or is forgotten."""
    async with connection.execute("SELECT text FROM batch_files WHERE digest = ?", (digest,)) as cursor:
        row = await cursor.fetchone()
    return None if row is None else str(row["text"])
