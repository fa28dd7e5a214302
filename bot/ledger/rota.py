"""Entries that are due again and again. What became of a moment is kept: a moment is served or missed once.

The slot of a batch is taken by inserting the batch: unique (entry, slot).
"""

from dataclasses import asdict
from sqlite3 import Row

from bot.ledger.database import Connection
from bot.nouns import RotaEntry, RotaKind, Slot, SlotOutcome, WindowScope

_COLUMNS = (
    "id, name, words, cron, zone, items, asker, guild, channel, created_at, next_at, daily, kind, since, due_at, lead, "
    "grace, scope, until, paused_at, wanted_at, open, opened_at, closes_at"
)
_SELECT = f"SELECT {_COLUMNS} FROM rota"
_INSERT = f"INSERT INTO rota ({_COLUMNS}) VALUES ({', '.join(':' + name for name in _COLUMNS.split(', '))})"
_KEPT = 100
"""Moments of each entry that are remembered."""


def _entry(row: Row) -> RotaEntry:
    values = dict(row)
    kinds = {"kind": RotaKind(values["kind"]), "scope": WindowScope(values["scope"]), "open": bool(values["open"])}
    return RotaEntry(**values | kinds)


async def add(connection: Connection, entry: RotaEntry) -> None:
    await connection.execute(_INSERT, asdict(entry) | {"open": int(entry.open)})


async def nearest(connection: Connection) -> tuple[str, float | None] | None:
    """Id and moment of the entry that is to be looked at first; one whose moment is not worked out yet comes before
    all others, one that is paused not at all.

    Asked after every commit, so the file's text, which may have megabytes, is left out.
    """
    async with connection.execute(
        "SELECT id, due_at FROM rota WHERE paused_at IS NULL ORDER BY due_at LIMIT 1"
    ) as cursor:
        row = await cursor.fetchone()
    return None if row is None else (str(row["id"]), row["due_at"])


async def get(connection: Connection, entry: str) -> RotaEntry | None:
    found = await _many(connection, "WHERE id = ?", entry)
    return found[0] if found else None


async def twin(connection: Connection, entry: RotaEntry) -> RotaEntry | None:
    """The entry that stands for the same at the same times, by the same person in the same channel."""
    async with connection.execute(
        f"{_SELECT} WHERE (asker, channel, kind, name, cron, zone, items, scope, until) = "
        "(:asker, :channel, :kind, :name, :cron, :zone, :items, :scope, :until)",
        asdict(entry),
    ) as cursor:
        row = await cursor.fetchone()
    return None if row is None else _entry(row)


async def entries(connection: Connection) -> list[RotaEntry]:
    """Without their files; the next one first, paused ones last."""
    return await _bare(connection, "ORDER BY paused_at IS NOT NULL, next_at, id")


async def count_of(connection: Connection, person: int) -> int:
    """How many entries are this person's."""
    ((count,),) = await connection.execute_fetchall("SELECT count(*) FROM rota WHERE asker = ?", (person,))
    return int(count)


async def advance(
    connection: Connection, entry: RotaEntry, next_at: float, due_at: float | None = None, told: Slot | None = None
) -> bool:
    """From its moment to the next one, and keeps what became of the one that is left.

    False when it was moved on, paused or removed meanwhile: then do nothing more.
    """
    cursor = await connection.execute(
        "UPDATE rota SET next_at = ?, due_at = ? WHERE id = ? AND next_at IS ? AND paused_at IS NULL",
        (next_at, next_at if due_at is None else due_at, entry.id, entry.next_at),
    )
    if cursor.rowcount == 1 and told is not None:
        await keep(connection, told)
    return cursor.rowcount == 1


async def announced(connection: Connection, entry: RotaEntry) -> bool:
    """Its next moment was announced ahead: now it is to be looked at when that has come. False as in `advance`."""
    cursor = await connection.execute(
        "UPDATE rota SET due_at = next_at WHERE id = ? AND next_at IS ? AND due_at IS ? AND paused_at IS NULL",
        (entry.id, entry.next_at, entry.due_at),
    )
    return cursor.rowcount == 1


