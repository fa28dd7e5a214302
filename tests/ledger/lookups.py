"""What tests ask the ledger that the program never does."""

from bot.ledger import jobs
from bot.ledger.database import Connection
from bot.nouns import Job, Notice, NoticeKind

_COLUMNS = "id, kind, channel, created_at, ask, job, batch, text, first_tried_at, said_at, message"


async def jobs_of_batch(connection: Connection, batch: str) -> list[Job]:
    """In the order of their file."""
    return await _jobs(connection, "batch = ? ORDER BY created_at, id", batch)


async def unfinished(connection: Connection) -> list[Job]:
    """Queued and rendering jobs, oldest first."""
    return await _jobs(connection, "state IN ('queued', 'rendering') ORDER BY created_at, id")


async def end_of_job(connection: Connection, job: str) -> Notice | None:
    """The one notice that tells how this job ended."""
    return await _notice(connection, "job = ? AND kind != 'repost'", job)


async def card_of_ask(connection: Connection, ask: str) -> Notice | None:
    return await _notice(connection, "ask = ? AND kind = 'card'", ask)


async def card_of_batch(connection: Connection, batch: str) -> Notice | None:
    return await _notice(connection, "batch = ? AND kind = 'card'", batch)


async def _jobs(connection: Connection, where: str, *values: str) -> list[Job]:
    rows = await connection.execute_fetchall(f"SELECT id FROM jobs WHERE {where}", values)
    found = [await jobs.get(connection, row["id"]) for row in rows]
    return [job for job in found if job is not None]


async def _notice(connection: Connection, where: str, value: str) -> Notice | None:
    rows = list(await connection.execute_fetchall(f"SELECT {_COLUMNS} FROM notices WHERE {where}", (value,)))
    return Notice(**{**dict(rows[0]), "kind": NoticeKind(rows[0]["kind"])}) if rows else None
