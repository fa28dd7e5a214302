"""A ledger with years behind it, written quickly: rows are made by SQLite itself, indexes once they are there."""

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.ledger.database import Database
from tests.ledger.rows import NOW

_BYTES = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
KINDS, MODELS, PEOPLE, PER_SLUG = 20, 8, 40, 10
FIRST_MESSAGE = 1_000_000
_SAID = ("too dark", "blurry, wrong hands", "cropped at the left", "make it blue", "too much fog", "unreadable letters")


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is; each job has as many verdicts as the others."""

    verdicts: int = 1_000_000
    jobs: int = 200_000
    cues: int = 5_000


def build(path: Path, size: Size) -> tuple[int, int]:
    """Bytes of the ledger before it had a verdict, and with all of them."""
    asyncio.run(_empty(path))
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("synchronous=OFF", "journal_mode=MEMORY", "cache_size=-100000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    before = _filled(connection, ("asks", "jobs", "pairs", "notices", "cue_edits"), _ASKED, size)
    after = _filled(connection, ("marks", "verdict_events", "verdict_now"), _JUDGED, size)
    connection.close()
    return before, after


async def _empty(path: Path) -> None:
    async with Database(path):
        pass


def _filled(connection: sqlite3.Connection, tables: Sequence[str], statements: Sequence[str], size: Size) -> int:
    """The bytes of the file when these rows are in these tables; their indexes are made anew behind them."""
    found = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL "
        f"AND tbl_name IN ({', '.join('?' * len(tables))})",
        tables,
    ).fetchall()
    connection.execute("BEGIN")
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}")
    values = {"jobs": size.jobs, "each": size.verdicts // size.jobs, "cues": size.cues, "now": NOW}
    values |= {"all": values["jobs"] * values["each"], "first": FIRST_MESSAGE}
    for statement in statements:
        connection.execute(statement, {key: value for key, value in values.items() if f":{key}" in statement})
    for _, sql in found:
        connection.execute(sql)
    connection.execute("COMMIT")
    return int(
        connection.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0]
    )


def name(nth: int) -> str:
    return f"job{nth:013}"


_NTH = "WITH RECURSIVE nth (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM nth WHERE n + 1 < :{}) "
# Of twenty jobs two are one ask that compares two models, and two are a pair with and without cues; every third job
# says no kind of subject.
_COMPARED, _TWO = "n % 20 < 2", "n % 20 < 4"
_ASK = f"printf('ask%013d', iif({_TWO}, n - n % 2, n))"
_KIND = f"iif(n % 3 = 2, NULL, 'kind ' || ((n / {MODELS}) % {KINDS}))"
_WORDS = "CASE m % 6 " + " ".join(f"WHEN {nth} THEN '{said}'" for nth, said in enumerate(_SAID)) + " END"
_ASKED = (
    _NTH.format("jobs")
    + f"INSERT INTO asks (id, key, created_at, kind) SELECT {_ASK}, {_ASK}, :now, iif({_COMPARED}, 'compare', '') "
    "FROM nth WHERE n % 20 NOT IN (1, 3)",
    _NTH.format("jobs")
    + 'INSERT INTO jobs (id, ask, "index", asker, guild, channel, slug, archetype, model, asked, prompt, negative, '
    "cues, seed, width, height, steps, guidance, created_at, state, epoch, ended_at, cancel_wanted, error_facts, "
    f"label) SELECT printf('job%013d', n), {_ASK}, iif({_TWO}, n % 2, 0), 1 + n % {PEOPLE}, 1, 5, "
    f"'slug-' || (n / {PER_SLUG}), {_KIND}, 'model' || (n % {MODELS}), 'a red boat on the sea', "
    "'a red boat on the sea, bright, in sharp focus', '', '[]', n, 1024, 768, 20, 4.0, :now + n, 'rendered', 1, "
    f":now + n + 20, 0, '{{}}', iif({_COMPARED}, 'Model', '') FROM nth",
    _NTH.format("jobs")
    + "INSERT INTO notices (id, kind, state, channel, created_at, job, text, said_at, message) SELECT 'n' || n, "
    "'picture', 'said', 5, :now + n, printf('job%013d', n), '', :now + n, :first + n FROM nth",
    "INSERT INTO pairs (ask, woven, bare, first) SELECT w.ask, w.id, b.id, w.seed % 3 = 0 FROM jobs AS w "
    'CROSS JOIN jobs AS b ON b.ask = w.ask AND b."index" = 1 WHERE w.seed % 20 = 2',
    _NTH.format("cues")
    + "INSERT INTO cue_edits (key, verb, scope, about, phrase, negative, person, at) SELECT 'c' || n, 'add', "
    "CASE WHEN n % 25 < 20 THEN 'slug' WHEN n % 25 < 23 THEN 'archetype' WHEN n % 25 < 24 THEN 'model' "
    f"ELSE 'everything' END, CASE WHEN n % 25 < 20 THEN 'slug-' || n WHEN n % 25 < 23 THEN 'kind ' || (n % {KINDS}) "
    f"WHEN n % 25 < 24 THEN 'model' || (n % {MODELS}) ELSE '' END, 'phrase number ' || n, '', 1, :now + n FROM nth",
)
# `m` counts the verdicts, `n` their job; each job's are of different people.
_MARKS = (
    "WITH RECURSIVE mth (m) AS (SELECT 0 UNION ALL SELECT m + 1 FROM mth WHERE m + 1 < :all), "
    f"said AS (SELECT m, m / :each AS n, 1 + m % {PEOPLE} AS person, "
    "CASE WHEN m % 7 < 4 THEN 'keep' WHEN m % 7 < 6 THEN 'reject' ELSE 'reroll' END AS verdict, "
    f"iif(m % 7 < 4, '', {_WORDS}) AS words FROM mth) "
)
_JUDGED = (
    _MARKS + "INSERT INTO marks (message, person, emoji, job, verdict, words, at) SELECT :first + n, person, "
    "iif(words = '', '✅', 'words'), printf('job%013d', n), verdict, words, :now + m FROM said",
    "INSERT INTO verdict_events (job, message, person, emoji, verdict, words, withdrawn, at) "
    "SELECT job, message, person, emoji, verdict, words, 0, at FROM marks ORDER BY at",
    "INSERT INTO verdict_now (job, person, slug, message, verdict, words, at, model, archetype, emojis, style) "
    "SELECT j.id, m.person, j.slug, m.message, m.verdict, m.words, m.at, j.model, j.archetype, "
    "iif(m.words = '', '[\"✅\"]', '[]'), j.style FROM marks AS m CROSS JOIN jobs AS j ON j.id = m.job",
)
