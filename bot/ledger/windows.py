"""Windows: entries of the rota that let waiting jobs begin only between two times. What is open stands in the row.

A job begins when each kind of window that is for it has one that is open; without any window it begins whenever it can.
A paused window is none.
"""

from dataclasses import asdict

from bot.ledger.database import Connection
from bot.nouns import RotaEntry, WindowScope

_OF_ALL = f"'{WindowScope.BATCHES}', '{WindowScope.EVERYTHING}'"
_OF_BATCHES = f"'{WindowScope.BATCHES}', '{WindowScope.MY_BATCHES}'"
_AMONG = "rota AS {0} INDEXED BY rota_windows WHERE {0}.kind = 'window' AND {0}.paused_at IS NULL"
_FOR = (
    f"{{0}}.guild = jobs.guild AND ({{0}}.scope IN ({_OF_ALL}) OR {{0}}.asker = jobs.asker) "
    f"AND ({{0}}.scope NOT IN ({_OF_BATCHES}) OR jobs.batch IS NOT NULL)"
)
_HOLDING = (
    f"FROM {_AMONG.format('w')} AND w.open = 0 AND {_FOR.format('w')} "
    f"AND NOT EXISTS (SELECT 1 FROM {_AMONG.format('o')} AND o.open = 1 AND o.guild = w.guild "
    f"AND o.scope = w.scope AND (o.scope IN ({_OF_ALL}) OR o.asker = w.asker))"
)
HELD = f"EXISTS (SELECT 1 {_HOLDING})"
"""Of a row of `jobs`: it waits for a window to open."""

_OPEN = "state IN ('queued', 'rendering')"  # word for word the condition of the partial index
_OF_WINDOW = f"FROM jobs CROSS JOIN rota AS w ON w.id = :id AND {_FOR.format('w')}"


async def begin(connection: Connection, entry: RotaEntry, opened_at: float, closes_at: float) -> bool:
    """From now on what waits for it may begin; what was not told of its last opening is told with this one.

    False when it was paused or removed meanwhile.
    """
    cursor = await connection.execute(
        "UPDATE rota SET open = 1, opened_at = coalesce(opened_at, ?), closes_at = ? "
        "WHERE id = ? AND paused_at IS NULL",
        (opened_at, closes_at, entry.id),
    )
    return cursor.rowcount == 1


async def shut(connection: Connection, now: float) -> int:
    """Closes those whose end has come; gives how many. What renders renders on, and what came of it is told later."""
    cursor = await connection.execute("UPDATE rota SET open = 0 WHERE open = 1 AND closes_at <= ?", (now,))
    return cursor.rowcount


async def told(connection: Connection, entry: RotaEntry) -> bool:
    """What was rendered in this opening is told in this transaction. False when it was told before."""
    cursor = await connection.execute(
        "UPDATE rota SET opened_at = NULL, closes_at = NULL WHERE id = ? AND opened_at IS ? AND open = 0",
        (entry.id, entry.opened_at),
    )
    return cursor.rowcount == 1


async def opened(connection: Connection) -> list[tuple[str, bool, float]]:
    """Those that are open, or of which it is still to be told what came of it: id, whether open, and the end."""
    rows = await connection.execute_fetchall(
        "SELECT id, open, closes_at FROM rota WHERE opened_at IS NOT NULL ORDER BY opened_at"
    )
    return [(str(row["id"]), bool(row["open"]), float(row["closes_at"])) for row in rows]


async def opens(connection: Connection, scope: str) -> float | None:
    """When the next window opens for what waits of this ask or batch, if it waits for one."""
    rows = await connection.execute_fetchall(
        f"SELECT (SELECT min(w.next_at) {_HOLDING}) FROM "
        "(SELECT * FROM jobs WHERE state = 'queued' AND (ask = :scope OR batch = :scope) LIMIT 1) AS jobs",
        {"scope": scope},
    )
    return next((float(row[0]) for row in rows if row[0] is not None), None)


async def opens_for(connection: Connection, guild: int, asker: int) -> float | None:
    """When the next window opens for a batch that this person would ask for now, if it would wait for one."""
    rows = await connection.execute_fetchall(
        f"SELECT (SELECT min(w.next_at) {_HOLDING}) FROM (SELECT ? AS guild, ? AS asker, '' AS batch) AS jobs",
        (guild, asker),
    )
    return next((float(row[0]) for row in rows if row[0] is not None), None)


async def waiting(connection: Connection, entry: RotaEntry) -> list[str]:
    """The jobs that wait for this window, oldest first."""
    rows = await connection.execute_fetchall(
        f"SELECT jobs.id {_OF_WINDOW} WHERE jobs.{_OPEN} AND jobs.state = 'queued' ORDER BY jobs.created_at, jobs.id",
        asdict(entry),
    )
    return [str(row["id"]) for row in rows]


async def rendering(connection: Connection, entry: RotaEntry) -> bool:
    """Whether something that it let begin is not done yet."""
    rows = await connection.execute_fetchall(
        f"SELECT 1 {_OF_WINDOW} WHERE jobs.{_OPEN} AND jobs.state = 'rendering' LIMIT 1", asdict(entry)
    )
    return bool(list(rows))


async def ended(connection: Connection, entry: RotaEntry, until: float) -> list[str]:
    """The jobs for it that ended since it opened, in the order of their ends."""
    rows = await connection.execute_fetchall(
        f"SELECT jobs.id {_OF_WINDOW} WHERE jobs.ended_at IS NOT NULL "
        "AND jobs.ended_at BETWEEN w.opened_at AND :until ORDER BY jobs.ended_at, jobs.id",
        asdict(entry) | {"until": until},
    )
    return [str(row["id"]) for row in rows]
