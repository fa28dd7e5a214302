"""Finished pictures and their receipts; the bytes lie in `files` under their digest.

A deleted picture keeps its row. It is `leaving` from the commit that deleted it until file and messages are gone.
"""

from dataclasses import asdict, dataclass
from sqlite3 import Row

from bot.ledger import enclosures, sheets, threads
from bot.ledger.database import Connection
from bot.nouns import Picture
from gpu_agent.order import Receipt

_FIRST = "n.kind = 'picture' AND n.kind != 'repost'"  # the second half is the index's own condition, word for word
_SELECT = f"SELECT p.*, n.message FROM pictures AS p LEFT JOIN notices AS n ON n.job = p.job AND {_FIRST} "


@dataclass(frozen=True, slots=True)
class Leaving:
    """A deleted picture of which something may still stand."""

    job: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A message with the picture, or one that is still due (0)."""

    channel: int
    message: int


def _picture(row: Row) -> Picture:
    values = dict(row)
    values["receipt"] = Receipt.model_validate_json(values["receipt"])
    return Picture(**values)


async def insert(connection: Connection, picture: Picture) -> None:
    values = asdict(picture) | {"receipt": picture.receipt.model_dump_json()}
    await connection.execute(
        "INSERT INTO pictures (job, sha256, bytes, receipt, seconds, peak, joules, created_at, media, poster) "
        "VALUES (:job, :sha256, :bytes, :receipt, :seconds, :peak, :joules, :created_at, :media, :poster)",
        values,
    )


async def of_job(connection: Connection, job: str) -> Picture | None:
    """The picture of this job, with the message that shows it once it is posted; also when it was deleted."""
    async with connection.execute(f"{_SELECT} WHERE p.job = ?", (job,)) as cursor:
        row = await cursor.fetchone()
    return None if row is None else _picture(row)


async def newest_of_slug(connection: Connection, slug: str) -> Picture | None:
    """The youngest picture of this slug that was not deleted; the slug's newest 200 jobs are looked at.

    What came from a hand-kept ledger is in no channel, and is not among them.
    """
    async with connection.execute(
        f"{_SELECT} WHERE p.job IN (SELECT id FROM jobs WHERE slug = ? AND channel != 0 ORDER BY id DESC LIMIT 200) "
        "AND p.deleted_at IS NULL ORDER BY p.job DESC LIMIT 1",
        (slug,),
    ) as cursor:
        row = await cursor.fetchone()
    return None if row is None else _picture(row)


async def posted(connection: Connection, job: str) -> Shown | None:
    """Where this job's picture stands, once it is posted and while it is not deleted."""
    async with connection.execute(
        "SELECT n.channel, n.message FROM notices AS n JOIN pictures AS p ON p.job = n.job "
        f"WHERE n.job = ? AND {_FIRST} AND n.message IS NOT NULL AND p.deleted_at IS NULL",
        (job,),
    ) as cursor:
        row = await cursor.fetchone()
    return None if row is None else Shown(*row)


async def shown(connection: Connection, job: str) -> list[Shown]:
    """Every message that shows this job's picture, or will."""
    rows = await connection.execute_fetchall(
        "SELECT channel, coalesce(message, 0) FROM (SELECT channel, message, state FROM notices AS n "
        f"WHERE job = :job AND {_FIRST} UNION ALL "
        "SELECT channel, message, state FROM notices WHERE job = :job AND kind = 'repost') WHERE state != 'unsayable'",
        {"job": job},
    )
    return [Shown(*row) for row in rows]


async def delete(connection: Connection, job: str, person: int | None, now: float) -> bool:
    """The picture is deleted and leaving; nobody is named when its message was seen to be gone.

    False when it was deleted before, or there is none.
    """
    cursor = await connection.execute(
        "UPDATE pictures SET deleted_at = ?, deleted_by = ? WHERE job = ? AND deleted_at IS NULL", (now, person, job)
    )
    if cursor.rowcount == 1:
        await connection.execute("INSERT INTO leaving (job) VALUES (?)", (job,))
        await sheets.changed(connection, job)
        await enclosures.changed(connection, job)
        await threads.recount(connection, job)
    return cursor.rowcount == 1


async def leaving(connection: Connection) -> list[Leaving]:
    rows = await connection.execute_fetchall(
        "SELECT p.job, p.sha256, p.poster FROM leaving AS l CROSS JOIN pictures AS p ON p.job = l.job ORDER BY l.job"
    )
    return [Leaving(job, tuple(digest for digest in files if digest)) for job, *files in rows]


async def left(connection: Connection, job: str) -> None:
    """Neither file nor message is there any more."""
    await connection.execute("DELETE FROM leaving WHERE job = ?", (job,))


async def needed(connection: Connection, digest: str) -> bool:
    """Whether a picture that stands shows this file, or a job starts from it, or it came with a file that waits."""
    async with connection.execute(
        "SELECT EXISTS (SELECT 1 FROM pictures WHERE sha256 = :digest AND deleted_at IS NULL) "
        "OR EXISTS (SELECT 1 FROM pictures WHERE poster = :digest AND deleted_at IS NULL) "
        "OR EXISTS (SELECT 1 FROM jobs WHERE extras != '{}' AND instr(extras, :digest) > 0) "
        "OR EXISTS (SELECT 1 FROM waiting_batches WHERE instr(beside, :digest) > 0) "
        "OR EXISTS (SELECT 1 FROM found_files WHERE (text != '' OR beside != '{}') AND instr(beside, :digest) > 0)",
        {"digest": digest},
    ) as cursor:
        row = await cursor.fetchone()
    return row is not None and bool(row[0])
