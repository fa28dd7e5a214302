"""Contact sheets: owed by the transaction that ends a group's last job, looked at again when what they show changes.

`settled_at` of a sheet's notice says that its message shows what counts; a verdict or a deletion takes that back.
"""

import json
from collections import Counter
from collections.abc import Collection
from sqlite3 import Row

from bot.ledger import notices
from bot.ledger.database import Connection
from bot.nouns import Notice


async def owed(connection: Connection, ended: Collection[str]) -> list[tuple[str, int]]:
    """(ask, channel) of the asks of these jobs that have ended whole with two pictures or more, and have no sheet."""
    rows = await connection.execute_fetchall(
        "SELECT ask, channel FROM jobs WHERE ask IN "
        "(SELECT DISTINCT ask FROM jobs WHERE id IN (SELECT value FROM json_each(?))) GROUP BY ask "
        "HAVING sum(state = 'rendered') > 1 AND sum(ended_at IS NULL) = 0 "
        "AND NOT EXISTS (SELECT 1 FROM notices AS n WHERE n.ask = jobs.ask AND n.kind = 'sheet') ORDER BY ask",
        (json.dumps(list(ended)),),
    )
    return [(str(row["ask"]), int(row["channel"])) for row in rows]


async def of_ask(connection: Connection, ask: str) -> Notice | None:
    found = await _many(connection, "WHERE ask = ? AND kind = 'sheet'", ask)
    return found[0] if found else None


async def unsettled(connection: Connection) -> list[Notice]:
    """Sheets that stand on Discord and may show what no longer counts; oldest first."""
    return await _many(connection, "WHERE kind = 'sheet' AND state = 'said' AND settled_at IS NULL ORDER BY id")


async def changed(connection: Connection, job: str) -> None:
    """Something that this job's sheet shows has changed, if it has one."""
    await connection.execute(
        "UPDATE notices SET settled_at = NULL "
        "WHERE ask = (SELECT ask FROM jobs WHERE id = ?) AND kind = 'sheet' AND settled_at IS NOT NULL",
        (job,),
    )


async def votes(connection: Connection, ask: str) -> Counter[str]:
    """How many people keep each picture of this ask."""
    rows = await connection.execute_fetchall(
        "SELECT v.job, count(*) AS keeps FROM jobs AS j CROSS JOIN verdict_now AS v ON v.job = j.id "
        "WHERE j.ask = ? AND v.verdict = 'keep' GROUP BY v.job",
        (ask,),
    )
    return Counter({str(row["job"]): int(row["keeps"]) for row in rows})


async def gone(connection: Connection, ask: str) -> frozenset[str]:
    """The jobs of this ask whose pictures were deleted."""
    rows = await connection.execute_fetchall(
        "SELECT j.id FROM jobs AS j CROSS JOIN pictures AS p ON p.job = j.id "
        "WHERE j.ask = ? AND p.deleted_at IS NOT NULL",
        (ask,),
    )
    return frozenset(str(row["id"]) for row in rows)


async def _many(connection: Connection, where: str, *values: object) -> list[Notice]:
    rows: Collection[Row] = list(await connection.execute_fetchall(f"{notices.SELECT} {where}", values))
    return [notices.of_row(row) for row in rows]
