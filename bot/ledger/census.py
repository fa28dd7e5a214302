"""A look at the ledger from outside the bot's process: read only, also while the bot writes."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import aiosqlite

from bot.ledger import verdicts
from bot.ledger.database import Connection
from bot.nouns import Judgement


@dataclass(frozen=True, slots=True)
class Posted:
    """A picture that stands on Discord."""

    slug: str
    sha256: str
    prompt: str
    message: int


@dataclass(frozen=True, slots=True)
class Census:
    """`engine` is the sum of the seconds that the pictures took to render."""

    jobs: int
    failed: int
    cancelled: int
    wakes: int
    engine: float
    posted: tuple[Posted, ...]
    judgements: tuple[Judgement, ...]


@asynccontextmanager
async def looking(path: Path) -> AsyncIterator[Connection]:
    """A connection that cannot write. Raises sqlite3.OperationalError when there is no such file."""
    async with aiosqlite.connect(f"file:{quote(str(path))}?mode=ro", uri=True) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


async def take(connection: Connection) -> Census:
    """Everything counted once."""
    states = dict(await _pairs(connection, "SELECT state, count(*) FROM jobs GROUP BY state"))
    ((wakes, engine),) = await _pairs(
        connection,
        "SELECT (SELECT count(*) FROM wakes WHERE seconds IS NOT NULL), coalesce(sum(seconds), 0) FROM pictures",
    )
    posted = await connection.execute_fetchall(
        "SELECT j.slug, p.sha256, j.prompt, n.message FROM notices AS n JOIN jobs AS j ON j.id = n.job "
        "JOIN pictures AS p ON p.job = j.id WHERE n.kind = 'picture' AND n.state = 'said' ORDER BY n.message"
    )
    judged = await connection.execute_fetchall("SELECT * FROM verdict_now ORDER BY at, job, person")
    return Census(
        jobs=int(sum(states.values())),
        failed=int(states.get("failed", 0)),
        cancelled=int(states.get("cancelled", 0)),
        wakes=int(wakes),
        engine=float(engine),
        posted=tuple(Posted(**dict(row)) for row in posted),
        judgements=tuple(verdicts.judgement(row) for row in judged),
    )


async def _pairs(connection: Connection, sql: str) -> list[tuple[str, float]]:
    return [(row[0], row[1]) for row in await connection.execute_fetchall(sql)]
