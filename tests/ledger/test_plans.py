"""How SQLite answers the questions that are asked often: never by walking through a table that grows."""

from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from bot.ledger import (
    batch_items,
    batches,
    cues,
    during,
    enclosures,
    found_files,
    jobs,
    likenesses,
    notices,
    pairs,
    pictures,
    recent,
    rota,
    routes,
    sheets,
    threads,
    towers,
    verdicts,
    windows,
    yields,
)
from bot.ledger.database import Connection, Database
from bot.nouns import Notice, NoticeKind, Scope, Verdict
from tests.ledger.rows import NOW, job

Question = Callable[[Connection], Awaitable[object]]


async def _recounted(connection: Connection) -> None:
    """With a thread to count for: else nothing is asked beyond whether there is one."""
    for name in ("x", "y"):
        await jobs.insert_ask(connection, name, name, None, NOW)
        await jobs.insert(connection, job(name, ask=name))
    await threads.opened(connection, 5, "red-boat", 6)
    await threads.recount(connection, "x")


# An index with a condition holds only the open, due or unsettled rows, and may be walked through.
SMALL = (
    "jobs_open",
    "jobs_open_of_batch",
    "notices_due_in",
    "notices_unsettled",
    "notices_unsettled_sheets",
    "threads_to_show",
    "batches_to_close",
    "batches_paused",
    "jobs_with_extras",
    "route_edits_accepted",
    "enclosures_to_draw",
    "found_files_kept",
    "rota_windows",
    "batches_paused",
)
# Rows that were picked before, or are few: walking through them is no walk through a table.
PICKED = (  # "up" is a recursion, which goes on from the rows that it found
    "SCAN up",
    "rota_due",
    "rota_wanted",
    "rota_opened",
    "leaving_1",
    "CONSTANT ROW",
    "json_each",
    "SCAN picked",
    "SCAN waiting_batches",
    "(subquery-",
)
QUESTIONS: dict[str, Question] = {
    "jobs.get": lambda c: jobs.get(c, "x"),
    "jobs.of_ask_key": lambda c: jobs.of_ask_key(c, "x"),
    "jobs.of_ask": lambda c: jobs.of_ask(c, "x"),
    "jobs.telling_of_batch": lambda c: jobs.telling_of_batch(c, "x", 5),
    "jobs.in_line": jobs.in_line,
    "jobs.front_of_line": lambda c: jobs.front_of_line(c, 5),
    "jobs.asked_by": lambda c: jobs.asked_by(c, "x"),
    "jobs.cancel_queued": lambda c: jobs.cancel_queued(c, "x", 1.0),
    "jobs.want_cancel": lambda c: jobs.want_cancel(c, "x"),
    "jobs.unfinished": jobs.unfinished,
    "jobs.rendering": lambda c: jobs.rendering(c, "tower"),
    "jobs.claim": lambda c: jobs.claim(c, "x", "tower", "boot"),
    "jobs.requeue": lambda c: jobs.requeue(c, job("x")),
    "batches.of_key": lambda c: batches.of_key(c, "x"),
    "batches.ended": batches.ended,
    "batches.sent_before": lambda c: batches.sent_before(c, 5, "x", "y"),
    "batch_items.of_batch": lambda c: batch_items.of_batch(c, "x"),
    "batch_items.earlier": lambda c: batch_items.earlier(c, 5, "x", "y", ["a", "b"]),
    "batches.outcome": lambda c: batches.outcome(c, "x"),
    "jobs.retry": lambda c: jobs.retry(c, job("x"), 2, NOW, "x", {}),
    "jobs.failed_of_batch": lambda c: jobs.failed_of_batch(c, "x"),
    "jobs.last_indexes": lambda c: jobs.last_indexes(c, "x"),
    "during.waiting": lambda c: during.waiting(c, "x"),
    "during.pause": lambda c: during.pause(c, "x", NOW),
    "during.resume": lambda c: during.resume(c, "x"),
    "during.call_off": lambda c: during.call_off(c, "x", NOW),
    "during.reopen": lambda c: during.reopen(c, "x"),
    "during.card": lambda c: during.card(c, "x"),
    "during.of_thread": lambda c: during.of_thread(c, 5),
    "during.of_notice": lambda c: during.of_notice(c, Notice("x", NoticeKind.SHEET, 5, NOW, ask="x")),
    "during.of_notice of a job": lambda c: during.of_notice(c, Notice("x", NoticeKind.PICTURE, 5, NOW, job="x")),
    "during.latest": lambda c: during.latest(c, 1, [5], 5),
    "jobs.held_back": jobs.held_back,
    "windows.opens": lambda c: windows.opens(c, "x"),
    "notices.settled": lambda c: notices.settled(c, "x", NOW),
    "notices.channels_due": notices.channels_due,
    "notices.due_in": lambda c: notices.due_in(c, 5, 5),
    "notices.of_message": lambda c: notices.of_message(c, 5),
    "notices.unsettled_cards": notices.unsettled_cards,
    "notices.posted_pictures": lambda c: notices.posted_pictures(c, NOW),
    "notices.said": lambda c: notices.said(c, "x", 5, NOW),
    "pictures.of_job": lambda c: pictures.of_job(c, "x"),
    "pictures.newest_of_slug": lambda c: pictures.newest_of_slug(c, "x"),
    "pictures.posted": lambda c: pictures.posted(c, "x"),
    "pictures.shown": lambda c: pictures.shown(c, "x"),
    "pictures.delete": lambda c: pictures.delete(c, "x", None, NOW),
    "pictures.leaving": pictures.leaving,
    "pictures.needed": lambda c: pictures.needed(c, "x"),
    "verdicts.standing": lambda c: verdicts.standing(c, 5),
    "verdicts.spoke_at": lambda c: verdicts.spoke_at(c, "x", 5, 6),
    "verdicts.of_slugs": lambda c: verdicts.of_slugs(c, ["x"]),
    "verdicts.of_job": lambda c: verdicts.of_job(c, "x"),
    **{
        f"verdicts.unkept of {scope}": partial(verdicts.unkept, scope=scope, about="", most=5)
        for scope in list(Scope)[:3]
    },
    "cues.learned": lambda c: cues.learned(c, {(Scope.SLUG, "x"), (Scope.MODEL, "y")}),
    "verdicts.clear_mark": lambda c: verdicts.clear_mark(c, 5, 6, "x", NOW),
    "verdicts.choose": lambda c: verdicts.choose(c, 5, 6, Verdict.KEEP, [], ["x", "y"], NOW),
    "verdicts.set_aside": lambda c: verdicts.set_aside(c, 5),
    "pairs.told": lambda c: pairs.told(c, "x", 5, NOW),
    "pairs.of_ask": lambda c: pairs.of_ask(c, "x"),
    "pairs.last_ask": lambda c: pairs.last_ask(c, "x"),
    "jobs.manner": lambda c: jobs.manner(c, "x"),
    "sheets.owed": lambda c: sheets.owed(c, ["x"]),
    "sheets.of_ask": lambda c: sheets.of_ask(c, "x"),
    "sheets.unsettled": sheets.unsettled,
    "sheets.changed": lambda c: sheets.changed(c, "x"),
    "sheets.face": lambda c: sheets.face(c, "x"),
    "threads.of_slug": lambda c: threads.of_slug(c, 5, "x"),
    "threads.of_thread": lambda c: threads.of_thread(c, 5),
    "threads.to_show": threads.to_show,
    "threads.starts": lambda c: threads.starts(c, 5, "x", 5),
    "threads.recount": _recounted,
    "routes.get": lambda c: routes.get(c, 5),
    "routes.acting": lambda c: routes.acting(c, {"x", "y"}),
    "routes.lately": lambda c: routes.lately(c, 5),
    "routes.kinds": lambda c: routes.kinds(c, "x", 5),
    "routes.models": lambda c: routes.models(c, "x"),
    "routes.alone": lambda c: routes.alone(c, "x", "y"),
    "routes.compared": lambda c: routes.compared(c, "x"),
    "rota.nearest": rota.nearest,
    "rota.begun": lambda c: rota.begun(c, "x"),
    "rota.slots": lambda c: rota.slots(c, "x"),
    "rota.wanted": rota.wanted,
    "windows.opened": windows.opened,
    "enclosures.to_draw": enclosures.to_draw,
    "enclosures.of_notice": lambda c: enclosures.of_notice(c, "x"),
    "found_files.fading": lambda c: found_files.fading(c, NOW),
    "found_files.of_content": lambda c: found_files.of_content(c, 5, "x"),
    "found_files.offered_by": lambda c: found_files.offered_by(c, "x"),
    "likenesses.of_slug": lambda c: likenesses.of_slug(c, "x", 1, 5),
    "yields of a batch": lambda c: yields.counted(c, yields.of_batch("x")),
    "yields of a time": lambda c: yields.counted(c, yields.between(1, 0.0, 1.0)),
    "towers.wakes": lambda c: towers.wakes(c, "x"),
}


