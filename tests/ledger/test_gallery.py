"""Pages of pictures: whole, in order, from anywhere at the same cost, and never a longer walk than is said."""

from collections.abc import Sequence

import pytest

from bot.ledger import gallery, pictures
from bot.ledger.database import Connection, Database
from bot.ledger.gallery import Page, View, Wanted, Way
from bot.nouns import Job, JobState, Notice, NoticeKind
from tests.ledger.rows import ADA, GRACE, NOW, finish, insert, job

VIEW = View(1, (5,))


def named(number: int, **own: object) -> Job:
    return job(f"j{number:05}", **{"ask": f"a{number}", **own})


async def hang(db: Database, rows: Sequence[Job]) -> None:
    """Rendered and posted, each."""
    await insert(db, *rows)
    async with db.transaction() as connection:
        for number, row in enumerate(rows, 1):
            await finish(connection, row, JobState.RENDERED, NOW, message=number)


async def look(
    connection: Connection, wanted: Wanted | None = None, way: Way = "older", edge: str = "", view: View = VIEW
) -> Page:
    return await gallery.page(connection, wanted or Wanted(), view, way, edge)


def jobs_of(page: Page) -> list[int]:
    return [int(one.job[1:]) for one in page.found]


async def judge(connection: Connection, number: int, person: int, verdict: str) -> None:
    await connection.execute(
        "INSERT INTO verdict_now (job, person, slug, message, verdict, words, at) VALUES (?, ?, 'x', 1, ?, '', 1)",
        (f"j{number:05}", person, verdict),
    )


async def test_pages_cover_everything_once_in_both_directions(db: Database) -> None:
    await hang(db, [named(number) for number in range(23)])
    async with db.reading() as connection:
        pages = [await look(connection)]
        while pages[-1].older is not None:
            pages.append(await look(connection, edge=pages[-1].older))
        assert [jobs_of(one) for one in pages] == [list(range(22, 13, -1)), list(range(13, 4, -1)), [4, 3, 2, 1, 0]]
        assert pages[0].newer is None
        back = await look(connection, None, "newer", pages[2].newer or "")
        assert jobs_of(back) == jobs_of(pages[1])
        assert (back.older, back.newer) == (pages[1].older, pages[1].newer)
        first = await look(connection, None, "newer", back.newer or "")
        assert (jobs_of(first), first.newer) == (jobs_of(pages[0]), None)


async def test_a_page_that_is_full_by_chance_has_nothing_behind_it(db: Database) -> None:
    await hang(db, [named(number) for number in range(9)])
    async with db.reading() as connection:
        page = await look(connection)
    assert (len(page.found), page.older, page.newer) == (9, None, None)


async def test_forwards_from_the_second_page_the_first_is_a_whole_one(db: Database) -> None:
    """Newer pictures came since: the page fills up with them."""
    await hang(db, [named(number) for number in range(12)])
    async with db.reading() as connection:
        second = await look(connection, edge="j00009")
        assert jobs_of(second) == list(range(8, -1, -1))
        page = await look(connection, None, "newer", second.newer or "")
    assert jobs_of(page) == list(range(11, 2, -1))


async def test_of_two_who_think_so_the_picture_comes_once(db: Database) -> None:
    await hang(db, [named(number) for number in range(4)])
    async with db.transaction() as connection:
        for number, person, verdict in ((1, ADA, "keep"), (1, GRACE, "keep"), (2, ADA, "reject"), (3, GRACE, "keep")):
            await judge(connection, number, person, verdict)
        assert jobs_of(await look(connection, Wanted(verdict="keep"))) == [3, 1]
        found = (await look(connection, Wanted(verdict="keep"))).found
        assert await gallery.opinions(connection, found) == {("j00001", "keep"): 2, ("j00003", "keep"): 1}


