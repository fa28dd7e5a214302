"""Finished pictures and their receipts; the bytes lie in `files` under their digest."""

from dataclasses import asdict
from sqlite3 import Row

from bot.ledger.database import Connection
from bot.nouns import Picture
from gpu_agent.order import Receipt

_SELECT = "SELECT p.*, n.message FROM pictures AS p LEFT JOIN notices AS n ON n.job = p.job AND n.kind = 'picture' "


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
    """The picture of this job, with the message that shows it once it is posted."""
    async with connection.execute(f"{_SELECT} WHERE p.job = ?", (job,)) as cursor:
        row = await cursor.fetchone()
    return None if row is None else _picture(row)
