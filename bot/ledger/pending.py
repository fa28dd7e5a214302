"""Asks that wait for the person to confirm how many pictures they make. They outlive the process that asked."""

from dataclasses import dataclass
from datetime import timedelta

from pydantic import TypeAdapter

from bot.ledger.database import Connection
from bot.nouns import Ask, Manner

LIFE = timedelta(days=1).total_seconds()

_ASKS = TypeAdapter(tuple[Ask, ...])
_MANNER = TypeAdapter(Manner)


@dataclass(frozen=True, slots=True)
class Pending:
    """The asks of one group; `key` is the request they came from."""

    id: str
    key: str
    person: int
    manner: Manner
    asks: tuple[Ask, ...]
    at: float
    taken_at: float | None = None


async def keep(connection: Connection, pending: Pending) -> str:
    """Gives the id under which it waits: the first one, when the same request came before.

    Whatever nobody confirmed within a day is forgotten on the way.
    """
    await connection.execute("DELETE FROM pending WHERE at < ?", (pending.at - LIFE,))
    await connection.execute(
        "INSERT INTO pending (id, key, person, manner, asks, at) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (key) DO NOTHING",
        (
            pending.id,
            pending.key,
            pending.person,
            _MANNER.dump_json(pending.manner).decode(),
            _ASKS.dump_json(pending.asks, exclude_defaults=True).decode(),
            pending.at,
        ),
    )
    rows = await connection.execute_fetchall("SELECT id FROM pending WHERE key = ?", (pending.key,))
    return next(str(row["id"]) for row in rows)


async def get(connection: Connection, waiting: str, now: float) -> Pending | None:
    """What waits or waited under this id; None when that was more than a day ago."""
    async with connection.execute("SELECT * FROM pending WHERE id = ? AND at >= ?", (waiting, now - LIFE)) as cursor:
        row = await cursor.fetchone()
    if row is None:
        return None
    values = dict(row)
    return Pending(
        **{**values, "manner": _MANNER.validate_json(row["manner"]), "asks": _ASKS.validate_json(row["asks"])}
    )


async def take(connection: Connection, waiting: str, now: float) -> None:
    """Its jobs are accepted; it is not asked for again."""
    await connection.execute("UPDATE pending SET taken_at = ? WHERE id = ? AND taken_at IS NULL", (now, waiting))
