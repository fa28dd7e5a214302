"""Sheets in the ledger: owed once, when a group has ended; and choices on them beside reactions under the pictures."""

import pytest

from bot.ledger import jobs, notices, pictures, sheets, verdicts
from bot.ledger.database import Connection, Database
from bot.nouns import CHOICE, Job, JobState, Mark, Notice, NoticeKind, Verdict
from tests.ledger.rows import ADA, GRACE, NOW, finish, insert, job

SHEET, POST = 900, 100
KEEP, REJECT = Verdict.KEEP, Verdict.REJECT
RENDERED, FAILED, CANCELLED = JobState.RENDERED, JobState.FAILED, JobState.CANCELLED


def group(count: int, ask: str = "ask1") -> list[Job]:
    return [job(f"{ask}-{number}", ask=ask, index=number, slug=ask) for number in range(count)]


async def shown(db: Database, count: int = 3) -> list[Job]:
    """A group whose pictures and sheet stand."""
    cells = group(count)
    await insert(db, *cells)
    async with db.transaction() as connection:
        for cell in cells:
            await finish(connection, cell, RENDERED, NOW, POST + cell.index)
        await notices.make_due(connection, Notice("sheet1", NoticeKind.SHEET, 5, NOW, ask="ask1"))
        await notices.said(connection, "sheet1", SHEET, NOW)
        await notices.settled(connection, "sheet1", NOW)
    return cells


async def standing(connection: Connection, cells: list[Job], person: int = ADA) -> list[Verdict | None]:
    """This person's verdict on each of the pictures."""
    judged = [await verdicts.of_job(connection, cell.id) for cell in cells]
    return [next((one.verdict for one in found if one.person == person), None) for found in judged]


@pytest.mark.parametrize(
    ("ends", "owed"),
    [
        ([RENDERED, RENDERED], True),
        ([RENDERED, FAILED, RENDERED], True),
        ([CANCELLED, RENDERED, RENDERED], True),
        ([RENDERED, FAILED], False),
        ([FAILED, CANCELLED, FAILED], False),
        ([RENDERED], False),
    ],
)
async def test_a_sheet_is_owed_when_all_have_ended_and_two_were_rendered(
    db: Database, ends: list[JobState], owed: bool
) -> None:
    """Not before the last one has ended, whatever its end; and one picture alone is no group."""
    cells = group(len(ends))
    await insert(db, *cells)
    async with db.transaction() as connection:
        for cell, end in zip(cells, ends, strict=True):
            assert await sheets.owed(connection, [one.id for one in cells]) == []
            await finish(connection, cell, end, NOW)
        assert await sheets.owed(connection, [cells[-1].id]) == ([("ask1", 5)] if owed else [])


async def test_a_sheet_is_owed_once(db: Database) -> None:
    cells = await shown(db)
    async with db.transaction() as connection:
        assert await sheets.owed(connection, [cells[-1].id]) == []


async def test_many_asks_that_end_together_each_owe_their_own(db: Database) -> None:
    """A batch is cancelled at once: those of its asks that have pictures get their sheets."""
    groups = [group(3, f"ask{number}") for number in range(3)]
    await insert(db, *(cell for cells in groups for cell in cells))
    async with db.transaction() as connection:
        for cells in groups[:2]:
            await finish(connection, cells[0], RENDERED, NOW)
            await finish(connection, cells[1], RENDERED, NOW)
        ended = [one for cells in groups for one in await jobs.cancel_queued(connection, cells[0].ask, NOW)]
        assert await sheets.owed(connection, ended) == [("ask0", 5), ("ask1", 5)]


async def test_choosing_again_replaces_what_the_person_chose_on_this_sheet(db: Database) -> None:
    """Of the pictures of one menu exactly the chosen ones are kept; the other menu's choices stay."""
    cells = await shown(db)
    names = [cell.id for cell in cells]
    async with db.transaction() as connection:
        await verdicts.choose(connection, SHEET, ADA, KEEP, names[:2], names, NOW)
        assert await standing(connection, cells) == [KEEP, KEEP, None]
        await verdicts.choose(connection, SHEET, ADA, REJECT, names[2:], names, NOW + 1)
        assert await standing(connection, cells) == [KEEP, KEEP, REJECT]
        await verdicts.choose(connection, SHEET, ADA, KEEP, names[1:], names, NOW + 2)
        assert await standing(connection, cells) == [None, KEEP, KEEP]
        await verdicts.choose(connection, SHEET, ADA, KEEP, [], names, NOW + 3)
        assert await standing(connection, cells) == [None, None, None]
        await verdicts.choose(connection, SHEET, GRACE, KEEP, names, names, NOW + 4)
        assert await standing(connection, cells) == [None, None, None]


