"""Marks, events and what counts: whatever order things happen in, what counts is what stands."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ledger import verdicts
from bot.ledger.database import Database
from bot.nouns import WORDS, Judgement, Mark, Verdict
from tests.ledger.rows import ADA, GRACE, NOW, insert, job

VERDICTS = {"✅": Verdict.KEEP, "❌": Verdict.REJECT, "🔁": Verdict.REROLL, WORDS: Verdict.REJECT}
STRICTEST = (Verdict.REJECT, Verdict.REROLL, Verdict.KEEP)


@dataclass(frozen=True)
class Sign:
    """One event as Discord would deliver it: a sign set or withdrawn, perhaps for the second time."""

    person: int
    emoji: str
    words: str
    stands: bool

    def mark(self) -> Mark:
        return Mark(77, "job1", self.person, self.emoji, VERDICTS[self.emoji], self.words)


def sign(emoji: str) -> st.SearchStrategy[Sign]:
    words = st.sampled_from(["too dark", "hands"]) if emoji == WORDS else st.just("")
    return st.builds(Sign, st.sampled_from([ADA, GRACE]), st.just(emoji), words, st.booleans())


signs = st.lists(st.sampled_from(list(VERDICTS)).flatmap(sign), max_size=25)


async def apply(db: Database, events: list[Sign]) -> list[bool]:
    changed = []
    async with db.transaction() as connection:
        for at, event in enumerate(events):
            if event.stands:
                changed.append(await verdicts.set_mark(connection, event.mark(), NOW + at))
            else:
                changed.append(await verdicts.clear_mark(connection, 77, event.person, event.emoji, NOW + at))
    return changed


def standing(events: list[Sign]) -> dict[int, dict[str, str]]:
    """For each person the emojis that stand in the end, with their words: the model the ledger is held against."""
    left: dict[int, dict[str, str]] = {ADA: {}, GRACE: {}}
    for event in events:
        if event.stands:
            left[event.person][event.emoji] = event.words
        else:
            left[event.person].pop(event.emoji, None)
    return left


def expected(events: list[Sign]) -> set[tuple[int, Verdict, str]]:
    counted = set()
    for person, emojis in standing(events).items():
        if emojis:
            verdict = next(one for one in STRICTEST if one in {VERDICTS[emoji] for emoji in emojis})
            counted.add((person, verdict, emojis.get(WORDS, "")))
    return counted


def counts(judgements: list[Judgement]) -> set[tuple[int, Verdict, str]]:
    return {(one.person, one.verdict, one.words) for one in judgements}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(signs)
def test_what_counts_is_what_stands(events: list[Sign]) -> None:
    """Any interleaving with any repetition ends as if only what stands had ever happened; events tell only changes."""

    async def run(folder: str) -> None:
        async with Database(Path(folder) / "darkroom.db") as db:
            await insert(db, job())
            changed = await apply(db, events)
            async with db.reading() as connection:
                now = await verdicts.of_slugs(connection, ["red-boat"])
                assert counts(now) == expected(events)
                assert now == sorted(await verdicts.of_job(connection, "job1"), key=lambda one: (one.at, one.person))
                reactions = {(who, emoji) for who, emojis in standing(events).items() for emoji in emojis}
                assert await verdicts.standing(connection, 77) == {one for one in reactions if one[1] != WORDS}
                rows = list(await connection.execute_fetchall("SELECT count(*) FROM verdict_events"))
            assert rows[0][0] == sum(changed)
            assert await apply(db, [event for event in events[-1:] if event.stands]) in ([], [False])

    with TemporaryDirectory() as folder:
        asyncio.run(run(folder))


async def test_reject_outweighs_reroll_outweighs_keep(db: Database) -> None:
    """When a person's signs disagree the strictest counts, and taking it back brings the next one out."""
    await insert(db, job())
    order = [Sign(ADA, emoji, "", True) for emoji in ("✅", "🔁", "❌")]
    seen = []
    for event in [*order, Sign(ADA, "❌", "", False), Sign(ADA, "🔁", "", False)]:
        await apply(db, [event])
        async with db.reading() as connection:
            (one,) = await verdicts.of_job(connection, "job1")
        seen.append(one.verdict)
    assert seen == [Verdict.KEEP, Verdict.REROLL, Verdict.REJECT, Verdict.REROLL, Verdict.KEEP]


async def test_every_change_is_kept_as_an_event(db: Database) -> None:
    """What was said and taken back stays readable after nothing stands any more."""
    await insert(db, job())
    await apply(db, [Sign(ADA, WORDS, "too dark", True), Sign(ADA, WORDS, "hands", True), Sign(ADA, WORDS, "", False)])
    async with db.reading() as connection:
        rows = await connection.execute_fetchall("SELECT words, withdrawn FROM verdict_events ORDER BY id")
        assert [tuple(row) for row in rows] == [("too dark", 0), ("hands", 0), ("hands", 1)]
        assert await verdicts.of_slugs(connection, ["red-boat"]) == []
