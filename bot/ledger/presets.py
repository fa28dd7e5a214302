"""What people saved to ask with. A removed preset keeps its row: pictures in that style can be asked for again."""

import json
from sqlite3 import Row

from bot.ledger.database import Connection
from bot.nouns import Preset

_SELECT = "SELECT name, person, fields FROM presets"


async def saved(connection: Connection) -> list[Preset]:
    """Those that may be asked with, the latest first."""
    rows = await connection.execute_fetchall(f"{_SELECT} WHERE removed_at IS NULL ORDER BY at DESC, name")
    return [_preset(row) for row in rows]


async def of_name(connection: Connection, name: str) -> Preset | None:
    """The preset of this name, also a removed one."""
    async with connection.execute(f"{_SELECT} WHERE name = ?", (name,)) as cursor:
        row = await cursor.fetchone()
    return None if row is None else _preset(row)


async def owner(connection: Connection, name: str) -> int | None:
    """Who saved it; None when there is none that may be asked with."""
    rows = await connection.execute_fetchall(
        "SELECT person FROM presets WHERE name = ? AND removed_at IS NULL", (name,)
    )
    return next((int(row["person"]) for row in rows), None)


async def save(connection: Connection, preset: Preset, person: int, now: float) -> None:
    """In the place of one with the same name; whether it may be replaced is the caller's business."""
    fields = preset.model_dump_json(exclude={"name", "person"}, exclude_defaults=True)
    await connection.execute(
        "INSERT INTO presets (name, person, fields, at) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
        "person = excluded.person, fields = excluded.fields, at = excluded.at, removed_at = NULL",
        (preset.name, person, fields, now),
    )


async def remove(connection: Connection, name: str, now: float) -> bool:
    """False when there is none that may be asked with."""
    cursor = await connection.execute(
        "UPDATE presets SET removed_at = ? WHERE name = ? AND removed_at IS NULL", (now, name)
    )
    return cursor.rowcount == 1


def _preset(row: Row) -> Preset:
    return Preset(name=row["name"], person=row["person"], **json.loads(row["fields"]))
