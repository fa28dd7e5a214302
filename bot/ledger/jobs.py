"""Asks and jobs: accepted in one transaction, claimed, ended once. Every function takes a connection."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from sqlite3 import Row
from typing import Any

from bot.ledger import windows
from bot.ledger.database import Connection
from bot.nouns import NO_EXTRAS, PLAIN, Cue, CueState, Extras, Group, InLine, Job, JobState, Manner, Routed, Scope
from gpu_agent.value import Facts

_COLUMNS = (
    'id, ask, "index", batch, asker, guild, channel, slug, archetype, model, asked, prompt, negative, cues, seed, '
    "width, height, steps, guidance, created_at, state, epoch, tower, boot, ended_at, cancel_wanted, error_kind, "
    "error_facts, extras, parent, style, style_negative, label, route, retries, retried_at, again"
)
_FIELDS = [name.strip().strip('"') for name in _COLUMNS.split(",")]
_INSERT = f"INSERT INTO jobs ({_COLUMNS}) VALUES ({', '.join('?' * len(_FIELDS))})"
_SELECT = f"SELECT {_COLUMNS} FROM jobs"
_OPEN = "state IN ('queued', 'rendering')"  # word for word the condition of the partial indexes, which need it so
_OF_SCOPE = "id = ? OR ask = ? OR batch = ?"  # a scope is the id of any of the three
_OFFERED = (
    f"(batch IS NULL OR batch NOT IN (SELECT id FROM batches WHERE paused_at IS NOT NULL)) AND NOT {windows.HELD}"
)
_SINCE = "coalesce(retried_at, created_at)"  # what failed waits behind what waited then
REPLACED = "EXISTS (SELECT 1 FROM jobs AS next WHERE next.again = jobs.id)"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """How many jobs of a model wait (`tower` is None) or render on a tower, and the row number of the youngest."""

    model: str
    tower: str | None
    jobs: int
    newest: int


def _row(job: Job) -> list[object]:
    values = asdict(job)
    values["cues"] = json.dumps([asdict(cue) for cue in job.cues], ensure_ascii=False)
    values["error_facts"] = json.dumps(job.error_facts)
    values["cancel_wanted"] = int(job.cancel_wanted)
    values["extras"] = job.extras.model_dump_json(exclude_defaults=True)
    values["route"] = job.routed.model_dump_json(exclude_defaults=True) if job.routed else ""
    return [values[name] for name in _FIELDS]


def _job(row: Row) -> Job:
    values = dict(row)
    values["cues"] = tuple(cue(one) for one in json.loads(values["cues"]))
    values["error_facts"] = json.loads(values["error_facts"])
    values["cancel_wanted"] = bool(values["cancel_wanted"])
    values["state"] = JobState(values["state"])
    values["extras"] = Extras.model_validate_json(values["extras"]) if values["extras"] != "{}" else NO_EXTRAS
    values["routed"] = Routed.model_validate_json(route) if (route := values.pop("route")) else None
    return Job(**values)


def cue(values: dict[str, Any]) -> Cue:
    """Cues of before there were scopes and states have neither."""
    known = {"scope": Scope, "state": CueState, "origin": tuple, "by": tuple}
    return Cue(**{name: known.get(name, lambda plain: plain)(value) for name, value in values.items()})


async def insert_ask(
    connection: Connection, ask: str, key: str, batch: str | None, now: float, manner: Manner = PLAIN
) -> bool:
    """False when an ask with this key was accepted before; then nothing is inserted."""
    cursor = await connection.execute(
        "INSERT INTO asks (id, key, batch, created_at, kind, spoiler, ping) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (key) DO NOTHING",
        (ask, key, batch, now, manner.group, manner.spoiler, manner.ping),
    )
    return cursor.rowcount == 1


async def manner(connection: Connection, ask: str) -> Manner:
    """How the pictures of this ask are posted. That it is a pair is told by the pair's own row."""
    row = await _one(
        connection,
        "SELECT iif(EXISTS (SELECT 1 FROM pairs WHERE pairs.ask = asks.id), 'pair', kind) AS kind, spoiler, ping "
        "FROM asks WHERE id = ?",
        (ask,),
    )
    return PLAIN if row is None else Manner(Group(row["kind"]), bool(row["spoiler"]), bool(row["ping"]))


async def insert_asks(connection: Connection, asks: Sequence[tuple[str, str]], batch: str, now: float) -> None:
    """Every (id, key) as an ask of this batch."""
    rows = ((ask, key, batch, now) for ask, key in asks)
    await connection.executemany("INSERT INTO asks (id, key, batch, created_at) VALUES (?, ?, ?, ?)", rows)


