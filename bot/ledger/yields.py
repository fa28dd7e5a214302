"""What came of jobs: of a batch, of a window's opening, or of a stretch of time. Counted where the rows are."""

import json
from collections import Counter
from collections.abc import Collection

from bot.ledger.database import Connection
from bot.ledger.decided import DECIDED
from bot.ledger.jobs import REPLACED
from bot.nouns import Failure, JobState, Yield

DAY = 86_400.0
_VERDICT = f"(SELECT {DECIDED} FROM verdict_now AS v CROSS JOIN jobs AS j ON j.id = v.job WHERE v.job = jobs.id)"
_FAILURES = 5

Which = tuple[str, dict[str, object]]
"""A condition on `jobs`, and its values."""


def of_batch(batch: str) -> Which:
    return "jobs.batch = :batch", {"batch": batch}


def of_jobs(ids: Collection[str]) -> Which:
    return "jobs.id IN (SELECT value FROM json_each(:ids))", {"ids": json.dumps(list(ids))}


def between(guild: int, since: float, until: float) -> Which:
    """What ended then, in the whole guild. Pictures that came from elsewhere were rendered by no tower."""
    condition = "jobs.ended_at IS NOT NULL AND jobs.ended_at > :since AND jobs.ended_at <= :until"
    return f"{condition} AND jobs.guild = :guild AND (jobs.tower IS NOT NULL OR jobs.state != 'rendered')", {
        "guild": guild,
        "since": since,
        "until": until,
    }


async def counted(connection: Connection, which: Which) -> Yield:
    condition, values = which
    rows = await connection.execute_fetchall(
        "SELECT state, verdict, gone, count(*) AS jobs, total(joules) AS joules, "
        "total(iif(joules IS NULL, 0, seconds)) AS measured, total(iif(joules IS NULL, seconds, 0)) AS unmeasured "
        f"FROM (SELECT jobs.state, {_VERDICT} AS verdict, p.deleted_at IS NOT NULL AS gone, "
        f"p.seconds, p.joules FROM jobs LEFT JOIN pictures AS p ON p.job = jobs.id "
        f"WHERE {condition} AND NOT (jobs.state = 'failed' AND {REPLACED})) GROUP BY 1, 2, 3",
        values,
    )
    states: Counter[JobState] = Counter()
    judged: Counter[str] = Counter()
    for row in rows:
        states[JobState(row["state"])] += int(row["jobs"])
        if row["state"] == JobState.RENDERED and not row["gone"]:
            judged[row["verdict"] or "open"] += int(row["jobs"])
    return Yield(
        states[JobState.RENDERED],
        states[JobState.FAILED],
        states[JobState.CANCELLED],
        kept=judged["keep"],
        rejected=judged["reject"] + judged["reroll"],
        open=judged["open"],
        measured=sum(row["measured"] for row in rows),
        joules=sum(row["joules"] for row in rows),
        unmeasured=sum(row["unmeasured"] for row in rows),
        failures=await _failures(connection, which),
    )


async def _failures(connection: Connection, which: Which) -> tuple[Failure, ...]:
    """Why they failed, the most frequent first."""
    condition, values = which
    rows = await connection.execute_fetchall(
        "SELECT jobs.error_kind AS kind, min(jobs.error_facts) AS facts, count(*) AS count FROM jobs "
        f"WHERE {condition} AND jobs.state = 'failed' AND NOT {REPLACED} GROUP BY 1 "
        f"ORDER BY 3 DESC, 1 LIMIT {_FAILURES}",
        values,
    )
    return tuple(Failure(row["kind"] or "", json.loads(row["facts"]), int(row["count"])) for row in rows)


async def best(connection: Connection, which: Which, channel: int, most: int) -> list[str]:
    """The jobs whose pictures are shown for all of them: what is kept, then what is open, each slug in its turn.

    Only those that were asked for in this channel, where it is said: others may not be for everybody's eyes. What is
    to be posted hidden, and halves of pairs, are not among them.
    """
    condition, values = which
    rows = await connection.execute_fetchall(
        "SELECT id FROM (SELECT id, verdict, ended_at, "
        "row_number() OVER (PARTITION BY slug, verdict ORDER BY ended_at, id) "
        f"AS nth FROM (SELECT jobs.id, jobs.slug, jobs.ended_at, {_VERDICT} AS verdict FROM jobs "
        "JOIN pictures AS p ON p.job = jobs.id JOIN asks AS a ON a.id = jobs.ask "
        f"WHERE {condition} AND jobs.state = 'rendered' AND p.deleted_at IS NULL AND jobs.channel = :channel "
        "AND NOT a.spoiler AND NOT EXISTS (SELECT 1 FROM pairs WHERE pairs.ask = jobs.ask)) "
        "WHERE coalesce(verdict, 'keep') = 'keep') ORDER BY verdict IS NULL, nth, ended_at, id LIMIT :most",
        values | {"most": most, "channel": channel},
    )
    return [str(row["id"]) for row in rows]


async def open_reviews(connection: Connection, guild: int, since: float) -> list[tuple[int, int, float]]:
    """Pictures that were posted since then and that nobody decided on: channel, how many, and when the oldest ended."""
    rows = await connection.execute_fetchall(
        f"SELECT channel, count(*) AS pictures, min(ended_at) AS oldest FROM (SELECT jobs.channel, jobs.ended_at, "
        f"{_VERDICT} AS verdict FROM jobs JOIN pictures AS p ON p.job = jobs.id WHERE jobs.ended_at IS NOT NULL "
        "AND jobs.ended_at > :since AND jobs.guild = :guild AND jobs.state = 'rendered' AND p.deleted_at IS NULL "
        "AND jobs.tower IS NOT NULL) WHERE verdict IS NULL GROUP BY channel ORDER BY 2 DESC, 1",
        {"guild": guild, "since": since},
    )
    return [(int(row["channel"]), int(row["pictures"]), float(row["oldest"])) for row in rows]
