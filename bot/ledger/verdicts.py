"""Marks, events and what counts: one function changes all three, inside the caller's transaction."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from sqlite3 import Row

from bot.ledger import sheets, threads
from bot.ledger.database import Connection
from bot.nouns import CHOICE, PASTED, WORDS, Judgement, Mark, Scope, Verdict, choice

# When a person's marks on one picture disagree, the stricter one counts.
_STRENGTH = {Verdict.REJECT: 2, Verdict.REROLL: 1, Verdict.KEEP: 0}


async def set_mark(connection: Connection, mark: Mark, now: float) -> bool:
    """The mark stands now. False when it stood already, word for word: then no event is written."""
    async with connection.execute(
        "SELECT verdict, words FROM marks WHERE message = ? AND person = ? AND emoji = ?",
        (mark.message, mark.person, mark.emoji),
    ) as cursor:
        row = await cursor.fetchone()
    if row is not None and (row["verdict"], row["words"]) == (mark.verdict, mark.words):
        return False
    await connection.execute(
        "INSERT INTO marks (message, person, emoji, job, verdict, words, at) "
        "VALUES (:message, :person, :emoji, :job, :verdict, :words, :at) "
        "ON CONFLICT (message, person, emoji) "
        "DO UPDATE SET verdict = excluded.verdict, words = excluded.words, at = excluded.at",
        asdict(mark) | {"at": now},
    )
    await _tell(connection, mark, withdrawn=False, now=now)
    return True


async def clear_mark(connection: Connection, message: int, person: int, emoji: str, now: float) -> bool:
    """The mark is gone. False when it did not stand: then no event is written."""
    rows = list(
        await connection.execute_fetchall(
            "DELETE FROM marks WHERE message = ? AND person = ? AND emoji = ? RETURNING job, verdict, words",
            (message, person, emoji),
        )
    )
    if not rows:
        return False
    job, verdict, words = rows[0]
    await _tell(connection, Mark(message, job, person, emoji, Verdict(verdict), words), withdrawn=True, now=now)
    return True


async def choose(
    connection: Connection,
    message: int,
    person: int,
    verdict: Verdict,
    chosen: Collection[str],
    among: Collection[str],
    at: float,
) -> None:
    """Of the pictures `among` on a sheet exactly the `chosen` ones have this verdict of this person now.

    What they chose before is replaced, and what they chose after `at` stays.
    """
    before = await chosen_on(connection, message, person)
    for job in among:
        mark = choice(message, job, person, verdict)
        if at <= await spoke_at(connection, job, message, person, mark.emoji):
            continue
        if job in chosen:
            await set_mark(connection, mark, at)
        elif before.get(job) is verdict:
            await clear_mark(connection, message, person, mark.emoji, at)


async def chosen_on(connection: Connection, message: int, person: int) -> dict[str, Verdict]:
    """What this person has chosen on a sheet, by job."""
    rows = await connection.execute_fetchall(
        "SELECT job, verdict FROM marks WHERE message = ? AND person = ? AND substr(emoji, 1, ?) = ?",
        (message, person, len(CHOICE), CHOICE),
    )
    return {str(row["job"]): Verdict(row["verdict"]) for row in rows}


async def _tell(connection: Connection, mark: Mark, *, withdrawn: bool, now: float) -> None:
    await connection.execute(
        "INSERT INTO verdict_events (job, message, person, emoji, verdict, words, withdrawn, at) "
        "VALUES (:job, :message, :person, :emoji, :verdict, :words, :withdrawn, :at)",
        asdict(mark) | {"withdrawn": int(withdrawn), "at": now},
    )
    await _settle(connection, mark, now)


async def set_aside(connection: Connection, person: int) -> None:
    """What this person thinks of any picture no longer counts; their marks stand."""
    rows = await connection.execute_fetchall("DELETE FROM verdict_now WHERE person = ? RETURNING job", (person,))
    for job in sorted({str(row["job"]) for row in rows}):
        await _follow(connection, job)


async def count_again(connection: Connection, person: int) -> None:
    """What their marks say counts from now on, as if it always had."""
    rows = await connection.execute_fetchall(
        "SELECT job, max(message) AS message, max(at) AS at FROM marks WHERE person = ? GROUP BY job", (person,)
    )
    for row in rows:
        await _settle(connection, Mark(row["message"], row["job"], person, "", Verdict.KEEP), row["at"])


async def _settle(connection: Connection, mark: Mark, now: float) -> None:
    """What counts of this person's marks on this picture, and all that follows from it."""
    await _count(connection, mark, now)
    await _follow(connection, mark.job)


