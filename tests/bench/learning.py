"""What learning costs with years of verdicts: every question of it, put to a ledger on disk with a million of them."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from itertools import count as numbers
from pathlib import Path
from time import perf_counter

from bot.evidence.child import Prover
from bot.intake.assembling import assemble, places
from bot.intake.drafts import Draft, drafted
from bot.ledger import cues, jobs, notices, pairs, pictures, recent, routes, verdicts
from bot.ledger.database import Connection, Database
from bot.nouns import Ask, Learned, Mark, Scope, Verdict
from bot.routing import counts
from bot.routing.counts import Record
from bot.routing.proposing import propose
from bot.taste.cues import Taste, fold
from bot.taste.lessons import unfiled
from tests.bench import history
from tests.bench.core import one_core
from tests.bench.figure import Figure, Row, count, spread
from tests.bench.history import FIRST_MESSAGE, KINDS, MODELS, PER_SLUG, Size
from tests.ledger.rows import NOW
from tests.made import shelf_model

QUESTION = (
    "What people ask for when they look at what was learned, what each ask asks for, and one reaction, put to a ledger "
    "on disk, with the reading and the folding of what comes back. The aim is a median of at most 100 ms each; the "
    "report's child process, which reads its libraries anew and runs only when something has changed, is told apart."
)
CHILD = "/taste report, its child process"
TASTE = Taste()
MILLION = Size()
_KNOWN = tuple(shelf_model(id=f"model{nth}", prompt_limit=2000) for nth in range(MODELS))
_NEXT = numbers()
Question = Callable[[Connection, int], Awaitable[object]]


async def _folded(learned: Learned) -> object:
    return await asyncio.to_thread(fold, learned, TASTE, NOW)


async def _why(connection: Connection, nth: int) -> None:
    """A picture that is named by its message, and where its cues were learned."""
    found = await notices.of_message(connection, FIRST_MESSAGE + nth)
    assert found is not None
    assert found.job is not None
    await jobs.get(connection, found.job)
    await pictures.of_job(connection, found.job)
    await verdicts.of_job(connection, found.job)


async def _cue_list(connection: Connection, nth: int) -> None:
    await _folded(await cues.lately(connection))


async def _cue_list_of_slug(connection: Connection, nth: int) -> None:
    await _folded(await cues.looked_at(connection, {(Scope.SLUG, _slug(nth))}))


async def _cue_list_of_kind(connection: Connection, nth: int) -> None:
    await _folded(await cues.looked_at(connection, {(Scope.ARCHETYPE, _kind(nth))}))


async def _unfiled(connection: Connection, nth: int) -> None:
    said = await verdicts.unkept(connection, Scope.EVERYTHING, "", cues.LOOKED_AT)
    await asyncio.to_thread(lambda: [unfiled(TASTE.taxonomy, one.words) for one in said])


async def _composed(connection: Connection, nth: int) -> None:
    """An ask with cues of every reach, as intake composes it."""
    one = _draft(nth)
    learned = await cues.learned(connection, set(places(one)))
    await asyncio.to_thread(assemble, [one], ["ask"], ["job"], None, NOW, learned, TASTE)


async def _proposed(connection: Connection, nth: int) -> None:
    kind = _kind(nth)
    drawn = await routes.models(connection, kind)
    opinions = [one for model in drawn for one in await routes.alone(connection, kind, model)]
    record = Record(counts.alone(opinions), counts.duels(await routes.compared(connection, kind)))
    propose(kind, record, drawn[0], drawn)


async def _routed(connection: Connection, nth: int) -> None:
    await routes.acting(connection, {_kind(nth)})


async def _reacted(connection: Connection, nth: int) -> None:
    """A person's mark on a picture of before, and what follows from it."""
    mark = Mark(FIRST_MESSAGE + nth, history.name(nth), 10_000 + next(_NEXT), "✅", Verdict.KEEP)
    await verdicts.set_mark(connection, mark, NOW)


async def _reported(connection: Connection, nth: int) -> None:
    await Prover().report(await pairs.judged(connection))


QUESTIONS: dict[str, Question] = {
    "/why": _why,
    "/cue list, /cue mute's suggestions": _cue_list,
    "/cue list of a slug": _cue_list_of_slug,
    "/cue list of an archetype": _cue_list_of_kind,
    "/taste unfiled": _unfiled,
    "/taste report, its rows": lambda c, nth: pairs.judged(c),
    "suggested slugs": lambda c, nth: recent.values(c, 1 + nth % history.PEOPLE, "slug", 25),
    "suggested prompts": lambda c, nth: recent.prompts(c, 1 + nth % history.PEOPLE, 500),
    "suggested archetypes": lambda c, nth: routes.kinds(c, "k", 25),
    "/route propose": _proposed,
    "the route of an ask": _routed,
    "composing": _composed,
    "a reaction, committed": _reacted,
}


def measure(folder: Path, size: Size = MILLION, rounds: int = 25) -> Figure:
    began = perf_counter()
    before, after = history.build(folder / "years.db", size)
    built = perf_counter() - began
    with one_core():
        times, stored = asyncio.run(_measure(folder / "years.db", size, rounds))
    rows = [spread(name, times[name], "ms") for name in (*QUESTIONS, CHILD)]
    return Figure("learning", QUESTION, (*rows, *_sizes(before, after, built, stored)))


def _sizes(before: int, after: int, built: float, stored: dict[str, int]) -> tuple[Row, ...]:
    return (
        *(count(f"{table} in the ledger", number) for table, number in stored.items()),
        Row("size of the ledger", after / 2**20, "MiB"),
        Row("growth per verdict: mark, event, what counts, their indexes", (after - before) / stored["verdicts"], "B"),
        Row("building it", built, "s"),
    )


async def _measure(path: Path, size: Size, rounds: int) -> tuple[dict[str, list[float]], dict[str, int]]:
    times: defaultdict[str, list[float]] = defaultdict(list)
    async with Database(path) as db:
        async with db.reading() as connection:
            stored = {
                what: int(next(iter(await connection.execute_fetchall(f"SELECT count(*) FROM {table}")))[0])
                for what, table in (("verdicts", "verdict_now"), ("jobs", "jobs"), ("edits of cues", "cue_edits"))
            }
        for turn in range(rounds):
            for name, question in QUESTIONS.items():
                nth = turn * 7919 % size.jobs  # far from the one before, so that its pages are not at hand
                times[name].append(await _milliseconds(db, question, nth))
        times[CHILD] = [await _milliseconds(db, _reported, turn) for turn in range(min(rounds, 5))]
    return times, stored


async def _milliseconds(db: Database, question: Question, nth: int) -> float:
    opened = db.transaction() if question is _reacted else db.reading()
    began = perf_counter()
    async with opened as connection:
        await question(connection, nth)
    return 1000 * (perf_counter() - began)


def _slug(nth: int) -> str:
    return f"slug-{nth // PER_SLUG}"


def _kind(nth: int) -> str:
    return f"kind {nth % KINDS}"


def _draft(nth: int) -> Draft:
    ask = Ask("k", "a boat", 1, 1, 5, model=f"model{nth % MODELS}", slug=_slug(nth), archetype=_kind(nth))
    return drafted(ask, _KNOWN)