async def insert(connection: Connection, *jobs: Job) -> None:
    """The rows are made in the connection's own thread: ten thousand of them must not hold the event loop."""
    await connection.executemany(_INSERT, (_row(job) for job in jobs))


async def get(connection: Connection, job: str) -> Job | None:
    row = await _one(connection, f"{_SELECT} WHERE id = ?", (job,))
    return None if row is None else _job(row)


async def of_ask_key(connection: Connection, key: str) -> list[Job]:
    """The jobs that an earlier request with this key was given."""
    return await _many(connection, 'WHERE ask = (SELECT id FROM asks WHERE key = ?) ORDER BY "index"', key)


async def of_ask(connection: Connection, ask: str) -> list[Job]:
    return await _many(connection, 'WHERE ask = ? ORDER BY "index"', ask)


async def telling_of_batch(connection: Connection, batch_id: str, most: int) -> list[Job]:
    """Those a person wants to read about one by one: the rendering ones, those to be tried once more, then the latest
    failures."""
    return await _many(
        connection,
        "WHERE batch = ? AND (state = 'rendering' OR state = 'failed' OR (state = 'queued' AND retries > 0)) "
        f"AND NOT {REPLACED} "
        "ORDER BY state != 'rendering', state != 'queued', ended_at DESC, id LIMIT ?",
        batch_id,
        most,
    )


async def in_line(connection: Connection) -> list[InLine]:
    """Every queued job that may begin, as much of it as decides its turn; those of paused batches may not."""
    sql = f"SELECT id, asker, batch, model, {_SINCE} FROM jobs WHERE {_OPEN} AND state = 'queued' AND {_OFFERED}"
    return [InLine(*row) for row in await connection.execute_fetchall(sql)]


async def held_back(connection: Connection) -> int:
    """How many queued jobs may not begin now."""
    sql = f"SELECT count(*) AS held FROM jobs WHERE {_OPEN} AND state = 'queued' AND NOT ({_OFFERED})"
    row = await _one(connection, sql, ())
    return int(row["held"]) if row else 0


async def front_of_line(connection: Connection, each: int) -> list[InLine]:
    """The first `each` queued jobs of every person, as `bot.turn` ranks them: enough to place these exactly."""
    rows = await connection.execute_fetchall(
        f"SELECT id, asker, batch, model, {_SINCE} FROM (SELECT *, row_number() OVER "
        f"(PARTITION BY asker ORDER BY batch IS NOT NULL, {_SINCE}, coalesce(batch, id), model, id) AS nth "
        f"FROM jobs WHERE {_OPEN} AND state = 'queued' AND {_OFFERED}) "
        "WHERE nth <= ?",
        (each,),
    )
    return [InLine(*row) for row in rows]


async def unfinished(connection: Connection) -> list[Unfinished]:
    """What waits and may begin, and what renders, counted by model and tower.

    `newest` grows with each accepted job: a row number and no id, because clocks can be set back.
    """
    # The plus keeps SQLite from walking through all jobs by their models: the open ones are few.
    sql = (
        f"SELECT model, tower, count(*), max(rowid) FROM jobs WHERE {_OPEN} AND (state = 'rendering' OR {_OFFERED}) "
        "GROUP BY +model, tower"
    )
    return [Unfinished(*row) for row in await connection.execute_fetchall(sql)]


async def failed_of_batch(connection: Connection, batch_id: str) -> list[Job]:
    """Those in whose place no other was tried, in the order in which they were asked for."""
    where = f"WHERE batch = ? AND state = 'failed' AND NOT {REPLACED} ORDER BY created_at, id"
    return await _many(connection, where, batch_id)


async def last_indexes(connection: Connection, batch_id: str) -> dict[str, int]:
    """The highest index of each slug of the batch."""
    rows = await connection.execute_fetchall(
        'SELECT slug, max("index") FROM jobs WHERE batch = ? GROUP BY slug', (batch_id,)
    )
    return {str(slug): int(index) for slug, index in rows}


async def rendering(connection: Connection, tower: str) -> list[Job]:
    return await _many(
        connection, f"WHERE {_OPEN} AND state = 'rendering' AND tower = ? ORDER BY created_at, id", tower
    )


async def rendering_elsewhere(connection: Connection, known: Collection[str]) -> list[Job]:
    """Jobs on towers other than these: those were taken out of the settings, or have another name now."""
    marks = ", ".join("?" * len(known))
    return await _many(
        connection, f"WHERE state = 'rendering' AND tower NOT IN ({marks}) ORDER BY created_at, id", *known
    )


