"""How the ledger's hot questions take a long history: the same questions to a short one and a long one."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from time import perf_counter

from bot.ledger import jobs, notices, recent, verdicts
from bot.ledger.database import Connection, Database
from bot.nouns import Job, JobState
from tests.bench.core import one_core
from tests.bench.figure import Figure, Row, count, ratio, spread
from tests.ledger.rows import ADA, NOW, job

QUESTION = (
    "The questions that the loops, the commands and each keystroke ask, put in turns to a ledger with a short "
    "history and to one with a long history; both have the same number of jobs in line, ten pictures a slug and a "
    "verdict on each. `SELECT 1` reads nothing: what it shows, the ledger is not to blame for."
)
PER_SLUG = 10
WAITING = 100
OPENED = 5  # times; how fast a connection's thread is reached may be decided when it starts, and stay so
_MESSAGES = 1_000_000  # ids of messages begin here

Times = defaultdict[str, list[float]]
Question = Callable[[Connection], Awaitable[object]]
QUESTIONS: dict[str, Question] = {
    "nothing (SELECT 1)": lambda c: c.execute_fetchall("SELECT 1"),
    "jobs.in_line": jobs.in_line,
    "jobs.front_of_line": lambda c: jobs.front_of_line(c, 5),
    "jobs.unfinished": jobs.unfinished,
    "jobs.rendering": lambda c: jobs.rendering(c, "tower"),
    "jobs.get": lambda c: jobs.get(c, _name(7)),
    "jobs.of_ask_key, unknown": lambda c: jobs.of_ask_key(c, "unknown"),
    "recent.values": lambda c: recent.values(c, ADA, "slug", 25),
    "notices.channels_due": notices.channels_due,
    "notices.due_in": lambda c: notices.due_in(c, 5, 1),
    "notices.unsettled_cards": notices.unsettled_cards,
    "notices.of_message": lambda c: notices.of_message(c, _MESSAGES + 7),
    "verdicts.of_slugs": lambda c: verdicts.of_slugs(c, ["slug-0"]),
    "verdicts.standing": lambda c: verdicts.standing(c, _MESSAGES + 7),
}


def measure(folder: Path, short: int = 1_000, long: int = 100_000, rounds: int = 100) -> Figure:
    with one_core():
        return asyncio.run(_measure(folder, short, long, rounds))


async def _measure(folder: Path, short: int, long: int, rounds: int) -> Figure:
    ledgers = folder / "short.db", folder / "long.db"
    kept = [await _filled(path, number) for path, number in zip(ledgers, (short, long), strict=True)]
    few, many = Times(list), Times(list)
    for _ in range(OPENED):
        async with Database(ledgers[0]) as small, Database(ledgers[1]) as large:
            await _ask(((small, few), (large, many)), rounds)
    rows = [row for name in QUESTIONS for row in _rows(name, few[name], many[name])]
    counts = count("jobs in the short ledger", kept[0]), count("jobs in the long ledger", kept[1])
    return Figure("questions", QUESTION, (*rows, *counts))


async def _ask(sides: Sequence[tuple[Database, Times]], rounds: int) -> None:
    """Milliseconds by question. All questions in each round, because that is how they come: the same one again and
    again would always find its pages at hand."""
    for turn in range(rounds):
        for name, question in QUESTIONS.items():
            for db, times in sides if turn % 2 else reversed(sides):
                times[name].append(await _milliseconds(db, question))


def _rows(name: str, few: Sequence[float], many: Sequence[float]) -> tuple[Row, Row]:
    return spread(name, many, "ms"), ratio(f"{name}, long / short", many, few)


async def _milliseconds(db: Database, question: Question) -> float:
    async with db.reading() as connection:
        began = perf_counter()
        await question(connection)
        return 1000 * (perf_counter() - began)


async def _filled(path: Path, number: int) -> int:
    """A ledger of so many jobs: the newest are in line, all others were rendered, posted and judged. Counts them."""
    past = [_job(nth) for nth in range(max(0, number - WAITING))]
    line = [_job(nth) for nth in range(len(past), number)]
    async with Database(path) as db, db.transaction() as connection:
        await jobs.insert_ask(connection, "ask1", "key", None, NOW)
        await jobs.insert(connection, *past, *line)
        await _finish(connection, past)
        ((kept,),) = await connection.execute_fetchall("SELECT count(*) FROM jobs")
    return int(kept)


def _job(nth: int) -> Job:
    return job(_name(nth), index=nth, slug=f"slug-{nth // PER_SLUG}", created_at=NOW + nth)


def _name(nth: int) -> str:
    return f"job{nth:09}"


async def _finish(connection: Connection, past: Sequence[Job]) -> None:
    """In a few statements: one call for each of a hundred thousand rows would take longer than the measurement."""
    last = past[-1].id
    await connection.execute(
        "UPDATE jobs SET state = ?, ended_at = created_at WHERE id <= ?", (JobState.RENDERED, last)
    )
    for sql in (
        "INSERT INTO notices SELECT 'n' || id, 'picture', 'said', channel, created_at, NULL, id, NULL, '', "
        'created_at, created_at, :first + "index", NULL, NULL FROM jobs WHERE id <= :last',
        "INSERT INTO marks SELECT :first + \"index\", asker, '✅', id, 'keep', '', created_at "
        "FROM jobs WHERE id <= :last",
        "INSERT INTO verdict_now (job, person, slug, message, verdict, words, at) "
        "SELECT id, asker, slug, :first + \"index\", 'keep', '', created_at FROM jobs WHERE id <= :last",
    ):
        await connection.execute(sql, {"first": _MESSAGES, "last": last})