async def keep(connection: Connection, slot: Slot) -> None:
    await connection.execute(
        "INSERT INTO rota_slots (entry, at, outcome, told_at) VALUES (:entry, :at, :outcome, :told_at) "
        "ON CONFLICT (entry, at) DO NOTHING",
        asdict(slot),
    )
    await connection.execute(
        "DELETE FROM rota_slots WHERE entry = :entry AND at <= (SELECT at FROM rota_slots WHERE entry = :entry "
        "ORDER BY at DESC LIMIT 1 OFFSET :most)",
        {"entry": slot.entry, "most": _KEPT},
    )


async def slots(connection: Connection, entry: str) -> list[Slot]:
    """What became of its moments, the latest first."""
    rows = await connection.execute_fetchall(
        "SELECT entry, at, outcome, told_at FROM rota_slots WHERE entry = ? ORDER BY at DESC", (entry,)
    )
    return [Slot(row["entry"], row["at"], SlotOutcome(row["outcome"]), row["told_at"]) for row in rows]


async def begun(connection: Connection, entry: str) -> dict[float, float]:
    """The moments whose batch was accepted, and when that was."""
    rows = await connection.execute_fetchall("SELECT slot, created_at FROM batches WHERE entry = ?", (entry,))
    return {float(row["slot"]): float(row["created_at"]) for row in rows}


async def ahead(connection: Connection, now: float) -> list[RotaEntry]:
    """Entries whose next moment has not come, without their files."""
    return await _bare(connection, "WHERE next_at > ? AND paused_at IS NULL", now)


async def want(connection: Connection, entry: str, now: float) -> bool:
    """It is to be done at once, besides its moments. False when there is no such entry, or it is wanted already."""
    cursor = await connection.execute("UPDATE rota SET wanted_at = ? WHERE id = ? AND wanted_at IS NULL", (now, entry))
    return cursor.rowcount == 1


async def wanted(connection: Connection) -> list[RotaEntry]:
    return await _many(connection, "WHERE wanted_at IS NOT NULL ORDER BY wanted_at, id")


async def granted(connection: Connection, entry: RotaEntry) -> bool:
    """What was wanted is done in this transaction. False when it was done or removed meanwhile."""
    cursor = await connection.execute(
        "UPDATE rota SET wanted_at = NULL WHERE id = ? AND wanted_at IS ?", (entry.id, entry.wanted_at)
    )
    return cursor.rowcount == 1


async def pause(connection: Connection, entry: str, now: float) -> bool:
    """Its moments pass without it, and a window holds nothing back. False when it is paused already."""
    cursor = await connection.execute(
        "UPDATE rota SET paused_at = ?, open = 0, opened_at = NULL, closes_at = NULL "
        "WHERE id = ? AND paused_at IS NULL",
        (now, entry),
    )
    return cursor.rowcount == 1


async def resume(connection: Connection, entry: str, now: float) -> bool:
    """Its moments count again from now on. False when it was not paused."""
    cursor = await connection.execute(
        "UPDATE rota SET paused_at = NULL, since = ?, next_at = NULL, due_at = NULL "
        "WHERE id = ? AND paused_at IS NOT NULL",
        (now, entry),
    )
    return cursor.rowcount == 1


async def remove(connection: Connection, entry: str) -> bool:
    cursor = await connection.execute("DELETE FROM rota WHERE id = ?", (entry,))
    return cursor.rowcount == 1


async def _many(connection: Connection, where: str, *values: object) -> list[RotaEntry]:
    return [_entry(row) for row in await connection.execute_fetchall(f"{_SELECT} {where}", values)]


async def _bare(connection: Connection, where: str, *values: object) -> list[RotaEntry]:
    """A file may have megabytes, and is left out."""
    columns = _COLUMNS.replace("items", "'' AS items")
    return [_entry(row) for row in await connection.execute_fetchall(f"SELECT {columns} FROM rota {where}", values)]
