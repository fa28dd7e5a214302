"""Files that wait for their sender to say what of them is meant. They outlive the process that asked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.ledger.database import Connection

LIFE = timedelta(days=1).total_seconds()

_MOST = 20  # files of one person that wait at once; each may have megabytes
_COLUMNS = "id, key, person, guild, channel, name, text, beside, changed, at, taken_at"


@dataclass(frozen=True, slots=True)
class WaitingBatch:
    """A file that was found sound. `key` is the request it came with, `changed` are the places of what changed.

    `beside` has the digests of the pictures that came along with it, by name.
    """

    id: str
    key: str
    person: int
    guild: int
    channel: int
    name: str
    text: str
    beside: Mapping[str, str]
    changed: tuple[int, ...]
    at: float
    taken_at: float | None = None


async def keep(connection: Connection, waiting: WaitingBatch) -> str:
    """Gives the id under which it waits: the first one, when the same request came before.

    A person's oldest beyond twenty are older than a day from now on.
    """
    await connection.execute(
        f"INSERT INTO waiting_batches ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL) "
        "ON CONFLICT (key) DO NOTHING",
        (
            waiting.id,
            waiting.key,
            waiting.person,
            waiting.guild,
            waiting.channel,
            waiting.name,
            waiting.text,
            json.dumps(dict(waiting.beside)),
            json.dumps(waiting.changed),
            waiting.at,
        ),
    )
    await connection.execute(
        "UPDATE waiting_batches SET at = 0, text = '' WHERE person = ? AND id NOT IN "
        "(SELECT id FROM waiting_batches WHERE person = ? ORDER BY at DESC, id DESC LIMIT ?)",
        (waiting.person, waiting.person, _MOST),
    )
    rows = await connection.execute_fetchall("SELECT id FROM waiting_batches WHERE key = ?", (waiting.key,))
    return next(str(row["id"]) for row in rows)


async def forget_old(connection: Connection, now: float) -> set[str]:
    """What nobody can confirm any more is gone; gives the digests of the pictures that came along with it."""
    rows = await connection.execute_fetchall("DELETE FROM waiting_batches WHERE at < ? RETURNING beside", (now - LIFE,))
    return {str(digest) for row in rows for digest in json.loads(row["beside"]).values()}


async def get(connection: Connection, waiting: str, now: float) -> WaitingBatch | None:
    """What waits or waited under this id; None when that was more than a day ago."""
    sql = f"SELECT {_COLUMNS} FROM waiting_batches WHERE id = ? AND at >= ?"
    async with connection.execute(sql, (waiting, now - LIFE)) as cursor:
        row = await cursor.fetchone()
    if row is None:
        return None
    values = dict(row)
    return WaitingBatch(**{**values, "beside": json.loads(row["beside"]), "changed": tuple(json.loads(row["changed"]))})


async def take(connection: Connection, waiting: str, now: float) -> None:
    """Its batch is accepted and has the file; it is not asked for again."""
    await connection.execute(
        "UPDATE waiting_batches SET taken_at = ?, text = '' WHERE id = ? AND taken_at IS NULL", (now, waiting)
    )
