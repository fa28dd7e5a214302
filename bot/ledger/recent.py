"""What a person asked for lately, for suggestions while they type: no further back than their newest 2000 jobs."""

from typing import Literal

from bot.ledger.database import Connection

What = Literal["slug", "archetype", "model"]

_NEWEST = "(SELECT id, {} FROM jobs WHERE asker = ? ORDER BY created_at DESC LIMIT 2000)"


async def values(connection: Connection, asker: int, what: What, most: int) -> list[str]:
    """The slugs, archetypes or models of this person's asks, each once, newest first."""
    rows = await connection.execute_fetchall(
        f"SELECT {what} FROM {_NEWEST.format(what)} WHERE {what} IS NOT NULL GROUP BY {what} "
        "ORDER BY max(id) DESC LIMIT ?",
        (asker, most),
    )
    return [str(row[0]) for row in rows]


async def prompts(connection: Connection, asker: int, most: int) -> list[tuple[str, str]]:
    """The person's own words, each once, newest first, with the id of the last job that has them."""
    rows = await connection.execute_fetchall(
        f"SELECT max(id), asked FROM {_NEWEST.format('asked')} GROUP BY asked ORDER BY max(id) DESC LIMIT ?",
        (asker, most),
    )
    return [(str(row[0]), str(row[1])) for row in rows]
