"""The files of batches as they were sent, each once, and what each of their items asks for."""

import json
from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass

from bot.ledger.database import Connection
from bot.nouns import BatchItem

_COLUMNS = "batch, number, slug, digest, cluster, ask"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a slug was asked for last; `lost` when all of its pictures failed or were cancelled."""

    digest: str
    lost: bool


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


async def earlier(
    connection: Connection, channel: int, name: str, digest: str, slugs: Collection[str]
) -> dict[str, Earlier]:
    """What these slugs were asked for last in this channel, by files of this name or the very same ones."""
    rows = await connection.execute_fetchall(
        "SELECT i.slug, i.digest, NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.ask = i.ask "
        "AND jobs.state NOT IN ('failed', 'cancelled')) AS lost "
        "FROM json_each(:slugs) CROSS JOIN batch_items AS i ON i.rowid = (SELECT o.rowid FROM batch_items AS o "
        "CROSS JOIN batches AS b ON b.id = o.batch WHERE o.slug = json_each.value AND b.channel = :channel "
        "AND (b.name = :name OR b.digest = :digest) ORDER BY o.rowid DESC LIMIT 1)",
        {"slugs": json.dumps(sorted(slugs)), "channel": channel, "name": name, "digest": digest},
    )
    return {str(row["slug"]): Earlier(str(row["digest"]), bool(row["lost"])) for row in rows}
