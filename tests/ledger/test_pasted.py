"""Pasted verdicts in the ledger: which picture is meant, what waits, and that it counts once."""

import pytest

from bot.ledger import decided, pasted, verdicts
from bot.ledger.database import Connection, Database
from bot.ledger.pasted import Candidate, Meant, Pasted
from bot.nouns import JobState, Mark, Verdict
from tests.ledger.rows import ADA, NOW, finish, insert, job
from tests.ledger.test_plans import PICKED, plan

KEEP, REJECT = Verdict.KEEP, Verdict.REJECT


def candidate(
    number: int, verdict: Verdict | None = None, ask: str = "", index: int = 0, judged: bool = False
) -> Candidate:
    return Candidate(f"j{number}", "fox", ask or f"a{number}", index, 5, 100 + number, verdict, judged)


GROUP = [candidate(9, ask="a", index=2), candidate(8, KEEP, "a", 0), candidate(1, KEEP)]
SINGLES = [candidate(3, KEEP, judged=True), candidate(2), candidate(1)]


@pytest.mark.parametrize(
    ("found", "number", "meant"),
    [
        ([], None, None),
        ([], 1, None),
        (SINGLES, None, "j2"),
        ([candidate(2, KEEP), candidate(1)], None, "j2"),
        ([candidate(3, judged=True), candidate(2, KEEP), candidate(1)], None, "j1"),
        ([candidate(2, judged=True), candidate(1, judged=True)], None, "j2"),
        (SINGLES, 1, "j1"),
        (SINGLES, 3, "j3"),
        (SINGLES, 4, None),
        (SINGLES, 0, None),
        (GROUP, 1, "j8"),
        (GROUP, 2, None),
        (GROUP, 3, "j9"),
    ],
)
def test_a_name_means_the_newest_picture_the_next_one_to_judge_or_the_numbered_one(
    found: list[Candidate], number: int | None, meant: str | None
) -> None:
    """On a sheet numbers are its cells', also where some of them have no picture."""
    one = pasted.meant(found, number)
    assert (one.job if one else None) == meant


async def hung(db: Database) -> None:
    """Two foxes and an owl stand in channel 5."""
    rows = [job(f"j{number}", ask=f"a{number}", slug=slug) for number, slug in enumerate(("fox", "fox", "owl"))]
    await insert(db, *rows)
    async with db.transaction() as connection:
        for number, row in enumerate(rows):
            await finish(connection, row, JobState.RENDERED, NOW, message=100 + number)


async def names(connection: Connection, name: str, guild: int = 1, channel: int = 5) -> list[str]:
    return [one.job for one in await pasted.candidates(connection, name, ADA, guild, [channel])]


async def test_candidates_are_posted_pictures_of_open_channels(db: Database) -> None:
    """By slug or by job, with what counts for each of them now."""
    await hung(db)
    async with db.transaction() as connection:
        assert await names(connection, "fox") == ["j1", "j0"]
        assert await names(connection, "j2") == ["j2"]
        assert await names(connection, "fox", channel=6) == await names(connection, "fox", guild=2) == []
        await verdicts.set_mark(connection, Mark(101, "j1", ADA, "✅", KEEP), NOW)
        found = await pasted.candidates(connection, "fox", ADA, 1, [5])
        assert [(one.verdict, one.judged) for one in found] == [(KEEP, True), (None, False)]


def waiting(*lines: Meant, key: str = "k") -> Pasted:
    return Pasted("0" * 15 + "1", key, ADA, lines, NOW)


async def test_what_waits_is_found_under_its_first_id(db: Database) -> None:
    """However often the request comes; nothing is left of the lines once they count."""
    await hung(db)
    one = waiting(Meant("j0", 5, 100, REJECT, "too dark"), Meant("j2", 5, 102, KEEP))
    async with db.transaction() as connection:
        assert await pasted.keep(connection, one) == one.id
        assert await pasted.keep(connection, Pasted("0" * 16, "k", ADA, (), NOW)) == one.id
        assert await pasted.get(connection, one.id) == one
        assert await pasted.get(connection, "x" * 16) is None
        await pasted.record(connection, one, one.lines, NOW + 1, NOW + 2)
        taken = await pasted.get(connection, one.id)
        assert taken is not None
        assert (taken.lines, taken.taken_at) == ((), NOW + 2)
        assert await decided.of_jobs(connection, ["j0", "j1", "j2"]) == {"j0": REJECT, "j2": KEEP}


async def test_the_last_word_counts_whichever_arrives_last(db: Database) -> None:
    """What was confirmed earlier changes nothing that was confirmed later; a line can take it all back."""
    await hung(db)
    late, early = waiting(Meant("j0", 5, 100, KEEP)), waiting(Meant("j0", 5, 100, REJECT, "hands"))
    back = waiting(Meant("j0", 5, 100, None))
    async with db.transaction() as connection:
        await pasted.record(connection, late, late.lines, NOW + 5, NOW)
        await pasted.record(connection, early, early.lines, NOW + 4, NOW)
        (counts,) = await verdicts.of_job(connection, "j0")
        assert (counts.verdict, counts.words) == (KEEP, "")
        assert await verdicts.standing(connection, 100) == set()
        await pasted.record(connection, back, back.lines, NOW + 6, NOW)
        assert await verdicts.of_job(connection, "j0") == []


async def test_no_question_walks_through_a_table(db: Database) -> None:
    questions = (
        lambda c: pasted.candidates(c, "fox", 5, 1, [5]),
        lambda c: pasted.get(c, "x"),
        lambda c: decided.of_jobs(c, ["j0"]),
    )
    async with db.transaction() as connection:
        steps = [step for one in questions for step in await plan(connection, one)]
    picked = (*PICKED, "VIRTUAL TABLE")
    assert [step for step in steps if step.startswith("SCAN") and not any(one in step for one in picked)] == []
