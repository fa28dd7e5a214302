"""The review of a batch: its slots with all their takes, and the rounds in which its rejects were drawn again."""

import asyncio
from collections.abc import Sequence
from itertools import groupby
from sqlite3 import Row

from bot.ledger.database import Connection
from bot.ledger.decided import DECIDED
from bot.ledger.takes import Review, Slot, Take
from bot.nouns import JobState, Verdict

_MANY = 1000  # takes, above which they are looked at beside the event loop
_STILL = "image/png"
_TAKES = f"""
WITH RECURSIVE takes (first, job, nth) AS (
    SELECT id, id, 0 FROM jobs WHERE batch = :batch AND again IS NULL
    UNION ALL SELECT t.first, j.id, t.nth + 1 FROM takes AS t CROSS JOIN jobs AS j ON j.again = t.job
)
SELECT t.first, j.id AS job, j.slug, j.state, j.seed, j.ended_at, r.number AS round, i.cluster,
    p.sha256, p.media, p.poster, p.deleted_at, n.channel, n.message,
    (SELECT {DECIDED} FROM verdict_now AS v WHERE v.job = j.id) AS counts,
    EXISTS (SELECT 1 FROM verdict_now AS w WHERE w.job = j.id AND w.person = j.asker) AS by_asker
FROM takes AS t CROSS JOIN jobs AS j ON j.id = t.job
LEFT JOIN batch_rounds AS r ON r.ask = j.ask LEFT JOIN batch_items AS i ON i.ask = j.ask
LEFT JOIN pictures AS p ON p.job = j.id
LEFT JOIN notices AS n ON n.job = j.id AND n.kind != 'repost' AND n.kind = 'picture' AND n.message IS NOT NULL
ORDER BY t.first, t.nth
"""


async def of_batch(connection: Connection, batch: str) -> Review:
    """Every slot, in the order of the file; none when there is no such batch."""
    rows = list(await connection.execute_fetchall(_TAKES, {"batch": batch}))
    return await asyncio.to_thread(_review, rows) if len(rows) > _MANY else _review(rows)


async def of_job(connection: Connection, job: str) -> tuple[str, str] | None:
    """(batch, first job of the slot) of a job that a batch made; None of any other."""
    rows = await connection.execute_fetchall(
        "WITH RECURSIVE up (id, batch, again) AS (SELECT id, batch, again FROM jobs WHERE id = ? AND batch IS NOT NULL "
        "UNION ALL SELECT j.id, j.batch, j.again FROM up CROSS JOIN jobs AS j ON j.id = up.again) "
        "SELECT batch, id FROM up WHERE again IS NULL",
        (job,),
    )
    return next(((str(row["batch"]), str(row["id"])) for row in rows), None)


async def begin_round(connection: Connection, batch: str, asks: Sequence[str]) -> int:
    """These asks are the next round; gives its number."""
    ((latest,),) = await connection.execute_fetchall("SELECT max(number) FROM batch_rounds WHERE batch = ?", (batch,))
    number = int(latest or 1) + 1
    rows = ((ask, batch, number) for ask in asks)
    await connection.executemany("INSERT INTO batch_rounds (ask, batch, number) VALUES (?, ?, ?)", rows)
    return number


async def round_of_key(connection: Connection, key: str) -> tuple[int, list[str]] | None:
    """Number and jobs of the round that an earlier request with this key began."""
    rows = await connection.execute_fetchall(
        "SELECT r.number, j.id FROM asks AS a CROSS JOIN batch_rounds AS o ON o.ask = a.id "
        "CROSS JOIN batch_rounds AS r ON r.batch = o.batch AND r.number = o.number "
        "CROSS JOIN jobs AS j ON j.ask = r.ask WHERE a.key = ? ORDER BY j.id",
        (key,),
    )
    found = [(int(row["number"]), str(row["id"])) for row in rows]
    return (found[0][0], [job for _, job in found]) if found else None


def _review(rows: Sequence[Row]) -> Review:
    slots = [
        _slot(number, list(takes)) for number, (_, takes) in enumerate(groupby(rows, key=lambda row: row["first"]), 1)
    ]
    return Review(tuple(slots), max((take.round for slot in slots for take in slot.takes), default=1))


def _slot(number: int, rows: Sequence[Row]) -> Slot:
    """What was tried once more because it failed belongs to the round that it failed in."""
    takes: list[Take] = []
    for row in rows:
        takes.append(_take(row, row["round"] or (takes[-1].round if takes else 1)))
    slot = Slot(number, str(rows[0]["slug"]), tuple(takes), rows[0]["cluster"])
    assert slot.standing  # worked out here, which may be beside the event loop
    return slot


def _take(row: Row, number: int) -> Take:
    return Take(
        job=row["job"],
        state=JobState(row["state"]),
        round=number,
        seed=row["seed"],
        gone=row["deleted_at"] is not None,
        counts=Verdict(row["counts"]) if row["counts"] else None,
        by_asker=bool(row["by_asker"]),
        file=row["poster"] or (row["sha256"] if row["media"] == _STILL else None),
        channel=row["channel"] or 0,
        message=row["message"] or 0,
        ended_at=row["ended_at"],
    )
