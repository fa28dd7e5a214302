"""What the bot last heard of each tower, and how long its wakes took."""

from pydantic import TypeAdapter

from bot.ledger.database import Connection
from bot.nouns import Heard, Wake
from gpu_agent.stock import Gpu
from gpu_agent.wire import Ready, Shelf

_GPUS = TypeAdapter(tuple[Gpu, ...])


async def saw(connection: Connection, name: str, ready: Ready, shelf: Shelf | None, now: float) -> None:
    """The tower answered; `shelf` is None when it is the one already stored."""
    await connection.execute(
        "INSERT INTO towers (name, boot, agent, gpus, disk_free, shelf_digest, shelf, seen_at) "
        "VALUES (:name, :boot, :agent, :gpus, :disk_free, :digest, :shelf, :now) ON CONFLICT (name) DO UPDATE SET "
        "boot = excluded.boot, agent = excluded.agent, gpus = excluded.gpus, disk_free = excluded.disk_free, "
        "seen_at = excluded.seen_at, "
        "shelf_digest = iif(excluded.shelf = '', shelf_digest, excluded.shelf_digest), "
        "shelf = iif(excluded.shelf = '', shelf, excluded.shelf)",
        {
            "name": name,
            "boot": ready.boot,
            "agent": ready.agent,
            "gpus": _GPUS.dump_json(ready.gpus).decode(),
            "disk_free": ready.disk_free,
            "digest": "" if shelf is None else shelf.digest,
            "shelf": "" if shelf is None else shelf.model_dump_json(),
            "now": now,
        },
    )


async def shelf(connection: Connection, name: str) -> Shelf | None:
    """The last shelf this tower sent."""
    async with connection.execute("SELECT shelf FROM towers WHERE name = ? AND shelf != ''", (name,)) as cursor:
        row = await cursor.fetchone()
    return None if row is None else Shelf.model_validate_json(row["shelf"])


async def heard(connection: Connection, name: str) -> Heard | None:
    """What the tower said of itself when it last answered; None for one that never did."""
    async with connection.execute(
        "SELECT agent, gpus, disk_free, seen_at FROM towers WHERE name = ?", (name,)
    ) as cursor:
        row = await cursor.fetchone()
    return None if row is None else Heard(**{**dict(row), "gpus": _GPUS.validate_json(row["gpus"])})


async def begin_wake(connection: Connection, tower: str, now: float) -> int:
    cursor = await connection.execute("INSERT INTO wakes (tower, asked_at, rung) VALUES (?, ?, 'asleep')", (tower, now))
    assert cursor.lastrowid is not None
    return cursor.lastrowid


async def end_wake(connection: Connection, wake: int, rung: str, seconds: float | None) -> None:
    """`rung` is how far it came; `seconds` to ready, None when it never was."""
    await connection.execute("UPDATE wakes SET rung = ?, seconds = ? WHERE id = ?", (rung, seconds, wake))


async def wakes(connection: Connection, tower: str, most: int = 20) -> list[Wake]:
    """The latest wakes, newest first."""
    rows = await connection.execute_fetchall(
        "SELECT id, tower, asked_at, seconds, rung FROM wakes WHERE tower = ? ORDER BY asked_at DESC LIMIT ?",
        (tower, most),
    )
    return [Wake(**dict(row)) for row in rows]


async def wish(connection: Connection, tower: str, want: str, person: int, now: float) -> None:
    """A person wants the tower to wake or to sleep; the latest wish counts."""
    await connection.execute(
        "INSERT INTO wishes (tower, want, person, at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (tower) DO UPDATE SET want = excluded.want, person = excluded.person, at = excluded.at",
        (tower, want, person, now),
    )


async def wish_of(connection: Connection, tower: str) -> str | None:
    """The wish that stands: 'wake', 'sleep' or None. It is taken once it is granted or was tried in vain."""
    rows = list(await connection.execute_fetchall("SELECT want FROM wishes WHERE tower = ?", (tower,)))
    return str(rows[0]["want"]) if rows else None


async def take_wish(connection: Connection, tower: str) -> str | None:
    """'wake', 'sleep' or None; taken once."""
    rows = list(await connection.execute_fetchall("DELETE FROM wishes WHERE tower = ? RETURNING want", (tower,)))
    return str(rows[0]["want"]) if rows else None
