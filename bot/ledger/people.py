"""Who may do what, who is blocked, and what each person has asked for. Every function takes a connection."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.ledger import verdicts
from bot.ledger.database import Connection
from bot.people.permits import Kind, Permits, What
from bot.people.quota import DAY, Allowance, Used


@dataclass(frozen=True, slots=True)
class Block:
    """`moderator` shut `person` out; `why` is for the other moderators."""

    person: int
    moderator: int
    why: str
    at: float


async def permits(connection: Connection) -> Permits:
    rows = await connection.execute_fetchall("SELECT what, kind, id FROM permits")
    return Permits(frozenset((What(what), Kind(kind), int(one)) for what, kind, one in rows))


async def permit(connection: Connection, what: What, kind: Kind, ids: Iterable[int]) -> None:
    """Exactly these from now on; none means what none listed means for it."""
    await connection.execute("DELETE FROM permits WHERE what = ? AND kind = ?", (what, kind))
    rows = [(what, kind, one) for one in sorted(set(ids))]
    await connection.executemany("INSERT INTO permits (what, kind, id) VALUES (?, ?, ?)", rows)


async def block(connection: Connection, wanted: Block) -> bool:
    """From now on nothing this person says of pictures counts. False when they were blocked before; `why` is new."""
    fresh = not await is_blocked(connection, wanted.person)
    await connection.execute(
        "INSERT INTO blocked (person, moderator, why, at) VALUES (?, ?, ?, ?) ON CONFLICT (person) "
        "DO UPDATE SET moderator = excluded.moderator, why = excluded.why",
        (wanted.person, wanted.moderator, wanted.why, wanted.at),
    )
    await verdicts.set_aside(connection, wanted.person)
    return fresh


async def unblock(connection: Connection, person: int) -> bool:
    """What they said of pictures counts again. False when they were not blocked."""
    cursor = await connection.execute("DELETE FROM blocked WHERE person = ?", (person,))
    if cursor.rowcount == 1:
        await verdicts.count_again(connection, person)
    return cursor.rowcount == 1


async def blocked(connection: Connection) -> list[Block]:
    """Everybody who is, the latest first."""
    rows = await connection.execute_fetchall("SELECT person, moderator, why, at FROM blocked ORDER BY at DESC, person")
    return [Block(*row) for row in rows]


async def is_blocked(connection: Connection, person: int) -> bool:
    rows = await connection.execute_fetchall("SELECT 1 FROM blocked WHERE person = ?", (person,))
    return bool(list(rows))


async def used(connection: Connection, person: int, allowed: Allowance, now: float) -> Used:
    """What of the allowance is taken, as far as it limits anything."""
    return Used(
        day=await _day(connection, person, now) if allowed.daily else (),
        open=await _open(connection, person) if allowed.at_once else 0,
        last=await _last(connection, person, now - allowed.cooldown) if allowed.cooldown else None,
    )


# The bare half of a pair was not asked for: it counts only in the place of a woven one that does not count.
_ASKED_FOR = (
    "NOT EXISTS (SELECT 1 FROM pairs AS p CROSS JOIN jobs AS w ON w.id = p.woven WHERE p.bare = jobs.id AND w.state {})"
)

_RENDERED_HERE = "(state != 'rendered' OR tower IS NOT NULL)"  # what was imported came without a tower


async def _day(connection: Connection, person: int, now: float) -> list[tuple[float, int]]:
    """Failed and cancelled pictures do not count: that is how they are given back. Imported ones were not asked for."""
    counting = "NOT IN ('failed', 'cancelled')"
    rows = await connection.execute_fetchall(
        "SELECT created_at, count(*) FROM jobs WHERE asker = ? AND created_at > ? "
        f"AND state {counting} AND {_RENDERED_HERE} AND {_ASKED_FOR.format(counting)} "
        "GROUP BY created_at ORDER BY created_at",
        (person, now - DAY),
    )
    return [(float(at), int(count)) for at, count in rows]


async def _open(connection: Connection, person: int) -> int:
    still_open = "IN ('queued', 'rendering')"
    rows = await connection.execute_fetchall(
        f"SELECT count(*) FROM jobs WHERE state {still_open} AND asker = ? AND batch IS NULL "
        f"AND {_ASKED_FOR.format(still_open)}",
        (person,),
    )
    return int(next(iter(rows))[0])


async def _last(connection: Connection, person: int, since: float) -> float | None:
    """An ask that failed is none; one that was cancelled is one, or cancelling would be a way around the pause."""
    rows = await connection.execute_fetchall(
        "SELECT max(created_at) FROM jobs WHERE asker = ? AND created_at > ? AND state != 'failed' AND batch IS NULL "
        f"AND {_RENDERED_HERE}",
        (person, since),
    )
    found: float | None = next(iter(rows))[0]
    return found