async def test_the_same_choice_twice_is_one_event_and_an_older_one_changes_nothing(db: Database) -> None:
    """Discord may send a choice twice, and an earlier one after a later one."""
    cells = await shown(db)
    names = [cell.id for cell in cells]
    async with db.transaction() as connection:
        for _ in range(2):
            await verdicts.choose(connection, SHEET, ADA, KEEP, names[:1], names, NOW + 5)
        await verdicts.choose(connection, SHEET, ADA, REJECT, names, names, NOW + 1)
        assert await standing(connection, cells) == [KEEP, REJECT, REJECT]
        rows = list(await connection.execute_fetchall("SELECT count(*) FROM verdict_events WHERE job = ?", names[:1]))
    assert rows[0][0] == 1


async def test_a_reaction_under_the_post_and_a_choice_on_the_sheet_are_two_marks(db: Database) -> None:
    """The stricter one counts while both stand, and taking one back leaves the other."""
    cells = await shown(db)
    names = [cell.id for cell in cells]
    async with db.transaction() as connection:
        await verdicts.set_mark(connection, Mark(POST, names[0], ADA, "❌", REJECT), NOW)
        await verdicts.choose(connection, SHEET, ADA, KEEP, names[:1], names, NOW + 1)
        assert (await standing(connection, cells))[0] is REJECT
        await verdicts.clear_mark(connection, POST, ADA, "❌", NOW + 2)
        assert (await standing(connection, cells))[0] is KEEP
        await verdicts.choose(connection, SHEET, ADA, KEEP, [], names, NOW + 3)
        assert (await standing(connection, cells))[0] is None


async def test_what_reconciling_compares_knows_nothing_of_choices(db: Database) -> None:
    """Reactions under the post are what Discord shows; a choice is neither among them nor a reason of the taxonomy."""
    cells = await shown(db)
    async with db.transaction() as connection:
        await verdicts.choose(connection, SHEET, ADA, KEEP, [cells[0].id], [cells[0].id], NOW)
        assert await verdicts.standing(connection, POST) == set()
        (judged,) = await verdicts.of_job(connection, cells[0].id)
        rows = list(await connection.execute_fetchall("SELECT emoji FROM marks"))
    assert (judged.emojis, judged.message) == ((), SHEET)
    assert rows[0][0] == f"{CHOICE}{cells[0].id}"


async def test_a_verdict_makes_the_sheet_be_looked_at_again(db: Database) -> None:
    """However it was given. Votes are counted on a comparison, and only those for keeping."""
    cells = await shown(db)
    async with db.transaction() as connection:
        assert await sheets.unsettled(connection) == []
        await verdicts.set_mark(connection, Mark(POST, cells[0].id, ADA, "✅", KEEP), NOW)
        await verdicts.set_mark(connection, Mark(POST + 1, cells[1].id, ADA, "❌", REJECT), NOW)
        assert [one.id for one in await sheets.unsettled(connection)] == ["sheet1"]
        assert (await sheets.face(connection, "ask1")).votes == {}
        await connection.execute("UPDATE asks SET kind = 'compare'")
        assert (await sheets.face(connection, "ask1")).votes == {cells[0].id: 1}


async def test_a_deleted_picture_makes_the_sheet_be_looked_at_again(db: Database) -> None:
    cells = await shown(db)
    async with db.transaction() as connection:
        before = await sheets.face(connection, "ask1")
        await pictures.delete(connection, cells[1].id, ADA, NOW)
        assert [one.id for one in await sheets.unsettled(connection)] == ["sheet1"]
        now = await sheets.face(connection, "ask1")
        await sheets.shows(connection, "sheet1", str(now))
        (sheet,) = await sheets.unsettled(connection)
    gone = frozenset([cells[1].id])
    assert [before.gone, now.gone] == [frozenset(), gone]
    assert [sheets.gone_on(str(before)), sheets.gone_on(sheet.text)] == [frozenset(), gone]