async def _follow(connection: Connection, job: str) -> None:
    await sheets.changed(connection, job)
    await threads.recount(connection, job)


async def _count(connection: Connection, mark: Mark, now: float) -> None:
    rows = await connection.execute_fetchall(
        "SELECT emoji, verdict, words FROM marks WHERE job = ? AND person = ? "
        "AND NOT EXISTS (SELECT 1 FROM blocked WHERE blocked.person = marks.person)",
        (mark.job, mark.person),
    )
    standing = {row["emoji"]: (Verdict(row["verdict"]), str(row["words"])) for row in rows}
    if not standing:
        await connection.execute("DELETE FROM verdict_now WHERE job = ? AND person = ?", (mark.job, mark.person))
        return
    verdict = max((verdict for verdict, _ in standing.values()), key=_STRENGTH.__getitem__)
    await connection.execute(
        "INSERT INTO verdict_now (job, person, slug, message, verdict, words, at, model, archetype, style, "
        "emojis) SELECT id, :person, slug, :message, :verdict, :words, :at, model, archetype, style, :emojis FROM jobs "
        "WHERE id = :job ON CONFLICT (job, person) DO UPDATE SET verdict = excluded.verdict, words = excluded.words, "
        "at = excluded.at, emojis = excluded.emojis",
        {
            "job": mark.job,
            "person": mark.person,
            "message": mark.message,
            "verdict": verdict,
            "words": "\n".join(words for _, words in _said(standing)),
            "at": now,
            "emojis": json.dumps(sorted(key for key in standing if _reaction(key)), ensure_ascii=False),
        },
    )


def _said(standing: Mapping[str, tuple[Verdict, str]]) -> list[tuple[Verdict, str]]:
    """What a person said of a picture: in a form or reply, then in pasted lines, then on sheets. Reactions are mute."""
    spoken = (key for key in standing if not _reaction(key) and standing[key][1])
    return [standing[key] for key in sorted(spoken, key=lambda key: (key != WORDS, key != PASTED, key))]


def _reaction(key: str) -> bool:
    return key not in (WORDS, PASTED) and not key.startswith(CHOICE)


async def standing(connection: Connection, message: int) -> set[tuple[int, str]]:
    """(person, emoji) of every mark on this message, words left out: what Discord's reactions are compared with."""
    rows = await connection.execute_fetchall(
        "SELECT person, emoji FROM marks WHERE message = ? AND emoji NOT IN (?, ?)", (message, WORDS, PASTED)
    )
    return {(row["person"], row["emoji"]) for row in rows}


async def spoke_at(connection: Connection, job: str, message: int, person: int, emoji: str = WORDS) -> float:
    """When this person last gave or took back words (or this choice) on this message; 0 for never.

    What is older came too late.
    """
    rows = await connection.execute_fetchall(
        "SELECT max(at) FROM verdict_events WHERE job = ? AND message = ? AND person = ? AND emoji = ?",
        (job, message, person, emoji),
    )
    return float(next(iter(rows))[0] or 0)


async def of_slugs(connection: Connection, slugs: Sequence[str]) -> list[Judgement]:
    """What counts now for every picture of these slugs, oldest first."""
    rows = await connection.execute_fetchall(
        "SELECT * FROM verdict_now WHERE slug IN (SELECT value FROM json_each(?)) ORDER BY at, job, person",
        (json.dumps(slugs),),
    )
    return [judgement(row) for row in rows]


async def of_job(connection: Connection, job: str) -> list[Judgement]:
    """What each person thinks of this picture."""
    rows = await connection.execute_fetchall("SELECT * FROM verdict_now WHERE job = ? ORDER BY person", (job,))
    return [judgement(row) for row in rows]


async def unkept(connection: Connection, scope: Scope, about: str, most: int) -> list[Judgement]:
    """The newest judgements in this scope that were no keep, newest first: all that teaches, and bounded."""
    which = "? = ''" if scope is Scope.EVERYTHING else f"{scope} = ?"
    rows = await connection.execute_fetchall(
        f"SELECT * FROM verdict_now WHERE verdict != 'keep' AND {which} ORDER BY at DESC LIMIT ?", (about, most)
    )
    return [judgement(row) for row in rows]


def judgement(row: Row) -> Judgement:
    """A row of verdict_now."""
    values = dict(row)
    values["emojis"] = tuple(json.loads(values["emojis"]))
    return Judgement(**{**values, "verdict": Verdict(values["verdict"])})
