"""Contact sheets: owed by the transaction that ends a group's last job, looked at again when what they show changes.

`settled_at` of a sheet's notice says that its message shows what counts; a verdict or a deletion takes that back.
"""

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from sqlite3 import Row

from bot.ledger import batch_sheets, notices
from bot.ledger.database import Connection
from bot.nouns import Notice


async def owed(connection: Connection, ended: Collection[str]) -> list[tuple[str, int]]:
    """(ask, channel) of the asks of these jobs that have ended whole with two pictures or more, and have no sheet.

    A pair gets none: side by side and numbered, its halves would tell more than they may. Nor do the asks of a batch,
    which has sheets of its own.
    """
    rows = await connection.execute_fetchall(
        "SELECT ask, channel FROM jobs WHERE ask IN "
        "(SELECT DISTINCT ask FROM jobs WHERE id IN (SELECT value FROM json_each(?))) AND batch IS NULL GROUP BY ask "
        "HAVING sum(state = 'rendered') > 1 AND sum(ended_at IS NULL) = 0 "
        "AND NOT EXISTS (SELECT 1 FROM notices AS n WHERE n.ask = jobs.ask AND n.kind = 'sheet') "
        "AND NOT EXISTS (SELECT 1 FROM pairs AS p WHERE p.ask = jobs.ask) ORDER BY ask",
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
    """Something has changed that the sheet of this job's group shows, or its batch's, if there is one."""
    await connection.execute(
        "UPDATE notices SET settled_at = NULL "
        "WHERE ask = (SELECT ask FROM jobs WHERE id = ?) AND kind = 'sheet' AND settled_at IS NOT NULL",
        (job,),
    )
    await batch_sheets.changed(connection, job)


@dataclass(frozen=True, slots=True)
class Face:
    """What may change on a sheet: how many keep each picture, where that is told, and which pictures were deleted."""

    votes: Counter[str]
    gone: frozenset[str]

    def __str__(self) -> str:
        """Equal for equal sheets; kept as the notice's text while the message shows this."""
        return json.dumps({"gone": sorted(self.gone), "votes": dict(sorted(self.votes.items()))})


def gone_on(shown: str) -> frozenset[str]:
    """The deleted pictures on the sheet that this text tells of."""
    return frozenset(json.loads(shown)["gone"]) if shown else frozenset()


async def face(connection: Connection, ask: str) -> Face:
    rows = await connection.execute_fetchall(
        "SELECT v.job, count(*) AS keeps FROM asks AS a CROSS JOIN jobs AS j ON j.ask = a.id "
        "CROSS JOIN verdict_now AS v ON v.job = j.id "
        "WHERE a.id = ? AND a.kind = 'compare' AND v.verdict = 'keep' GROUP BY v.job",
        (ask,),
    )
    deleted = await connection.execute_fetchall(
        "SELECT j.id FROM jobs AS j CROSS JOIN pictures AS p ON p.job = j.id "
        "WHERE j.ask = ? AND p.deleted_at IS NOT NULL",
        (ask,),
    )
    votes = Counter({str(row["job"]): int(row["keeps"]) for row in rows})
    return Face(votes, frozenset(str(row["id"]) for row in deleted))


async def shown(connection: Connection, sheet: str) -> str:
    """What the message of this notice shows, as far as it is known."""
    rows = await connection.execute_fetchall("SELECT text FROM notices WHERE id = ?", (sheet,))
    return next((str(row["text"]) for row in rows), "")


async def shows(connection: Connection, sheet: str, face: str) -> None:
    """The message of this notice shows this now."""
    await connection.execute("UPDATE notices SET text = ? WHERE id = ?", (face, sheet))


async def settled(connection: Connection, sheet: str, now: float) -> None:
    """The message of this notice shows what counts."""
    await connection.execute("UPDATE notices SET settled_at = ? WHERE id = ?", (now, sheet))


async def _many(connection: Connection, where: str, *values: object) -> list[Notice]:
    rows: Collection[Row] = list(await connection.execute_fetchall(f"{notices.SELECT} {where}", values))
    return [notices.of_row(row) for row in rows]
