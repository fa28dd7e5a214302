"""How long things took before: pictures that were rendered alike, and loads of a model. Waking is in `towers`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Row
from statistics import median
from typing import TypeAlias

from bot.ledger.database import Connection
from bot.nouns import Extras

LEAST = 3
"""So many times must something have been seen before it is called usual."""

_LATEST = 20
_LOOKED_AT = 60  # pictures of the same size and steps, among which those made in the same way are sought
_OPEN = "state IN ('queued', 'rendering')"  # word for word the condition of the partial index
_COLUMNS = "j.id, j.ask, j.batch, j.tower, j.model, j.width, j.height, j.steps, j.extras"

Way: TypeAlias = tuple[int, float, bool, bool]
"""What of the extras decides the time: frames, strength of a source (0 without one), control, reference."""


@dataclass(frozen=True, slots=True)
class Like:
    """Pictures that take equally long."""

    model: str
    width: int
    height: int
    steps: int
    way: Way


@dataclass(frozen=True, slots=True)
class Work:
    """An open job, as far as its time is concerned."""

    job: str
    ask: str
    batch: str | None
    tower: str | None
    like: Like


def like(model: str, width: int, height: int, steps: int, extras: Extras) -> Like:
    """What decides the time of a picture that nobody has asked for yet."""
    return Like(model, width, height, steps, _of_extras(extras))


def usual(seconds: Sequence[float]) -> float | None:
    """The median; None while it was not seen often enough."""
    return median(seconds) if len(seconds) >= LEAST else None


async def waiting(connection: Connection, jobs: Sequence[str]) -> list[Work]:
    """These jobs, in this order."""
    rows = await connection.execute_fetchall(
        f"SELECT {_COLUMNS} FROM json_each(?) AS l CROSS JOIN jobs AS j ON j.id = l.value ORDER BY l.key",
        (json.dumps(list(jobs)),),
    )
    return [_work(row) for row in rows]


async def rendering(connection: Connection) -> list[Work]:
    """What the towers have, oldest first."""
    rows = await connection.execute_fetchall(
        f"SELECT {_COLUMNS} FROM jobs AS j WHERE {_OPEN} AND state = 'rendering' ORDER BY created_at, id"
    )
    return [_work(row) for row in rows]


async def took(connection: Connection, like: Like) -> list[float]:
    """The seconds of the latest pictures that were rendered alike; those that came without a tower were imported."""
    rows = await connection.execute_fetchall(
        "SELECT p.seconds, j.extras FROM jobs AS j JOIN pictures AS p ON p.job = j.id WHERE j.state = 'rendered' "
        "AND j.model = ? AND j.width = ? AND j.height = ? AND j.steps = ? AND j.tower IS NOT NULL "
        "ORDER BY j.ended_at DESC LIMIT ?",
        (like.model, like.width, like.height, like.steps, _LOOKED_AT),
    )
    return [float(row["seconds"]) for row in rows if _way(row["extras"]) == like.way][:_LATEST]


async def loads(connection: Connection, tower: str, model: str) -> list[float]:
    """How long this tower lately took to load the model."""
    rows = await connection.execute_fetchall(
        "SELECT seconds FROM loads WHERE tower = ? AND model = ? ORDER BY id DESC LIMIT ?", (tower, model, _LATEST)
    )
    return [float(row["seconds"]) for row in rows]


async def loaded(connection: Connection, tower: str, model: str, seconds: float) -> None:
    """One more load was watched from its beginning to its end; old ones are forgotten."""
    await connection.execute("INSERT INTO loads (tower, model, seconds) VALUES (?, ?, ?)", (tower, model, seconds))
    await connection.execute(
        "DELETE FROM loads WHERE tower = :tower AND model = :model AND id <= (SELECT id FROM loads "
        "WHERE tower = :tower AND model = :model ORDER BY id DESC LIMIT 1 OFFSET :most)",
        {"tower": tower, "model": model, "most": _LATEST},
    )


def _work(row: Row) -> Work:
    like = Like(row["model"], row["width"], row["height"], row["steps"], _way(row["extras"]))
    return Work(row["id"], row["ask"], row["batch"], row["tower"], like)


def _way(extras: str) -> Way:
    return (1, 0.0, False, False) if extras == "{}" else _of_extras(Extras.model_validate_json(extras))


def _of_extras(known: Extras) -> Way:
    strength = known.strength if known.source else 0.0
    return (known.frames, strength, known.control is not None, known.reference is not None)
