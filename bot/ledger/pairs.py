"""Pairs: two jobs of one ask, the same but for the cues, and what people who judged both of them think."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from sqlite3 import Row

from bot.ledger import jobs
from bot.ledger.database import Connection
from bot.nouns import CueName, Trial


@dataclass(frozen=True, slots=True)
class Pair:
    """`woven` is the job with the cues, `bare` the one without; `first` says whether the woven one is shown first."""

    ask: str
    woven: str
    bare: str
    first: bool


async def insert(connection: Connection, pair: Pair) -> None:
    """Both jobs are inserted already."""
    await connection.execute(
        "INSERT INTO pairs (ask, woven, bare, first) VALUES (?, ?, ?, ?)",
        (pair.ask, pair.woven, pair.bare, int(pair.first)),
    )


async def of_ask(connection: Connection, ask: str) -> Pair | None:
    rows = await connection.execute_fetchall("SELECT ask, woven, bare, first FROM pairs WHERE ask = ?", (ask,))
    return next((Pair(row["ask"], row["woven"], row["bare"], bool(row["first"])) for row in rows), None)


async def told(connection: Connection, ask: str, person: int, now: float) -> bool:
    """May this person know which half is which? True is remembered with what they thought until then.

    They may once they have judged both halves, or when one of them will never be judged by anybody: it has no picture.
    What they say afterwards is no blind verdict any more, so what is remembered is what counts as evidence.
    """
    if await _unjudgeable(connection, ask):
        return True
    await connection.execute(
        "INSERT INTO pairs_told (ask, person, woven, bare, at) "
        "SELECT p.ask, :person, w.verdict = 'keep', b.verdict = 'keep', :now FROM pairs AS p "
        "CROSS JOIN verdict_now AS w ON w.job = p.woven AND w.person = :person "
        "CROSS JOIN verdict_now AS b ON b.job = p.bare AND b.person = :person "
        "WHERE p.ask = :ask ON CONFLICT (ask, person) DO NOTHING",
        {"ask": ask, "person": person, "now": now},
    )
    rows = await connection.execute_fetchall("SELECT 1 FROM pairs_told WHERE ask = ? AND person = ?", (ask, person))
    return bool(list(rows))


async def _unjudgeable(connection: Connection, ask: str) -> bool:
    rows = await connection.execute_fetchall(
        "SELECT 1 FROM pairs AS p CROSS JOIN jobs AS j ON j.id IN (p.woven, p.bare) "
        "LEFT JOIN pictures AS i ON i.job = j.id "
        "WHERE p.ask = ? AND (j.state IN ('failed', 'cancelled') OR i.deleted_at IS NOT NULL)",
        (ask,),
    )
    return bool(list(rows))


_BLIND = "coalesce(t.{0}, {0}_now.verdict = 'keep')"  # first what was thought before it was told what is which


async def judged(connection: Connection) -> list[Trial]:
    """Every pair of which somebody judged both halves, in the order they were asked for.

    A verdict that was withdrawn is gone from here too; one changed after its person was told counts as it was before.
    """
    woven, bare = _BLIND.format("woven"), _BLIND.format("bare")
    rows = await connection.execute_fetchall(
        f"SELECT j.model, j.archetype, j.cues, count(*) AS people, avg({woven}) AS woven, avg({bare}) AS bare "
        "FROM pairs AS p "
        "CROSS JOIN verdict_now AS woven_now ON woven_now.job = p.woven "
        "CROSS JOIN verdict_now AS bare_now ON bare_now.job = p.bare AND bare_now.person = woven_now.person "
        "LEFT JOIN pairs_told AS t ON t.ask = p.ask AND t.person = woven_now.person "
        "CROSS JOIN jobs AS j ON j.id = p.woven GROUP BY p.ask ORDER BY p.ask"
    )
    return await asyncio.to_thread(_trials, rows)  # thousands of them must not hold the event loop


async def count(connection: Connection) -> int:
    """Pairs that were asked for."""
    rows = await connection.execute_fetchall("SELECT count(*) FROM pairs")
    return int(next(iter(rows))[0])


async def last_ask(connection: Connection, slug: str) -> float | None:
    """When something was asked for under this slug last."""
    rows = await connection.execute_fetchall(
        "SELECT created_at FROM jobs WHERE slug = ? ORDER BY id DESC LIMIT 1", (slug,)
    )
    return next((float(row["created_at"]) for row in rows), None)


def _trials(rows: Iterable[Row]) -> list[Trial]:
    """Many were woven with the very same cues, which are read once."""
    read = cache(_names)
    return [
        Trial(row["model"], row["archetype"], read(row["cues"]), row["people"], row["woven"], row["bare"])
        for row in rows
    ]


def _names(cues: str) -> tuple[CueName, ...]:
    found = [jobs.cue(one) for one in json.loads(cues)]
    return tuple((cue.scope, cue.about, cue.phrase.casefold()) for cue in found)