async def test_every_filter_and_all_together(db: Database) -> None:
    await hang(
        db,
        [
            named(0, slug="a", model="m", asker=ADA),
            named(1, slug="b", model="m", asker=ADA),
            named(2, slug="a", model="n", asker=ADA),
            named(3, slug="a", model="m", asker=GRACE),
            named(4, slug="a", model="m", asker=ADA, channel=6),
            named(5, slug="a", model="m", asker=ADA, guild=2),
        ],
    )
    async with db.transaction() as connection:
        await judge(connection, 0, GRACE, "keep")
        for wanted, expected in (
            (Wanted(slug="a"), [3, 2, 0]),
            (Wanted(model="m"), [3, 1, 0]),
            (Wanted(person=ADA), [2, 1, 0]),
            (Wanted(verdict="keep"), [0]),
            (Wanted(slug="a", model="m", person=ADA, verdict="keep"), [0]),
            (Wanted(slug="a", model="m", person=ADA, verdict="reject"), []),
        ):
            assert jobs_of(await look(connection, wanted)) == expected, wanted
        assert jobs_of(await look(connection, view=View(1, (5, 6), "j00001", "j00005"))) == [4, 3, 2, 1]


async def test_what_is_not_posted_or_deleted_is_left_out(db: Database) -> None:
    rows = [named(number) for number in range(3)]
    await insert(db, *rows)
    async with db.transaction() as connection:
        await finish(connection, rows[0], JobState.RENDERED, NOW, message=1)
        await finish(connection, rows[1], JobState.RENDERED, NOW)
        await finish(connection, rows[2], JobState.RENDERED, NOW, message=3)
        await pictures.delete(connection, "j00002", ADA, NOW)
        assert jobs_of(await look(connection)) == [0]


async def test_a_long_walk_takes_several_pages(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a hundred rows only the oldest fits: each page looks at ten, and says from where to look on."""
    monkeypatch.setattr(gallery, "WALKED", 10)
    await hang(db, [named(0, channel=5), *(named(number, channel=6) for number in range(1, 100))])
    async with db.reading() as connection:
        edge, looks, page = "", 0, await look(connection)
        while not page.found:
            assert page.older is not None
            edge, looks = page.older, looks + 1
            page = await look(connection, edge=edge)
        assert (jobs_of(page), looks) == ([0], 9)
        back = await look(connection, None, "newer", "j00000")
        assert (back.found, back.newer) == ((), "j00010")


async def steps_of(connection: Connection, wanted: Wanted, edge: str) -> int:
    """How many of SQLite's own instructions a page takes."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    await connection.set_progress_handler(tick, 1)
    page = await look(connection, wanted, edge=edge)
    await connection.set_progress_handler(None, 0)  # type: ignore[arg-type]  # none any more
    assert len(page.found) == 9
    return count


async def test_a_page_far_back_costs_as_much_as_the_first(db: Database) -> None:
    """In instructions, not in seconds: three thousand pictures, without a filter and by slug, model and person."""
    rows = [named(number) for number in range(3000)]
    await hang(db, rows)
    async with db.reading() as connection:
        for wanted in (Wanted(), Wanted(slug="red-boat"), Wanted(model="demo"), Wanted(person=ADA)):
            first, far = await steps_of(connection, wanted, "j02900"), await steps_of(connection, wanted, "j02100")
            assert abs(first - far) < 0.05 * first, wanted


async def test_a_search_has_one_name_for_ever(db: Database) -> None:
    async with db.transaction() as connection:
        for slug in ("a", "b", "a"):
            await gallery.keep_search(connection, Wanted(slug=slug))
        assert gallery.name(Wanted(slug="a")) != gallery.name(Wanted(slug="b"))
        assert await gallery.search(connection, gallery.name(Wanted(slug="a"))) == Wanted(slug="a")
        assert await gallery.search(connection, "0" * 16) is None


async def test_posting_again_under_the_same_id_is_posting_once(db: Database) -> None:
    """And it is no second end of the job."""
    await hang(db, [named(0)])
    notice = Notice("again", NoticeKind.REPOST, 5, NOW, job="j00000")
    async with db.transaction() as connection:
        await gallery.post(connection, notice)
        await gallery.post(connection, notice)
        await gallery.post(connection, Notice("another", NoticeKind.REPOST, 5, NOW, job="j00000"))
        rows = await connection.execute_fetchall("SELECT kind FROM notices WHERE job = 'j00000' ORDER BY id")
    assert [row["kind"] for row in rows] == ["repost", "repost", "picture"]
