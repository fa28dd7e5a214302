"""Routes as people changed them, as events, and what is counted for them. Nothing is overwritten."""

import json
from collections.abc import Collection
from sqlite3 import Row

from bot.ledger.database import Connection
from bot.nouns import Opinion, Route, RouteEdit, RouteVerb, Verdict

LOOKED_AT = 500
"""Judgements of each model, and pictures of comparisons, that are counted for an archetype: the newest ones."""
_MOST_MODELS = 100

_EDITS = "SELECT id, key, verb, archetype, route, person, at FROM route_edits"
# The last word on a kind: a proposal is none.
_LAST = "SELECT max(id) FROM route_edits WHERE archetype = json_each.value AND verb != 'propose'"


async def record(connection: Connection, edit: RouteEdit) -> int:
    """Its number; when an edit with this key was recorded before, that one's, and nothing is recorded."""
    route = edit.route.model_dump_json() if edit.route else ""
    await connection.execute(
        "INSERT INTO route_edits (key, verb, archetype, route, person, at) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (key) DO NOTHING",
        (edit.key, edit.verb, edit.archetype, route, edit.person, edit.at),
    )
    rows = await connection.execute_fetchall("SELECT id FROM route_edits WHERE key = ?", (edit.key,))
    return int(next(iter(rows))["id"])


async def get(connection: Connection, edit: int) -> RouteEdit | None:
    rows = list(await connection.execute_fetchall(f"{_EDITS} WHERE id = ?", (edit,)))
    return _edit(rows[0]) if rows else None


async def standing(connection: Connection, kinds: Collection[str]) -> dict[str, RouteEdit]:
    """The last word on each of these archetypes where it accepted a route."""
    rows = await connection.execute_fetchall(
        f"SELECT e.* FROM json_each(?) CROSS JOIN route_edits AS e ON e.id = ({_LAST})",
        (json.dumps(sorted(kinds)),),
    )
    return {edit.archetype: edit for edit in map(_edit, rows) if edit.verb is RouteVerb.ACCEPT}


async def acting(connection: Connection, kinds: Collection[str]) -> dict[str, Route]:
    """The accepted routes of these archetypes."""
    found = await standing(connection, kinds)
    return {kind: edit.route for kind, edit in found.items() if edit.route is not None}


async def lately(connection: Connection, most: int) -> list[RouteEdit]:
    """The routes that act, those accepted last first; the newest `most` acceptances are looked through."""
    rows = await connection.execute_fetchall(
        "SELECT archetype FROM route_edits WHERE verb = 'accept' ORDER BY id DESC LIMIT ?", (most,)
    )
    found = await standing(connection, {str(row["archetype"]) for row in rows})
    return sorted(found.values(), key=lambda edit: -edit.id)


async def kinds(connection: Connection, typed: str, most: int) -> list[str]:
    """Archetypes that were judged and begin so: from one to the next in the index, however many verdicts there are."""
    rows = await connection.execute_fetchall(
        "WITH RECURSIVE picked (name) AS (SELECT min(archetype) FROM verdict_now WHERE archetype >= :typed UNION ALL "
        "SELECT (SELECT min(archetype) FROM verdict_now WHERE archetype > picked.name) FROM picked "
        "WHERE picked.name IS NOT NULL LIMIT :most) "
        "SELECT name FROM picked WHERE name IS NOT NULL AND substr(name, 1, length(:typed)) = :typed",
        {"typed": typed, "most": most},
    )
    return [str(row["name"]) for row in rows]


async def models(connection: Connection, kind: str) -> list[str]:
    """Models whose pictures of this archetype were judged."""
    rows = await connection.execute_fetchall(
        "WITH RECURSIVE picked (model) AS (SELECT min(model) FROM verdict_now WHERE archetype = :kind UNION ALL "
        "SELECT (SELECT min(model) FROM verdict_now WHERE archetype = :kind AND model > picked.model) FROM picked "
        f"WHERE picked.model IS NOT NULL LIMIT {_MOST_MODELS}) SELECT model FROM picked WHERE model IS NOT NULL",
        {"kind": kind},
    )
    return [str(row["model"]) for row in rows]


async def alone(connection: Connection, kind: str, model: str) -> list[Opinion]:
    """The newest judgements of this archetype and model, but for those of comparisons."""
    rows = await connection.execute_fetchall(
        "SELECT j.ask, picked.job, picked.model, j.asker, picked.person, picked.verdict "
        "FROM (SELECT job, model, person, verdict, at FROM verdict_now WHERE archetype = ? AND model = ? "
        "ORDER BY at DESC LIMIT ?) AS picked "
        "CROSS JOIN jobs AS j ON j.id = picked.job CROSS JOIN asks AS a ON a.id = j.ask AND a.kind != 'compare' "
        "ORDER BY picked.at, picked.job",
        (kind, model, LOOKED_AT),
    )
    return [_opinion(row) for row in rows]


async def compared(connection: Connection, kind: str) -> list[Opinion]:
    """What is thought of the newest pictures of this archetype that stand in a comparison, judged or not."""
    rows = await connection.execute_fetchall(
        "SELECT picked.ask, picked.id AS job, picked.model, picked.asker, v.person, v.verdict "
        "FROM (SELECT id, ask, model, asker FROM jobs WHERE archetype = ? AND label != '' "
        "ORDER BY id DESC LIMIT ?) AS picked "
        "CROSS JOIN asks AS a ON a.id = picked.ask AND a.kind = 'compare' "
        "LEFT JOIN verdict_now AS v ON v.job = picked.id ORDER BY picked.id, v.person",
        (kind, LOOKED_AT),
    )
    return [_opinion(row) for row in rows]


def _opinion(row: Row) -> Opinion:
    values = dict(row)
    return Opinion(**{**values, "verdict": None if row["verdict"] is None else Verdict(row["verdict"])})


def _edit(row: Row) -> RouteEdit:
    route = Route.model_validate_json(row["route"]) if row["route"] else None
    return RouteEdit(**{**dict(row), "verb": RouteVerb(row["verb"]), "route": route})
