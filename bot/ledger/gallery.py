"""Pictures that people look through, newest first: a page begins behind the last picture of the one before.

However far back, a page costs the same. At most `WALKED` rows of what fits best by index are looked at for a page, so
that rare ones take several pages and never a long walk; ids sort by the time of asking.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from sqlite3 import Row
from typing import Literal

from bot.ledger import notices
from bot.ledger.database import Connection
from bot.ledger.decided import DECIDED
from bot.nouns import Notice, Verdict

WALKED = 2000
MOST = 9
_END = "~"  # behind every id
_OF_BATCH = "batch = ? AND kind NOT IN ('announcement', 'sheet')"  # word for word as the index has it

Way = Literal["older", "newer"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a gallery shows; empty fields leave nothing out. `mine`: it is the looking person's own.

    `span` is a stretch of time as it was written.
    """

    slug: str = ""
    model: str = ""
    verdict: str = ""
    person: int = 0
    span: str = ""
    mine: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """Where is looked: pictures of this guild asked for in these channels, with ids from `low` up to before `high`."""

    guild: int
    channels: tuple[int, ...]
    low: str = ""
    high: str = _END


@dataclass(frozen=True, slots=True)
class Found:
    """One picture and where it stands. `file` is what can be drawn of it: the picture, or a clip's still."""

    job: str
    slug: str
    model: str
    seed: int
    asker: int
    created_at: float
    channel: int
    message: int
    file: str | None
    spoiler: bool


@dataclass(frozen=True, slots=True)
class Page:
    """`older` and `newer` are the edges from which the neighbouring pages go on; None where there is nothing more."""

    found: tuple[Found, ...]
    older: str | None
    newer: str | None


async def page(connection: Connection, wanted: Wanted, view: View, way: Way, edge: str, most: int = MOST) -> Page:
    """The pictures older (or newer) than the edge; no edge begins at the newest."""
    if way == "older":
        found, more = await _walk(connection, wanted, replace(view, high=min(view.high, edge or _END)), way, most)
        return Page(tuple(found), more, (found[0].job if found else edge) if edge else None)
    found, more = await _walk(connection, wanted, replace(view, low=max(view.low, f"{edge}{_END}")), way, most)
    if more is None:  # the first page is a whole one
        return await page(connection, wanted, view, "older", "", most)
    return Page(tuple(reversed(found)), found[0].job if found else edge, more)


async def _walk(
    connection: Connection, wanted: Wanted, view: View, way: Way, most: int
) -> tuple[list[Found], str | None]:
    """The next pictures in this direction, and the edge from which there may be more."""
    walk = _driver(wanted) | {"order": _ORDER[way], "decided": DECIDED}
    values = {**asdict(wanted), **asdict(view), "walked": WALKED - 1, "most": most + 1}
    values["channels"] = json.dumps(view.channels)
    cut = next(iter(await connection.execute_fetchall(_CUT.format(**walk), values)), None)
    if cut is not None:
        values |= {"low": str(cut[0])} if way == "older" else {"high": f"{cut[0]}{_END}"}
    rows = list(await connection.execute_fetchall(_PAGE.format(**walk), values))
    found = [_found(row) for row in rows[:most]]
    if len(rows) > most:
        return found, found[-1].job
    return found, None if cut is None else str(cut[0])


_ORDER = {"older": "DESC", "newer": "ASC"}
_CUT = """
SELECT c.{key} FROM {table} AS c WHERE {which} c.{key} >= :low AND c.{key} < :high
ORDER BY c.{key} {order} LIMIT 1 OFFSET :walked
"""
_PAGE = """
SELECT j.id AS job, j.slug, j.model, j.seed, j.asker, j.created_at, n.channel, n.message, a.spoiler,
    iif(p.media = 'image/png', p.sha256, p.poster) AS file
FROM {table} AS c CROSS JOIN jobs AS j ON j.id = c.{key} CROSS JOIN pictures AS p ON p.job = j.id
    CROSS JOIN notices AS n ON n.job = j.id CROSS JOIN asks AS a ON a.id = j.ask
WHERE {which} c.{key} >= :low AND c.{key} < :high
    AND p.deleted_at IS NULL AND n.kind = 'picture' AND n.state = 'said' AND j.guild = :guild
    AND j.channel IN (SELECT value FROM json_each(:channels))
    AND (:slug = '' OR j.slug = :slug) AND (:model = '' OR j.model = :model) AND (:person = 0 OR j.asker = :person)
    AND (:verdict = '' OR (SELECT {decided} FROM verdict_now AS v WHERE v.job = j.id) = :verdict)
ORDER BY c.{key} {order} LIMIT :most
"""


_OF_VERDICT = (
    "c.verdict = :verdict AND NOT EXISTS "  # several people may think so: a picture comes once
    "(SELECT 1 FROM verdict_now AS w WHERE w.job = c.job AND w.person < c.person AND w.verdict = c.verdict) AND"
)


