"""Pictures that go with announcements. They are drawn when the announcement is said, and again when one they show is
deleted."""

import json
from collections.abc import Sequence

from bot.ledger import notices
from bot.ledger.database import Connection
from bot.nouns import Enclosure, Notice


async def add(connection: Connection, enclosure: Enclosure) -> None:
    await connection.execute(
        "INSERT INTO enclosures (notice, kind, facts) VALUES (?, ?, ?)",
        (enclosure.notice, enclosure.kind, json.dumps(enclosure.facts)),
    )


async def of_notice(connection: Connection, notice: str) -> Enclosure | None:
    async with connection.execute("SELECT kind, facts FROM enclosures WHERE notice = ?", (notice,)) as cursor:
        row = await cursor.fetchone()
    return None if row is None else Enclosure(notice, str(row["kind"]), json.loads(row["facts"]))


async def shows(connection: Connection, notice: str, jobs: Sequence[str] | None) -> None:
    """The message shows the pictures of these jobs now, None when nobody knows. Of a deleted one an edit is owed."""
    drawn = "" if jobs is None else json.dumps(list(jobs))
    gone = await connection.execute_fetchall(
        "SELECT 1 FROM json_each(?) AS l CROSS JOIN pictures AS p ON p.job = l.value WHERE p.deleted_at IS NOT NULL",
        (drawn or "[]",),
    )
    await connection.execute("UPDATE enclosures SET drawn = ? WHERE notice = ?", ("" if list(gone) else drawn, notice))


async def changed(connection: Connection, job: str) -> None:
    """The picture of this job was deleted: announcements that show it are owed an edit."""
    await connection.execute(
        "UPDATE enclosures SET drawn = '' WHERE kind = 'best' AND drawn != '' AND instr(drawn, ?) > 0", (job,)
    )


async def to_draw(connection: Connection) -> list[Notice]:
    """Announcements that stand and show what is not to be shown any more."""
    rows = await connection.execute_fetchall(
        f"{notices.SELECT} WHERE id IN (SELECT notice FROM enclosures WHERE drawn = '') AND state = 'said' ORDER BY id"
    )
    return [notices.of_row(row) for row in rows]
