"""Words and reasons that people promoted or demoted, as events. What stands of them is a fold, made by `bot.taste`."""

import json
from dataclasses import asdict
from sqlite3 import Row

from bot.ledger.database import Connection
from bot.nouns import ReasonEdit

_VERBS = {True: "promote", False: "demote"}


async def record(connection: Connection, edit: ReasonEdit) -> bool:
    """False when an edit with this key was recorded before: then nothing is."""
    cursor = await connection.execute(
        "INSERT INTO reason_edits (key, verb, reason, keywords, name, emoji, positive, negative, person, at) "
        "VALUES (:key, :verb, :reason, :keywords, :name, :emoji, :positive, :negative, :person, :at) "
        "ON CONFLICT (key) DO NOTHING",
        asdict(edit) | {"verb": _VERBS[edit.promoted], "keywords": json.dumps(edit.keywords, ensure_ascii=False)},
    )
    return cursor.rowcount == 1


async def edits(connection: Connection) -> list[ReasonEdit]:
    """All of them, in the order they were made."""
    names = "key, verb, reason, keywords, person, at, name, emoji, positive, negative"
    rows = await connection.execute_fetchall(f"SELECT {names} FROM reason_edits ORDER BY id")
    return [_edit(row) for row in rows]


def _edit(row: Row) -> ReasonEdit:
    values = dict(row)
    promoted = values.pop("verb") == _VERBS[True]
    return ReasonEdit(**{**values, "promoted": promoted, "keywords": tuple(json.loads(row["keywords"]))})