def _driver(wanted: Wanted) -> dict[str, str]:
    """The index that is walked through, whichever leaves out most."""
    if wanted.slug:
        return {"table": "jobs", "key": "id", "which": "c.slug = :slug AND"}
    if wanted.person:
        return {"table": "jobs", "key": "id", "which": "c.asker = :person AND"}
    if wanted.verdict:
        return {"table": "verdict_now", "key": "job", "which": _OF_VERDICT}
    if wanted.model:
        return {"table": "jobs", "key": "id", "which": "c.model = :model AND"}
    return {"table": "pictures", "key": "job", "which": ""}


def _found(row: Row) -> Found:
    return Found(**{**dict(row), "spoiler": bool(row["spoiler"])})


async def opinions(connection: Connection, found: tuple[Found, ...]) -> dict[tuple[str, Verdict], int]:
    """How many people think so of each of these pictures."""
    rows = await connection.execute_fetchall(
        "SELECT v.job, v.verdict, count(*) FROM json_each(?) AS l CROSS JOIN verdict_now AS v ON v.job = l.value "
        "GROUP BY v.job, v.verdict",
        (json.dumps([one.job for one in found]),),
    )
    return {(str(job), Verdict(verdict)): int(count) for job, verdict, count in rows}


def name(wanted: Wanted) -> str:
    """The id by which buttons name this search; the same search has the same one for ever."""
    return hashlib.sha256(_text(wanted).encode()).hexdigest()[:16]


def _text(wanted: Wanted) -> str:
    return json.dumps(asdict(wanted), sort_keys=True)


async def keep_search(connection: Connection, wanted: Wanted) -> None:
    """What its name means can be found from now on."""
    await connection.execute(
        "INSERT INTO searches (id, wanted) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", (name(wanted), _text(wanted))
    )


async def search(connection: Connection, search: str) -> Wanted | None:
    rows = await connection.execute_fetchall("SELECT wanted FROM searches WHERE id = ?", (search,))
    return next((Wanted(**json.loads(row["wanted"])) for row in rows), None)


async def waiting_of(connection: Connection, person: int) -> tuple[int, int]:
    """How many of this person's pictures wait, and how many are being rendered."""
    ((queued, rendering),) = await connection.execute_fetchall(
        "SELECT count(*) FILTER (WHERE state = 'queued'), count(*) FILTER (WHERE state = 'rendering') "
        "FROM jobs WHERE state IN ('queued', 'rendering') AND asker = ?",
        (person,),
    )
    return int(queued), int(rendering)


async def asked_since(connection: Connection, person: int, since: float) -> int:
    """Pictures this person has asked for since then; failed, cancelled and imported ones do not count."""
    ((count,),) = await connection.execute_fetchall(
        "SELECT count(*) FROM jobs WHERE asker = ? AND created_at > ? AND state NOT IN ('failed', 'cancelled') "
        "AND (state != 'rendered' OR tower IS NOT NULL)",
        (person, since),
    )
    return int(count)


async def slugs(connection: Connection, typed: str, channels: tuple[int, ...], most: int) -> list[str]:
    """Slugs with this beginning of what was asked for lately in these channels; asked at every keystroke."""
    rows = await connection.execute_fetchall(
        "SELECT slug FROM (SELECT id, slug, channel FROM jobs ORDER BY id DESC LIMIT 2000) "
        "WHERE instr(slug, ?) > 0 AND channel IN (SELECT value FROM json_each(?)) "
        "GROUP BY slug ORDER BY substr(slug, 1, length(?)) != ?, max(id) DESC LIMIT ?",
        (typed, json.dumps(channels), typed, typed, most),
    )
    return [str(row["slug"]) for row in rows]


async def post(connection: Connection, notice: Notice) -> None:
    """Due once, however often it is wanted under the same id."""
    rows = await connection.execute_fetchall("SELECT 1 FROM notices WHERE id = ?", (notice.id,))
    if not list(rows):
        await notices.make_due(connection, notice)


async def newest_job(connection: Connection, slug: str) -> str | None:
    """The youngest job of this slug, whatever became of it; what was imported without a channel is left out."""
    rows = await connection.execute_fetchall(
        "SELECT id FROM jobs WHERE slug = ? AND channel != 0 ORDER BY id DESC LIMIT 1", (slug,)
    )
    return next((str(row["id"]) for row in rows), None)


async def card_of(connection: Connection, ask: str, batch: str | None) -> tuple[int, int] | None:
    """Channel and message of the card of this ask or batch, once it is said."""
    which, scope = ("ask = ?", ask) if batch is None else (_OF_BATCH, batch)
    rows = await connection.execute_fetchall(
        f"SELECT channel, message FROM notices WHERE {which} AND kind = 'card' AND message IS NOT NULL", (scope,)
    )
    return next(((int(row["channel"]), int(row["message"])) for row in rows), None)