async def claim(connection: Connection, job: str, tower: str, boot: str) -> Job | None:
    """queued → rendering on this tower; None when somebody was faster, or it was cancelled or its batch paused."""
    cursor = await connection.execute(
        f"UPDATE jobs SET state = 'rendering', tower = ?, boot = ? WHERE id = ? AND state = 'queued' AND {_OFFERED}",
        (tower, boot, job),
    )
    return await get(connection, job) if cursor.rowcount == 1 else None


async def requeue(connection: Connection, job: Job) -> bool:
    """rendering → queued with the next epoch: the tower was started anew and does not know the job."""
    cursor = await connection.execute(
        "UPDATE jobs SET state = 'queued', epoch = epoch + 1, tower = NULL, boot = NULL "
        "WHERE id = ? AND epoch = ? AND state = 'rendering'",
        (job.id, job.epoch),
    )
    return cursor.rowcount == 1


async def retry(connection: Connection, job: Job, most: int, now: float, kind: str, facts: Facts) -> bool:
    """rendering → queued with the next epoch: it failed in a way that may pass, and waits behind what waits now.

    False when this would be one time too many, or nobody wants it any more: then it has to end.
    """
    cursor = await connection.execute(
        "UPDATE jobs SET state = 'queued', epoch = epoch + 1, tower = NULL, boot = NULL, retries = retries + 1, "
        "retried_at = ?, error_kind = ?, error_facts = ? "
        "WHERE id = ? AND epoch = ? AND state = 'rendering' AND retries < ? AND NOT cancel_wanted "
        "AND NOT EXISTS (SELECT 1 FROM batches WHERE id = jobs.batch AND cancelled_at IS NOT NULL)",
        (now, kind, json.dumps(facts), job.id, job.epoch, most),
    )
    return cursor.rowcount == 1


async def adopt(connection: Connection, job: Job, boot: str) -> bool:
    """The tower was started anew but still holds this job: it goes on under the new boot id."""
    cursor = await connection.execute(
        "UPDATE jobs SET boot = ? WHERE id = ? AND epoch = ? AND state = 'rendering'", (boot, job.id, job.epoch)
    )
    return cursor.rowcount == 1


async def end(
    connection: Connection,
    job: str,
    epoch: int,
    state: JobState,
    now: float,
    error_kind: str | None = None,
    error_facts: Facts | None = None,
) -> bool:
    """Ends a job that is rendering under this epoch. False when it has ended or moved on: then do nothing more."""
    cursor = await connection.execute(
        "UPDATE jobs SET state = ?, ended_at = ?, error_kind = ?, error_facts = ? "
        "WHERE id = ? AND epoch = ? AND state = 'rendering'",
        (state, now, error_kind, json.dumps(error_facts or {}), job, epoch),
    )
    return cursor.rowcount == 1


async def asked_by(connection: Connection, scope: str) -> tuple[int, int] | None:
    """(asker, channel) of a job, or of the jobs of an ask or batch; None when there is nothing of that id."""
    row = await _one(
        connection, f"SELECT asker, channel FROM jobs WHERE {_OF_SCOPE} ORDER BY created_at, id LIMIT 1", (scope,) * 3
    )
    return None if row is None else (int(row["asker"]), int(row["channel"]))


async def cancel_queued(connection: Connection, scope: str, now: float) -> list[str]:
    """queued → cancelled; gives the ids of those that were waiting."""
    rows = await connection.execute_fetchall(
        "UPDATE jobs SET state = 'cancelled', ended_at = ?, cancel_wanted = 1 "
        f"WHERE state = 'queued' AND ({_OF_SCOPE}) RETURNING id",
        (now, scope, scope, scope),
    )
    return [str(row["id"]) for row in rows]


async def want_cancel(connection: Connection, scope: str) -> int:
    """Asks dispatch to stop running jobs; gives how many are running."""
    cursor = await connection.execute(
        f"UPDATE jobs SET cancel_wanted = 1 WHERE state = 'rendering' AND ({_OF_SCOPE})", (scope,) * 3
    )
    return cursor.rowcount


async def _one(connection: Connection, sql: str, values: tuple[object, ...]) -> Row | None:
    async with connection.execute(sql, values) as cursor:
        return await cursor.fetchone()


async def _many(connection: Connection, where: str, *values: object) -> list[Job]:
    return [_job(row) for row in await connection.execute_fetchall(f"{_SELECT} {where}", values)]
