"""A batch while it renders: paused, gone on with, its rest cancelled, its thread, and what was failed tried anew."""

import json
from collections.abc import Collection

from bot.ledger import batch_sheets, batches
from bot.ledger.database import Connection
from bot.nouns import Batch, Notice, NoticeKind

_GATHERED = (NoticeKind.PICTURE, NoticeKind.SHEET, NoticeKind.FAILURE, NoticeKind.CANCELLATION)
_MADE_OF = (NoticeKind.PICTURE, NoticeKind.SHEET)
_CARD = "batch = ? AND kind NOT IN ('announcement', 'sheet') AND kind = 'card'"  # the index needs its own words
_WAITS = "FROM jobs WHERE batch = ? AND state IN ('queued', 'rendering') AND state = 'queued'"


async def waiting(connection: Connection, batch: str) -> int:
    """How many of its jobs have not begun."""
    ((count,),) = await connection.execute_fetchall(f"SELECT count(*) {_WAITS}", (batch,))
    return int(count)


async def pause(connection: Connection, batch: str, now: float) -> bool:
    """No further job of it is begun until `resume`. False when it was paused before."""
    cursor = await connection.execute(
        "UPDATE batches SET paused_at = ? WHERE id = ? AND paused_at IS NULL", (now, batch)
    )
    return cursor.rowcount == 1


async def resume(connection: Connection, batch: str) -> bool:
    """False when it was not paused."""
    cursor = await connection.execute(
        "UPDATE batches SET paused_at = NULL WHERE id = ? AND paused_at IS NOT NULL", (batch,)
    )
    return cursor.rowcount == 1


async def call_off(connection: Connection, scope: str, now: float) -> None:
    """The rest of this batch is not wanted any more, nor are further tries. Other scopes are no batches."""
    await connection.execute("UPDATE batches SET cancelled_at = ?, paused_at = NULL WHERE id = ?", (now, scope))


async def reopen(connection: Connection, batch: str) -> None:
    """It has further jobs to render: its card and sheets are edited again, and that its rest was cancelled is over."""
    await connection.execute("UPDATE batches SET cancelled_at = NULL WHERE id = ?", (batch,))
    await batch_sheets.unsettle(connection, batch)
    await connection.execute(f"UPDATE notices SET settled_at = NULL WHERE {_CARD}", (batch,))


async def card(connection: Connection, batch: str) -> tuple[int, int] | None:
    """Channel and message of its card; None while it does not stand."""
    for row in await connection.execute_fetchall(
        f"SELECT channel, message FROM notices WHERE {_CARD} AND state = 'said'", (batch,)
    ):
        return int(row["channel"]), int(row["message"])
    return None


async def opened(connection: Connection, batch: str, thread: int) -> None:
    """Its pictures are said in this thread from now on."""
    await connection.execute("UPDATE batches SET thread = ? WHERE id = ?", (thread, batch))


async def of_thread(connection: Connection, thread: int) -> Batch | None:
    """None when this is not the thread of a batch."""
    for row in await connection.execute_fetchall("SELECT id FROM batches WHERE thread = ?", (thread,)):
        return await batches.get(connection, str(row["id"]))
    return None


async def of_notice(connection: Connection, notice: Notice) -> Batch | None:
    """The batch in whose thread this is to be said: its own, its job's, or that of the picture it is made of."""
    if notice.kind not in _GATHERED:
        return None
    batch = notice.batch
    parents = "iif(:made, (SELECT p.batch FROM jobs AS p WHERE p.id = j.parent AND p.channel = j.channel), NULL)"
    for row in await connection.execute_fetchall(
        f"SELECT coalesce(j.batch, {parents}) AS batch FROM jobs AS j WHERE j.id = :job OR j.ask = :ask LIMIT 1",
        {"job": notice.job, "ask": notice.ask, "made": notice.kind in _MADE_OF},
    ):
        batch = batch or row["batch"]
    return None if batch is None else await batches.get(connection, batch)


async def latest(connection: Connection, guild: int, channels: Collection[int], most: int) -> list[Batch]:
    """The newest batches of these channels of the guild, the newest one first."""
    rows = await connection.execute_fetchall(
        "SELECT id FROM batches WHERE guild = ? AND channel IN (SELECT value FROM json_each(?)) "
        "ORDER BY created_at DESC, id DESC LIMIT ?",
        (guild, json.dumps(sorted(channels)), most),
    )
    found = [await batches.get(connection, str(row["id"])) for row in rows]
    return [batch for batch in found if batch is not None]
