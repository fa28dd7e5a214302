"""Everything that is stored of one person, as plain values to be handed out to them."""

import json
from collections.abc import AsyncIterator
from typing import Any, TypeAlias

from bot.ledger.database import Connection

Row: TypeAlias = dict[str, Any]
_AT_ONCE = 500

_ASKS = """
SELECT j.id, j.ask, j.created_at, j.guild, j.channel, j.slug, j.archetype, j.model, j.asked, j.prompt, j.negative,
    j.seed, j.width, j.height, j.steps, j.guidance, j.style, j.label, j.parent, j.extras, j.state, j.ended_at,
    j.error_kind, p.sha256, p.bytes, p.media, p.seconds, p.joules, p.deleted_at, n.channel AS posted_in, n.message
FROM jobs AS j LEFT JOIN pictures AS p ON p.job = j.id
    LEFT JOIN notices AS n ON n.job = j.id AND n.kind = 'picture' AND n.kind != 'repost'
WHERE j.asker = ? AND j.id > ? ORDER BY j.id LIMIT ?
"""
_VERDICTS = """
SELECT e.id, e.at, e.job, j.slug, e.message, e.emoji, e.verdict, e.words, e.withdrawn
FROM verdict_events AS e JOIN jobs AS j ON j.id = e.job WHERE e.person = ? AND e.id > ? ORDER BY e.id LIMIT ?
"""
_FURTHER = {
    "style": "SELECT name, fields, at, removed_at FROM presets WHERE person = ?",
    "cue": "SELECT verb, scope, about, phrase, negative, at FROM cue_edits WHERE person = ? ORDER BY id",
    "route": "SELECT verb, archetype, route, at FROM route_edits WHERE person = ? ORDER BY id",
    "reason": "SELECT verb, reason, keywords, name, emoji, positive, negative, at FROM reason_edits WHERE person = ? "
    "ORDER BY id",
    "pasted": "SELECT lines, at, taken_at FROM pasted WHERE person = ?",
    "schedule": "SELECT kind AS does, name, words, zone, items, created_at FROM rota WHERE asker = ?",
    "draft": "SELECT entry, at, taken_at FROM rota_drafts WHERE person = ?",
    "announcement": "SELECT text, created_at, channel, message FROM notices WHERE person = ? AND text != '' "
    "ORDER BY id",
    "zone": "SELECT value AS zone FROM remembered WHERE key = 'zone:' || ?",
    "batch": "SELECT b.id, b.name, b.created_at, f.text AS file FROM batches AS b "
    "LEFT JOIN batch_files AS f ON f.digest = b.digest WHERE b.asker = ?",
    "file": "SELECT name, text, at, taken_at FROM waiting_batches WHERE person = ?",
    "found": "SELECT name, text, outcome, at FROM found_files WHERE person = ?",
    "pair": "SELECT ask, woven, bare, at FROM pairs_told WHERE person = ?",
    "question": "SELECT asks, at FROM pending WHERE person = ?",
    "block": "SELECT why, at FROM blocked WHERE person = ?",
    "deletion": "SELECT asked_at, done_at FROM erasures WHERE person = ?",
}


async def asks(connection: Connection, person: int) -> AsyncIterator[Row]:
    """One for each picture that was asked for, oldest first, with the picture there is."""
    async for row in _paged(connection, _ASKS, person, ""):
        yield {**row, "extras": json.loads(row["extras"])}


async def verdicts(connection: Connection, person: int) -> AsyncIterator[Row]:
    """What they said of pictures and took back, oldest first."""
    async for row in _paged(connection, _VERDICTS, person, 0):
        message = row["message"] if row["message"] > 0 else None  # what was imported was said under no message
        yield {**row, "message": message, "withdrawn": bool(row["withdrawn"])}


async def further(connection: Connection, person: int) -> AsyncIterator[Row]:
    """Everything else that has their number on it; `kind` says what it is."""
    for kind, sql in _FURTHER.items():
        for row in await connection.execute_fetchall(sql, (person,)):
            yield {"kind": kind, **dict(row)}


async def _paged(connection: Connection, sql: str, person: int, after: str | int) -> AsyncIterator[Row]:
    while True:
        rows = [dict(row) for row in await connection.execute_fetchall(sql, (person, after, _AT_ONCE))]
        for row in rows:
            yield row
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1]["id"]
