"""What is stored of a person, taken away: a little in each transaction, from wherever the last life of the bot stopped.

Of their asks only numbers are left. A slug that somebody else uses as well stays, one that is theirs alone goes with
the words. What others think of these pictures is the others' and stays.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass

from bot.ledger import pictures, verdicts
from bot.ledger.database import Connection
from gpu_agent.order import Receipt

GONE = "(deleted)"
AT_ONCE = 100  # rows in one transaction

_THEIRS = "jobs.asker = :person AND jobs.created_at <= :until"
_SHARED = "EXISTS (SELECT 1 FROM jobs AS o WHERE o.slug = {slug} AND o.asker NOT IN (:person, 0))"
_GATHERED = (
    "FROM json_each(:jobs) AS l CROSS JOIN jobs AS j ON j.id = l.value CROSS JOIN threads AS t ON t.slug = j.slug "
    f"AND (t.channel = j.channel OR t.thread = j.channel) WHERE NOT {_SHARED.format(slug='t.slug')}"
)


@dataclass(frozen=True, slots=True)
class Erasure:
    """What this person did up to `until` is to go."""

    person: int
    until: float

    def values(self) -> dict[str, object]:
        return {"person": self.person, "until": self.until, "gone": GONE}


async def want(connection: Connection, person: int, now: float) -> None:
    """Wanted twice is wanted once, up to the later moment."""
    await connection.execute(
        "INSERT INTO erasures (person, asked_at) VALUES (?, ?) "
        "ON CONFLICT (person) DO UPDATE SET asked_at = excluded.asked_at, done_at = NULL",
        (person, now),
    )


async def wanted(connection: Connection) -> list[Erasure]:
    rows = await connection.execute_fetchall(
        "SELECT person, asked_at FROM erasures WHERE done_at IS NULL ORDER BY asked_at"
    )
    return [Erasure(*row) for row in rows]


async def done(connection: Connection, one: Erasure, now: float) -> None:
    """Nothing is left but that it was wanted. Buttons of galleries that name the person need their number until now."""
    await connection.execute("DELETE FROM searches WHERE wanted ->> 'person' = ?", (one.person,))
    await connection.execute(
        "UPDATE erasures SET done_at = ? WHERE person = ? AND asked_at = ?", (now, one.person, one.until)
    )


async def forgotten(connection: Connection, people: Collection[int]) -> dict[int, float]:
    """Until when what these people did under pictures counts no more."""
    rows = await connection.execute_fetchall(
        "SELECT e.person, e.asked_at FROM json_each(?) AS l CROSS JOIN erasures AS e ON e.person = l.value",
        (json.dumps(sorted(people)),),
    )
    return {int(person): float(at) for person, at in rows}


async def open_scopes(connection: Connection, one: Erasure) -> list[tuple[str, bool]]:
    """Asks and batches with jobs that have not ended, and whether some of these wait or are not asked to stop yet.

    Of somebody else's batch it is their own jobs alone.
    """
    rows = await connection.execute_fetchall(
        "SELECT coalesce((SELECT b.id FROM batches AS b WHERE b.id = jobs.batch AND b.asker = :person), "
        "iif(batch IS NULL, ask, id)), max(state = 'queued' OR NOT cancel_wanted) FROM jobs "
        f"WHERE state IN ('queued', 'rendering') AND {_THEIRS} GROUP BY 1",
        one.values(),
    )
    return [(str(scope), bool(going)) for scope, going in rows]


async def standing(connection: Connection, one: Erasure) -> list[str]:
    """Some of their jobs whose picture is not deleted."""
    return await _jobs(connection, "CROSS JOIN pictures AS p ON p.job = jobs.id", "p.deleted_at IS NULL", one)


async def delete_pictures(connection: Connection, jobs: Collection[str], now: float) -> None:
    for job in jobs:
        await pictures.delete(connection, job, 0, now)
    await _blank_receipts(connection, jobs)


async def worded(connection: Connection, one: Erasure) -> list[str]:
    """Some of their jobs of which more than numbers is left."""
    return await _jobs(connection, "", "asked != :gone", one)


async def blank(connection: Connection, one: Erasure, jobs: Collection[str]) -> None:
    """Of these jobs only numbers are left."""
    await _blank_receipts(connection, jobs)
    values = one.values() | {"jobs": json.dumps(list(jobs))}
    await _ungather(connection, values)
    among = "IN (SELECT value FROM json_each(:jobs))"
    await connection.execute(
        f"UPDATE verdict_now SET slug = 'deleted-' || job, archetype = NULL, style = NULL WHERE job {among} "
        f"AND NOT {_SHARED.format(slug='verdict_now.slug')}",
        values,
    )
    await connection.execute(
        f"UPDATE jobs SET slug = iif({_SHARED.format(slug='jobs.slug')}, slug, 'deleted-' || id), asked = :gone, "
        "prompt = :gone, negative = '', style_negative = '', cues = '[]', extras = '{}', archetype = NULL, "
        f"style = NULL, label = '', error_facts = '{{}}' WHERE id {among}",
        values,
    )


async def threads(connection: Connection, one: Erasure, jobs: Collection[str]) -> list[int]:
    """Those that bear a slug of these jobs which is theirs alone, or the name of their batch."""
    rows = await connection.execute_fetchall(
        f"SELECT DISTINCT t.thread {_GATHERED} AND t.thread IS NOT NULL UNION "
        "SELECT b.thread FROM json_each(:jobs) AS l CROSS JOIN jobs AS j ON j.id = l.value "
        "CROSS JOIN batches AS b ON b.id = j.batch "
        "WHERE b.asker = :person AND b.thread IS NOT NULL",
        one.values() | {"jobs": json.dumps(list(jobs))},
    )
    return [int(row["thread"]) for row in rows]


async def _ungather(connection: Connection, values: dict[str, object]) -> None:
    """What gathered under such a slug bears it no more, nor does the message with the current version."""
    rows = await connection.execute_fetchall(f"SELECT DISTINCT t.rowid AS place, t.channel, t.slug {_GATHERED}", values)
    for place, channel, slug in rows:
        name = f"deleted-{place}"
        await connection.execute("UPDATE threads SET slug = ? WHERE rowid = ?", (name, place))
        await connection.execute(
            "UPDATE notices SET text = ? WHERE kind = 'version' AND channel = ? AND text = ?", (name, channel, slug)
        )


async def inputs(connection: Connection, jobs: Collection[str]) -> set[str]:
    """The files that were sent along with these."""
    rows = await connection.execute_fetchall(
        "SELECT jobs.extras FROM json_each(?) AS l CROSS JOIN jobs ON jobs.id = l.value", (json.dumps(list(jobs)),)
    )
    return {digest for row in rows for digest in _digests(json.loads(row["extras"]))}


async def _jobs(connection: Connection, join: str, which: str, one: Erasure) -> list[str]:
    rows = await connection.execute_fetchall(
        f"SELECT jobs.id FROM jobs {join} WHERE {_THEIRS} AND {which} LIMIT {AT_ONCE}", one.values()
    )
    return [str(row["id"]) for row in rows]


def _digests(value: object) -> set[str]:
    if isinstance(value, dict):
        return {digest for inner in value.values() for digest in _digests(inner)}
    if isinstance(value, list):
        return {digest for inner in value for digest in _digests(inner)}
    return {value} if isinstance(value, str) and len(value) == 64 else set()


async def _blank_receipts(connection: Connection, jobs: Collection[str]) -> None:
    rows = await connection.execute_fetchall(
        "SELECT job, receipt FROM pictures WHERE job IN (SELECT value FROM json_each(?))", (json.dumps(list(jobs)),)
    )
    for row in rows:
        receipt = Receipt.model_validate_json(row["receipt"])
        order = receipt.order.model_copy(update={"prompt": GONE, "asked": GONE, "negative": ""})
        bare = receipt.model_copy(update={"order": order, "dropped": ""})
        await connection.execute("UPDATE pictures SET receipt = ? WHERE job = ?", (bare.model_dump_json(), row["job"]))


async def opinions(connection: Connection, one: Erasure) -> list[tuple[int, str]]:
    """Message and emoji of some of their marks."""
    rows = await connection.execute_fetchall(
        f"SELECT message, emoji FROM marks WHERE person = :person AND at <= :until LIMIT {AT_ONCE}", one.values()
    )
    return [(int(row["message"]), str(row["emoji"])) for row in rows]


async def withdraw(connection: Connection, one: Erasure, marks: Collection[tuple[int, str]]) -> None:
    """These are taken back, as if they had done so themselves when they wanted to be forgotten."""
    for message, emoji in marks:
        await verdicts.clear_mark(connection, message, one.person, emoji, one.until)


async def named(connection: Connection, one: Erasure, before: float) -> tuple[int, int]:
    """How many of their jobs still name them: those older than `before`, and younger ones."""
    ((old, young),) = await connection.execute_fetchall(
        "SELECT count(*) FILTER (WHERE jobs.created_at <= :before), count(*) FILTER (WHERE jobs.created_at > :before) "
        f"FROM jobs WHERE {_THEIRS}",
        one.values() | {"before": before},
    )
    return int(old), int(young)


async def nameless(connection: Connection, one: Erasure, before: float) -> None:
    """Nobody asked for these any more, as far as they are older than `before`.

    Young ones keep their number until then, so that deleting gives nothing of a day's allowance back.
    """
    await connection.execute(
        f"UPDATE jobs SET asker = 0 WHERE {_THEIRS} AND jobs.created_at <= :before", one.values() | {"before": before}
    )
