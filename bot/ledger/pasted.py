"""Verdicts that were pasted as text: which pictures are meant, and what waits for the person to confirm it.

A question waits for ever, and its answer counts once; then nothing of what was pasted is left but the verdicts.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from sqlite3 import Row

from pydantic import TypeAdapter

from bot.ledger import verdicts
from bot.ledger.database import Connection
from bot.ledger.decided import DECIDED
from bot.nouns import PASTED, Mark, Verdict

_LOOKED_AT = 500  # pictures of a slug, the newest


@dataclass(frozen=True, slots=True)
class Candidate:
    """A picture that may be meant, what counts for it now, and whether the person has judged it.

    `index` is its place in its ask from 0.
    """

    job: str
    slug: str
    ask: str
    index: int
    channel: int
    message: int
    verdict: Verdict | None
    judged: bool = False


@dataclass(frozen=True, slots=True)
class Meant:
    """What one line says of which picture; without a verdict the earlier one is taken back.

    `sign` is what the mark is known by under `message`: that of a picture, or for a choice that of its sheet.
    """

    job: str
    channel: int
    message: int
    verdict: Verdict | None
    words: str = ""
    sign: str = PASTED


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a person pasted; `key` is the request it came with."""

    id: str
    key: str
    person: int
    lines: tuple[Meant, ...]
    at: float
    taken_at: float | None = None


_LINES = TypeAdapter(tuple[Meant, ...])
_CANDIDATES = f"""
SELECT j.id AS job, j.slug, j.ask, j."index", n.channel, n.message,
    (SELECT {DECIDED} FROM verdict_now AS v WHERE v.job = j.id) AS verdict,
    EXISTS (SELECT 1 FROM verdict_now AS w WHERE w.job = j.id AND w.person = :person) AS judged
FROM jobs AS j CROSS JOIN pictures AS p ON p.job = j.id CROSS JOIN notices AS n ON n.job = j.id
WHERE {{which}} AND p.deleted_at IS NULL AND n.kind = 'picture' AND n.kind != 'repost' AND n.state = 'said'
    AND j.guild = :guild AND n.channel IN (SELECT value FROM json_each(:channels))
ORDER BY j.id DESC LIMIT {_LOOKED_AT}
"""


async def candidates(
    connection: Connection, name: str, person: int, guild: int, channels: Collection[int]
) -> list[Candidate]:
    """The posted pictures of this job, or of this slug, the newest first, as far as they stand in these channels."""
    values = {"name": name, "person": person, "guild": guild, "channels": json.dumps(sorted(channels))}
    for which in ("j.id = :name", "j.slug = :name"):
        rows = list(await connection.execute_fetchall(_CANDIDATES.format(which=which), values))
        if rows:
            return [_candidate(row) for row in rows]
    return []


def _candidate(row: Row) -> Candidate:
    counts = row["verdict"]
    return Candidate(**{**dict(row), "verdict": Verdict(counts) if counts else None, "judged": bool(row["judged"])})


def meant(found: Sequence[Candidate], number: int | None, end: str = "") -> Candidate | None:
    """Of these pictures, the newest first, the one with this number, or the only one whose job's id ends so.

    Without one it is the newest, unless the person judged it: then the newest other one that is open and that they have
    not judged, if there is one. That somebody else was faster leads to no older picture.

    Numbers are those of the newest group's contact sheet; where the newest picture is no group's, of all in order.
    """
    if end:
        ends = [one for one in found if one.job.endswith(end)]
        return ends[0] if len(ends) == 1 else None
    if number is None:
        fresh = (one for one in found if not one.judged and (one is found[0] or one.verdict is None))
        return next(fresh, found[0] if found else None)
    group = [one for one in found if one.ask == found[0].ask]
    if len(group) > 1:
        return next((one for one in group if one.index == number - 1), None)
    return found[-number] if 0 < number <= len(found) < _LOOKED_AT else None


async def keep(connection: Connection, pasted: Pasted) -> str:
    """Gives the id under which it waits: the first one, when the same request came before."""
    await connection.execute(
        "INSERT INTO pasted (id, key, person, lines, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
        (pasted.id, pasted.key, pasted.person, _LINES.dump_json(pasted.lines).decode(), pasted.at),
    )
    rows = await connection.execute_fetchall("SELECT id FROM pasted WHERE key = ?", (pasted.key,))
    return next(str(row["id"]) for row in rows)


async def get(connection: Connection, waiting: str) -> Pasted | None:
    async with connection.execute("SELECT * FROM pasted WHERE id = ?", (waiting,)) as cursor:
        row = await cursor.fetchone()
    return None if row is None else Pasted(**{**dict(row), "lines": _LINES.validate_json(row["lines"])})


async def there(connection: Connection, pasted: Pasted) -> set[str]:
    """Those of its jobs whose picture is not deleted."""
    rows = await connection.execute_fetchall(
        "SELECT p.job FROM json_each(?) AS l CROSS JOIN pictures AS p ON p.job = l.value WHERE p.deleted_at IS NULL",
        (json.dumps([one.job for one in pasted.lines]),),
    )
    return {str(row["job"]) for row in rows}


async def record(connection: Connection, pasted: Pasted, lines: Collection[Meant], at: float, now: float) -> None:
    """These lines of it count from now on, in the caller's transaction. What the person pasted after `at` stays."""
    for one in lines:
        if at <= await verdicts.spoke_at(connection, one.job, one.message, pasted.person, one.sign):
            continue
        if one.verdict is None:
            await verdicts.clear_mark(connection, one.message, pasted.person, one.sign, at)
        else:
            mark = Mark(one.message, one.job, pasted.person, one.sign, one.verdict, one.words)
            await verdicts.set_mark(connection, mark, at)
    await connection.execute(
        "UPDATE pasted SET taken_at = ?, lines = '[]' WHERE id = ? AND taken_at IS NULL", (now, pasted.id)
    )
