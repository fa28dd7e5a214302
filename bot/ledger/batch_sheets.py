"""The contact sheets of a batch: one for each page of its pictures and for each cluster, due with their first pictures.

`settled_at` of a sheet's notice says that its message shows what counts, as for the sheets of groups: the end of a job,
a verdict or a deletion takes that back in its own transaction. The first sheet that stands tells of the whole batch.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass

from bot.clock import Clock, new_id
from bot.ledger import notices, reviews
from bot.ledger.database import Connection
from bot.nouns import Notice, NoticeKind

PAGE = 25
"""Pictures of one sheet: as many as a menu of Discord's takes."""

_FEW = 2  # pictures of a cluster that can be compared; a batch of one picture needs no sheet
_SLOTS = "jobs WHERE batch = :batch AND again IS NULL"
_RENDERED = (
    "WITH RECURSIVE takes (first, job) AS (SELECT value, value FROM json_each(:firsts) "
    "UNION ALL SELECT t.first, j.id FROM takes AS t CROSS JOIN jobs AS j ON j.again = t.job) "
    "SELECT count(DISTINCT t.first) FROM takes AS t CROSS JOIN pictures AS p ON p.job = t.job "
    "WHERE p.deleted_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page, or part of a cluster. `first` is the job of its first slot."""

    batch: str
    first: str
    notice: str
    cluster: bool = False


async def of_notice(connection: Connection, notice: str) -> Sheet | None:
    found = await _many(connection, "WHERE notice = ?", notice)
    return found[0] if found else None


async def of_batch(connection: Connection, batch: str) -> list[Sheet]:
    """The pages in their order, then the clusters."""
    return await _many(connection, "WHERE batch = ? ORDER BY cluster, first", batch)


async def place(connection: Connection, notice: str) -> tuple[int, int] | None:
    """Channel and message of a sheet that stands."""
    rows = await connection.execute_fetchall(
        "SELECT channel, message FROM notices WHERE id = ? AND state = 'said'", (notice,)
    )
    return next(((int(row["channel"]), int(row["message"])) for row in rows), None)


async def follow(connection: Connection, clock: Clock, ended: Collection[str]) -> None:
    """These jobs have ended: sheets that they are the first pictures of are due, and others may be outdated."""
    for job in ended:
        found = await reviews.of_job(connection, job)
        if found is None:
            continue
        batch, first = found
        await _owe_page(connection, clock, batch, first)
        await _owe_cluster(connection, clock, batch, first)
        await changed(connection, job)


async def changed(connection: Connection, job: str) -> None:
    """Something has changed that the sheets show on which this job's slot is, or which tell of its whole batch."""
    found = await reviews.of_job(connection, job)
    if found is None:
        return
    await connection.execute(
        "UPDATE notices SET settled_at = NULL WHERE settled_at IS NOT NULL AND id IN ("
        "SELECT notice FROM (SELECT notice FROM batch_sheets WHERE batch = :batch AND cluster = 0 AND first <= :first "
        "ORDER BY first DESC LIMIT 1) "
        "UNION ALL SELECT notice FROM (SELECT notice FROM batch_sheets WHERE batch = :batch AND cluster = 0 "
        "ORDER BY first LIMIT 1) "
        "UNION ALL SELECT notice FROM batch_sheets WHERE batch = :batch AND cluster = 1)",
        {"batch": found[0], "first": found[1]},
    )


async def dropped(connection: Connection, cancelled: Collection[str]) -> None:
    """These jobs were cancelled before they began; they may be thousands."""
    await connection.execute(
        "UPDATE notices SET settled_at = NULL WHERE settled_at IS NOT NULL AND id IN (SELECT s.notice FROM "
        "(SELECT DISTINCT j.batch FROM json_each(?) AS l CROSS JOIN jobs AS j ON j.id = l.value) AS b "
        "CROSS JOIN batch_sheets AS s ON s.batch = b.batch)",
        (json.dumps(list(cancelled)),),
    )


async def unsettle(connection: Connection, batch: str) -> None:
    """All sheets of the batch may be outdated: they name one another."""
    await connection.execute(
        "UPDATE notices SET settled_at = NULL WHERE settled_at IS NOT NULL "
        "AND id IN (SELECT notice FROM batch_sheets WHERE batch = ?)",
        (batch,),
    )


async def _owe_page(connection: Connection, clock: Clock, batch: str, first: str) -> None:
    """The page has its sheet from its first picture on."""
    ((before, total),) = await connection.execute_fetchall(
        f"SELECT count(*) FILTER (WHERE id < :first), count(*) FROM {_SLOTS}", {"batch": batch, "first": first}
    )
    if total < _FEW:
        return
    rows = await connection.execute_fetchall(
        f"SELECT id FROM {_SLOTS} ORDER BY id LIMIT {PAGE} OFFSET :start",
        {"batch": batch, "start": before // PAGE * PAGE},
    )
    await _owe(connection, clock, batch, [str(row["id"]) for row in rows], least=1)


async def _owe_cluster(connection: Connection, clock: Clock, batch: str, first: str) -> None:
    """A cluster has its sheet once two of its members can be compared."""
    rows = await connection.execute_fetchall(
        "SELECT j.id FROM jobs AS s CROSS JOIN batch_items AS mine ON mine.ask = s.ask "
        "CROSS JOIN batch_items AS i ON i.batch = mine.batch AND i.cluster = mine.cluster "
        "CROSS JOIN jobs AS j ON j.ask = i.ask WHERE s.id = ? AND j.batch = i.batch AND j.again IS NULL ORDER BY j.id",
        (first,),
    )
    members = [str(row["id"]) for row in rows]
    if first in members:
        start = members.index(first) // PAGE * PAGE
        await _owe(connection, clock, batch, members[start : start + PAGE], least=_FEW, cluster=True)


async def _owe(
    connection: Connection, clock: Clock, batch: str, firsts: list[str], *, least: int, cluster: bool = False
) -> None:
    standing = await connection.execute_fetchall(
        "SELECT 1 FROM batch_sheets AS s CROSS JOIN notices AS n ON n.id = s.notice AND n.state != 'unsayable' "
        "WHERE s.batch = ? AND s.cluster = ? AND s.first = ?",
        (batch, int(cluster), firsts[0]),
    )
    if list(standing) or await _rendered(connection, firsts) < least:
        return
    ((channel,),) = await connection.execute_fetchall("SELECT channel FROM batches WHERE id = ?", (batch,))
    notice = Notice(new_id(clock), NoticeKind.SHEET, int(channel), clock.now(), batch=batch)
    await notices.make_due(connection, notice)
    await connection.execute(
        # One that could not be said, as its picture was deleted before, is due anew with the next picture.
        "INSERT INTO batch_sheets (batch, cluster, first, notice) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (batch, cluster, first) DO UPDATE SET notice = excluded.notice",
        (batch, int(cluster), firsts[0], notice.id),
    )
    await unsettle(connection, batch)


async def _rendered(connection: Connection, firsts: list[str]) -> int:
    """In how many of these slots a picture stands."""
    ((count,),) = await connection.execute_fetchall(_RENDERED, {"firsts": json.dumps(firsts)})
    return int(count)


async def _many(connection: Connection, where: str, *values: object) -> list[Sheet]:
    rows = await connection.execute_fetchall(f"SELECT batch, first, notice, cluster FROM batch_sheets {where}", values)
    return [Sheet(row["batch"], row["first"], row["notice"], bool(row["cluster"])) for row in rows]