async def plan(connection: Connection, question: Question) -> list[str]:
    """The steps SQLite takes for the statements this question really sends."""
    sent: list[str] = []
    await connection.set_trace_callback(sent.append)
    await question(connection)
    await connection.set_trace_callback(lambda _: None)
    assert sent
    rows = [row for sql in sent for row in await connection.execute_fetchall(f"EXPLAIN QUERY PLAN {sql}")]
    return [str(row[3]) for row in rows]


@pytest.mark.parametrize("name", QUESTIONS)
async def test_no_question_walks_through_a_table(db: Database, name: str) -> None:
    """Rows are searched by an index, or an index of open rows is walked through."""
    async with db.transaction() as connection:
        steps = await plan(connection, QUESTIONS[name])
    walks = [step for step in steps if step.startswith("SCAN") and not any(picked in step for picked in PICKED)]
    assert [step for step in walks if step.split()[-1] not in SMALL] == [], steps


@pytest.mark.parametrize("look", [lambda c: recent.values(c, 1, "slug", 5), lambda c: recent.prompts(c, 1, 5)])
async def test_what_a_person_asked_lately_looks_back_no_further_than_it_says(db: Database, look: Question) -> None:
    """The walk is over this person's jobs, newest first, and ends at a limit that does not grow."""
    async with db.transaction() as connection:
        steps = await plan(connection, look)
    assert steps[:2] == ["CO-ROUTINE (subquery-1)", "SEARCH jobs USING INDEX jobs_of_asker (asker=?)"]


async def test_what_was_learned_lately_looks_back_no_further_than_it_says(db: Database) -> None:
    """Both walks begin at the newest row, need no sorting, and end at a limit that does not grow."""
    async with db.transaction() as connection:
        steps = await plan(connection, cues.lately)
    assert steps[:2] == ["SCAN cue_edits", "SCAN verdict_now USING INDEX verdict_now_unkept"]
    assert "SCAN verdict_now" not in steps


async def test_the_pairs_themselves_are_all_that_is_walked_through_for_a_report(db: Database) -> None:
    """They are few, and each one's verdicts and jobs are searched by their keys."""
    async with db.transaction() as connection:
        steps = await plan(connection, pairs.judged)
    assert [step for step in steps if step.startswith("SCAN")] == ["SCAN p USING INDEX sqlite_autoindex_pairs_1"]
