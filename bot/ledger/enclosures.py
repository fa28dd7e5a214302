"""Pictures that go with announcements. They are drawn when the announcement is said, and again when one they show is
deleted."""

import json

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


async def drawn(connection: Connection, notice: str, shown: str) -> None:
    """The message shows this of it now; an empty text has it drawn anew."""
    await connection.execute("UPDATE enclosures SET drawn = ? WHERE notice = ?", (shown, notice))


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
