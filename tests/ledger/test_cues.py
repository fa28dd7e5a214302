"""What people did to cues, as it is kept, and what cues are folded from."""

import sqlite3
from pathlib import Path

import aiosqlite
import pytest

from bot.ledger import cues, jobs, verdicts
from bot.ledger.database import Connection, Database
from bot.ledger.steps import STEPS
from bot.nouns import WORDS, CueEdit, CueVerb, Mark, Scope, Verdict
from tests.ledger.rows import ADA, GRACE, NOW, insert, job

MODEL, EVERYTHING = (Scope.MODEL, "demo"), (Scope.EVERYTHING, "")


def edit(key: str, verb: CueVerb, place: cues.Place, phrase: str = "bright") -> CueEdit:
    return CueEdit(key, verb, *place, phrase, ADA, NOW, "dark")


async def reject(connection: Connection, name: str, at: float, emoji: str = WORDS, person: int = ADA) -> None:
    assert await verdicts.set_mark(connection, Mark(ord(name[-1]), name, person, emoji, Verdict.REJECT, "too dark"), at)


async def test_an_edit_is_recorded_once_and_never_overwritten(db: Database) -> None:
    """The same key again changes nothing; muting and unmuting are two events, in their order."""
    place = (Scope.SLUG, "red-boat")
    events = [edit("a", CueVerb.MUTE, place), edit("b", CueVerb.UNMUTE, place), edit("c", CueVerb.ADD, EVERYTHING)]
    async with db.transaction() as connection:
        assert [await cues.record(connection, one) for one in [*events, events[0]]] == [True, True, True, False]
        assert await cues.edits_about(connection, {place}) == events[:2]
        assert await cues.edits_about(connection, {place, EVERYTHING}) == events
        assert await cues.edits_about(connection, {MODEL}) == []
        with pytest.raises(sqlite3.IntegrityError):
            await cues.record(connection, edit("d", CueVerb.ADD, (Scope.EVERYTHING, "red-boat")))


async def test_what_counts_now_tells_reactions_model_archetype_and_style(db: Database) -> None:
    """Every reaction that stands, in one order, and none that was taken back."""
    await insert(db, job(archetype="hero", style="ink"))
    async with db.transaction() as connection:
        for emoji in ("🎯", "🎨", WORDS):
            await reject(connection, "job1", NOW, emoji)
        (found,) = await verdicts.of_job(connection, "job1")
        assert (found.model, found.archetype, found.emojis, found.words) == ("demo", "hero", ("🎨", "🎯"), "too dark")
        assert found.style == "ink"
        assert await verdicts.unkept(connection, Scope.STYLE, "ink", 2) == [found]
        assert await verdicts.unkept(connection, Scope.STYLE, "photo", 2) == []
        await verdicts.clear_mark(connection, ord("1"), ADA, "🎨", NOW)
        (found,) = await verdicts.of_job(connection, "job1")
        assert found.emojis == ("🎯",)


async def test_wide_verdicts_are_read_only_where_a_cue_was_accepted(db: Database) -> None:
    """Composing reads the slug's own; a model's only after somebody let its proposal act, each judgement once."""
    await insert(db, *(job(name, index=at, slug=f"s{at}") for at, name in enumerate("abc")))
    places = {(Scope.SLUG, "s0"), MODEL}
    async with db.transaction() as connection:
        for name in "abc":
            await reject(connection, name, NOW)
        assert [one.job for one in (await cues.learned(connection, places)).judgements] == ["a"]
        assert {one.job for one in (await cues.looked_at(connection, places)).judgements} == {"a", "b", "c"}
        assert {one.job for one in (await cues.lately(connection)).judgements} == {"a", "b", "c"}
        await cues.record(connection, edit("a", CueVerb.ACCEPT, MODEL))
        found = await cues.learned(connection, places)
        assert sorted(one.job for one in found.judgements) == ["a", "b", "c"]
        assert (await cues.lately(connection)).edits == found.edits


async def test_only_the_newest_that_were_not_kept_are_looked_at(db: Database) -> None:
    """What is read does not grow with the ledger, and a keep teaches nothing."""
    await insert(db, *(job(name, index=at) for at, name in enumerate("abc")))
    async with db.transaction() as connection:
        for at, name in enumerate("abc"):
            await reject(connection, name, NOW + at)
        await verdicts.set_mark(connection, Mark(7, "a", GRACE, "✅", Verdict.KEEP), NOW + 9)
        for place in (MODEL, EVERYTHING, (Scope.SLUG, "red-boat")):
            assert [one.job for one in await verdicts.unkept(connection, *place, 2)] == ["c", "b"]
        assert await verdicts.unkept(connection, Scope.ARCHETYPE, "hero", 2) == []


async def test_an_older_ledger_learns_what_it_did_not_tell(tmp_path: Path) -> None:
    """Verdicts of before get their model and reactions, and the cues of old jobs say what they are about."""
    path, before = tmp_path / "old.db", [step.__name__ for step in STEPS].index("m013_cues")
    later = STEPS[before:]
    del STEPS[before:]
    try:
        async with Database(path):
            pass
    finally:
        STEPS.extend(later)
    async with aiosqlite.connect(path) as raw:
        await raw.execute("INSERT INTO asks VALUES ('ask', 'key', NULL, 1)")
        kept = """[{"phrase": "bright", "slug": "fox", "origin": [3], "weight": 1.0}]"""
        await raw.execute(
            'INSERT INTO jobs (id, ask, "index", asker, guild, channel, slug, archetype, model, asked, prompt, '
            "negative, cues, seed, width, height, steps, guidance, created_at, state, epoch, cancel_wanted, "
            "error_facts) VALUES ('a', 'ask', 0, 1, 1, 1, 'fox', 'hero', 'big', 'x', 'x', '', ?, 1, 8, 8, 1, 1, 1, "
            "'queued', 1, 0, '{}')",
            (kept,),
        )
        await raw.execute(
            "INSERT INTO marks VALUES (7, 1, '❌', 'a', 'reject', '', 5), (7, 1, 'words', 'a', 'reject', 'x', 5)"
        )
        await raw.execute("INSERT INTO verdict_now VALUES ('a', 1, 'fox', 7, 'reject', 'x', 5)")
        await raw.commit()
    async with Database(path) as db, db.reading() as connection:
        (found,) = await verdicts.of_job(connection, "a")
        old = await jobs.get(connection, "a")
    assert (found.model, found.archetype, found.emojis) == ("big", "hero", ("❌",))
    assert old is not None
    assert [(cue.phrase, cue.about, cue.scope) for cue in old.cues] == [("bright", "fox", Scope.SLUG)]
