"""What carries a person's number besides their asks and verdicts, taken away: further tables, cues, and messages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from bot.ledger.database import Connection
from bot.ledger.privacy import AT_ONCE, Erasure

_WALKED = 2000  # jobs of others that are looked through at once
_MORE = {
    "presets": "UPDATE presets SET person = 0, fields = '{{}}', removed_at = coalesce(removed_at, :now) WHERE {which}",
    "pending": "DELETE FROM pending WHERE {which}",
    "rota": "DELETE FROM rota WHERE {which}",
    "rota_drafts": "DELETE FROM rota_drafts WHERE {which}",
    "found_files": "UPDATE found_files SET person = 0, name = :gone, text = '', at = 0 WHERE {which}",
    "notices": "UPDATE notices SET person = NULL, text = '' WHERE {which}",
    "cue_edits": "UPDATE cue_edits SET person = 0 WHERE {which}",
    "reason_edits": "UPDATE reason_edits SET person = 0 WHERE {which}",
    "pasted": "DELETE FROM pasted WHERE {which}",
    "route_edits": "UPDATE route_edits SET person = 0 WHERE {which}",
    "waiting_batches": "UPDATE waiting_batches SET person = 0, name = '', text = '', at = 0 WHERE {which}",
    "batch_items": "DELETE FROM batch_items WHERE {which}",
    "batch_files": "DELETE FROM batch_files WHERE {which}",
    "batches": "UPDATE batches SET asker = 0, name = :gone, digest = '' WHERE {which}",
    "wishes": "UPDATE wishes SET person = 0 WHERE {which}",
    "blocked": "UPDATE blocked SET moderator = 0 WHERE {which}",
    "pairs_told": "DELETE FROM pairs_told WHERE {which}",
    "verdict_events": "UPDATE verdict_events SET person = 0, words = '' WHERE {which}",
    "pictures": "UPDATE pictures SET deleted_by = 0 WHERE {which}",
    "remembered": "DELETE FROM remembered WHERE {which}",
}
_WHICH = {
    "presets": "person = :person AND at <= :until",
    "pending": "person = :person AND at <= :until",
    "rota": "asker = :person AND created_at <= :until",
    "rota_drafts": "person = :person AND at <= :until",
    "found_files": "person = :person AND at <= :until",
    "notices": "person = :person AND state = 'unsayable' AND created_at <= :until",
    "cue_edits": "person = :person AND at <= :until",
    "reason_edits": "person = :person AND at <= :until",
    "pasted": "person = :person AND at <= :until",
    "route_edits": "person = :person AND at <= :until",
    "waiting_batches": "person = :person AND at <= :until",
    "batch_items": "batch IN (SELECT id FROM batches WHERE asker = :person AND created_at <= :until)",
    "batch_files": "digest IN (SELECT digest FROM batches WHERE asker = :person AND created_at <= :until) "
    "AND digest NOT IN (SELECT digest FROM batches WHERE asker != :person OR created_at > :until)",
    # Behind what belongs to them: a batch that names nobody leads to nothing of theirs any more.
    "batches": "asker = :person AND created_at <= :until",
    "wishes": "person = :person AND at <= :until",
    "blocked": "moderator = :person AND at <= :until",
    "pairs_told": "person = :person AND at <= :until",
    "verdict_events": "person = :person AND at <= :until",
    "pictures": "deleted_by = :person AND deleted_at <= :until",
    "remembered": "key IN ('hinted:' || :person, 'zone:' || :person)",
}

_TOLD = (
    "WITH theirs AS MATERIALIZED (SELECT id, ask, batch FROM jobs WHERE jobs.asker = :person "
    "AND jobs.created_at <= :until), "
    "told AS (SELECT n.id FROM theirs CROSS JOIN notices AS n ON n.job = theirs.id "
    "WHERE n.kind NOT IN ('picture', 'repost') UNION "
    "SELECT n.id FROM (SELECT DISTINCT ask FROM theirs) AS t CROSS JOIN notices AS n ON n.ask = t.ask UNION "
    # Not of somebody else's batch in which they had something drawn again; nobody's is their own, a step later.
    "SELECT n.id FROM (SELECT DISTINCT t.batch FROM theirs AS t CROSS JOIN batches AS b ON b.id = t.batch "
    "AND b.asker IN (0, :person)) AS t CROSS JOIN notices AS n ON n.batch = t.batch AND n.kind != 'announcement' UNION "
    "SELECT n.id FROM notices AS n WHERE n.person = :person AND n.created_at <= :until)"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A message that tells of a person's asks."""

    notice: str
    channel: int
    message: int


async def more(connection: Connection, one: Erasure) -> list[str]:
    """The further tables in which something of them is left."""
    found = []
    for table, which in _WHICH.items():
        rows = await connection.execute_fetchall(f"SELECT EXISTS (SELECT 1 FROM {table} WHERE {which})", one.values())
        found += [table] if next(iter(rows))[0] else []
    return found


async def clear(connection: Connection, one: Erasure, table: str, now: float) -> None:
    await connection.execute(_MORE[table].format(which=_WHICH[table]), one.values() | {"now": now})


async def cues(connection: Connection, one: Erasure, after: str) -> tuple[dict[str, str], str | None]:
    """Of some jobs behind `after` those whose cues name the person, with their cues as they may stay.

    The second is the last job that was looked at, None at the end.
    """
    rows = list(
        await connection.execute_fetchall(
            f"SELECT id, cues FROM jobs WHERE id > ? ORDER BY id LIMIT {_WALKED}", (after,)
        )
    )
    named = {}
    for row in rows:
        found = json.loads(row["cues"])
        if any(one.person in cue.get("by", ()) for cue in found):
            bare = [{**cue, "by": [by for by in cue.get("by", ()) if by != one.person]} for cue in found]
            named[str(row["id"])] = json.dumps(bare, ensure_ascii=False)
    return named, str(rows[-1]["id"]) if len(rows) == _WALKED else None


async def replace_cues(connection: Connection, named: Mapping[str, str]) -> None:
    """Cues that these jobs were composed with, from `cues`."""
    await connection.executemany("UPDATE jobs SET cues = ? WHERE id = ?", [(text, job) for job, text in named.items()])


async def said(connection: Connection, one: Erasure) -> list[Said]:
    """Messages that still tell of their asks, besides those of pictures, which leave by themselves."""
    rows = await connection.execute_fetchall(
        f"{_TOLD} SELECT n.id, n.channel, n.message FROM told CROSS JOIN notices AS n ON n.id = told.id "
        f"WHERE n.state = 'said' ORDER BY n.id LIMIT {AT_ONCE}",
        one.values(),
    )
    return [Said(*row) for row in rows]


async def due(connection: Connection, one: Erasure) -> bool:
    """Whether more of them are about to be sent."""
    rows = await connection.execute_fetchall(
        f"{_TOLD} SELECT 1 FROM told CROSS JOIN notices AS n ON n.id = told.id WHERE n.state = 'due' LIMIT 1",
        one.values(),
    )
    return bool(list(rows))


async def unsaid(connection: Connection, notice: str) -> None:
    """Its message is gone."""
    await connection.execute(
        "UPDATE notices SET state = 'unsayable', message = NULL, text = '', person = NULL "
        "WHERE id = ? AND state = 'said'",
        (notice,),
    )
