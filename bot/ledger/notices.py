"""What has to be said: due → said, or unsayable when Discord will never take it. Written where it became due."""

import json
from collections.abc import Collection
from dataclasses import asdict
from sqlite3 import Row

from bot.ledger.database import Connection
from bot.nouns import Notice, NoticeKind

_COLUMNS = "id, kind, channel, created_at, ask, job, batch, text, first_tried_at, said_at, message, person"
SELECT = f"SELECT {_COLUMNS} FROM notices"
_POSTED = "kind IN ('picture', 'repost') AND state = 'said'"  # word for word as the index has it


def of_row(row: Row) -> Notice:
    values = dict(row)
    values["kind"] = NoticeKind(values["kind"])
    return Notice(**values)


async def make_due(connection: Connection, notice: Notice) -> None:
    """Raises sqlite3.IntegrityError when the same end or card was made due before."""
    await connection.execute(
        "INSERT INTO notices (id, kind, state, channel, created_at, ask, job, batch, text, person) "
        "VALUES (:id, :kind, 'due', :channel, :created_at, :ask, :job, :batch, :text, :person)",
        asdict(notice),
    )


async def channels_due(connection: Connection) -> list[int]:
    """The channels in which something is to be said."""
    rows = await connection.execute_fetchall("SELECT DISTINCT channel FROM notices WHERE state = 'due'")
    return [int(row["channel"]) for row in rows]


async def due_in(connection: Connection, channel: int, most: int) -> list[Notice]:
    """The oldest notices of this channel that are not said yet."""
    return await _many(connection, "WHERE state = 'due' AND channel = ? ORDER BY created_at, id LIMIT ?", channel, most)


async def trying(connection: Connection, notice: str, now: float) -> None:
    """Committed before the first attempt: after a crash this says that a message may already stand."""
    await connection.execute(
        "UPDATE notices SET first_tried_at = ? WHERE id = ? AND first_tried_at IS NULL", (now, notice)
    )


async def move(connection: Connection, notice: str, channel: int) -> None:
    """It is to be said there, in turn with what is due there."""
    await connection.execute("UPDATE notices SET channel = ? WHERE id = ? AND state = 'due'", (channel, notice))


async def said(connection: Connection, notice: str, message: int, now: float) -> None:
    await connection.execute(
        "UPDATE notices SET state = 'said', said_at = ?, message = ? WHERE id = ? AND state = 'due'",
        (now, message, notice),
    )


async def unsayable(connection: Connection, notice: str, now: float) -> None:
    """The channel is gone or closed to the bot: kept, with its picture, but no longer tried."""
    await connection.execute(
        "UPDATE notices SET state = 'unsayable', said_at = ? WHERE id = ? AND state = 'due'", (now, notice)
    )


async def get(connection: Connection, notice: str) -> Notice | None:
    found = await _many(connection, "WHERE id = ?", notice)
    return found[0] if found else None


async def of_message(connection: Connection, message: int) -> Notice | None:
    """The notice that this Discord message said."""
    found = await _many(connection, "WHERE message = ?", message)
    return found[0] if found else None


async def channels_of(connection: Connection, messages: Collection[int]) -> dict[int, int]:
    """The channels of those of these messages that say notices."""
    rows = await connection.execute_fetchall(
        "SELECT n.message, n.channel FROM json_each(?) AS l CROSS JOIN notices AS n ON n.message = l.value",
        (json.dumps(sorted(messages)),),
    )
    return {int(row["message"]): int(row["channel"]) for row in rows}


async def newest_picture(connection: Connection, channel: int) -> Notice | None:
    """The picture that was posted last in this channel and stands, if it is among the newest 2000 of all."""
    found = await _many(
        connection,
        f"WHERE id IN (SELECT id FROM notices WHERE {_POSTED} ORDER BY said_at DESC "
        "LIMIT 2000) AND channel = ? AND NOT EXISTS (SELECT 1 FROM pictures AS p WHERE p.job = notices.job "
        "AND p.deleted_at IS NOT NULL) ORDER BY message DESC LIMIT 1",
        channel,
    )
    return found[0] if found else None


async def unsettled_cards(connection: Connection) -> list[Notice]:
    """Cards that stand on Discord and have not had their last edit; oldest first."""
    return await _many(connection, "WHERE kind = 'card' AND state = 'said' AND settled_at IS NULL ORDER BY id")


async def settled(connection: Connection, card: str, now: float, *, given_up: bool = False) -> None:
    """The card shows how all its jobs ended, or nobody can see it any more: then it is never edited again.

    A batch may have been given further jobs since it was looked at.
    """
    await connection.execute(
        "UPDATE notices SET settled_at = ? WHERE id = ? AND (? OR batch IS NULL OR NOT EXISTS "
        "(SELECT 1 FROM jobs WHERE jobs.batch = notices.batch AND state IN ('queued', 'rendering')))",
        (now, card, given_up),
    )


async def posted_pictures(connection: Connection, since: float) -> list[Notice]:
    """Picture notices said since then, oldest message first: what reconciling compares with Discord."""
    return await _many(connection, f"WHERE {_POSTED} AND said_at >= ? ORDER BY channel, message", since)


async def _many(connection: Connection, where: str, *values: object) -> list[Notice]:
    return [of_row(row) for row in await connection.execute_fetchall(f"{SELECT} {where}", values)]
