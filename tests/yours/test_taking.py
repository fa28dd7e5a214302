"""Reviews become pictures with verdicts of which cues come, once each, whatever they are brought into."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.ledger import cues, jobs, pictures, verdicts
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.nouns import JobState, Mark, Scope, Verdict
from bot.taste.cues import DAY, Taste, fold
from bot.taste.reading import shipped
from bot.yours import handkept, taking
from bot.yours.taking import Taken
from tests.clock import FakeClock
from tests.ledger.rows import ADA, GRACE, NOW, finish, insert, job
from tests.yours import elsewhere

TASTE = Taste(shipped(), 90 * DAY)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "darkroom.db") as opened:
        yield opened


async def take(db: Database, told: Any, *, person: int = ADA, images: Path | None = None) -> Taken:
    place = db.path.parent / "kept"
    place.mkdir(exist_ok=True)
    (place / "fox.json").write_text(json.dumps(told), encoding="utf-8")
    read = handkept.read(place)
    return await taking.take(
        db, Files(db.path.with_name("pictures")), FakeClock(NOW), read.filed, person, images or place
    )


def review(**own: Any) -> dict[str, Any]:
    return {"verdict": "reject", "reason": "too dark", "date": NOW - DAY, "seed": 7, "prompt": "a fox", **own}


async def judged(db: Database) -> list[tuple[int, Verdict, str]]:
    async with db.reading() as connection:
        return [(one.person, one.verdict, one.words) for one in await verdicts.of_slugs(connection, ["fox"])]


async def test_reviews_teach_as_reactions_do(db: Database) -> None:
    """The words of a rejected picture become a cue of its slug by the usual fold; its origin is no message."""
    assert await take(db, [review(), review(seed=8, verdict="keep", reason="")]) == Taken(2, 2, 0, 2)
    assert await judged(db) == [(ADA, Verdict.REJECT, "too dark"), (ADA, Verdict.KEEP, "")]
    async with db.reading() as connection:
        learned = await cues.learned(connection, {(Scope.SLUG, "fox")})
        (row,) = [one for one in learned.judgements if one.verdict is Verdict.REJECT]
        made = await jobs.get(connection, row.job)
    (cue,) = fold(learned, TASTE, NOW)
    assert (cue.phrase, cue.about, all(message < 0 for message in cue.origin)) == ("bright", "fox", True)
    assert made is not None
    assert (made.state, made.tower, made.created_at, made.seed) == (JobState.RENDERED, None, NOW - DAY, 7)


async def test_the_same_file_twice_adds_nothing(db: Database) -> None:
    """Neither pictures nor verdicts nor events; two entries that say the same are two pictures."""
    told = [review(), {"keep": False}, {"keep": False}, review(date=None, seed=9)]
    first = await take(db, told)
    assert (first.pictures, first.verdicts) == (4, 4)
    again = await take(db, told)
    assert (again.pictures, again.verdicts, again.known) == (0, 0, 4)
    async with db.reading() as connection:
        ((events,),) = await connection.execute_fetchall("SELECT count(*) FROM verdict_events")
    assert events == 4


async def test_of_several_reviews_of_a_picture_the_latest_counts(db: Database) -> None:
    """Also when it comes later in a file that grew, or is earlier by its date."""
    await take(db, [review(date=NOW - DAY)])
    await take(db, [review(date=NOW - DAY), review(date=NOW, verdict="keep", reason="")])
    assert await judged(db) == [(ADA, Verdict.KEEP, "")]
    assert (await take(db, [review(date=NOW, verdict="keep", reason=""), review(date=NOW - DAY)])).verdicts == 0
    assert await judged(db) == [(ADA, Verdict.KEEP, "")]


async def test_an_older_file_changes_nothing(db: Database) -> None:
    """Whatever is brought in whichever order, the latest review counts."""
    await take(db, [review(date=NOW, verdict="keep", reason="")])
    assert (await take(db, [review(date=NOW - DAY)])).verdicts == 0
    assert await judged(db) == [(ADA, Verdict.KEEP, "")]


async def test_each_reviewer_has_a_verdict(db: Database) -> None:
    """By Discord's id; a name is not one, and means whoever is named for the whole."""
    await take(db, [review(), review(person=str(GRACE), verdict="keep", reason=""), review(seed=8, reviewer="Ada")])
    assert sorted(await judged(db)) == [
        (ADA, Verdict.REJECT, "too dark"),
        (ADA, Verdict.REJECT, "too dark"),
        (GRACE, Verdict.KEEP, ""),
    ]


async def test_reactions_are_reasons(db: Database) -> None:
    """As the nightly export tells them; a review that lost one takes it back."""
    await take(db, [review(reason="", reactions=["❌", "🎨"])])
    async with db.reading() as connection:
        (row,) = await verdicts.of_slugs(connection, ["fox"])
    assert (row.emojis, row.words) == (("❌", "🎨"), "")
    await take(db, [review(reason="", reactions=["❌"])])
    async with db.reading() as connection:
        (row,) = await verdicts.of_slugs(connection, ["fox"])
    assert row.emojis == ("❌",)


async def test_an_image_comes_along_when_it_is_there(db: Database, tmp_path: Path) -> None:
    """From beside its file or the folder that was named; one that cannot be read, or lies elsewhere, does not."""
    images = tmp_path / "images"
    images.mkdir()
    (images / "a.png").write_bytes(elsewhere.png())
    (images / "b.png").write_bytes(b"no picture")
    (tmp_path / "secret.png").write_bytes(elsewhere.png())
    told = [
        review(image=name) for name in ("a.png", "b.png", "../secret.png", "none.png", str(tmp_path / "secret.png"))
    ]
    assert await take(db, told, images=images) == Taken(5, 5, 0, 4)
    async with db.reading() as connection:
        rows = await connection.execute_fetchall("SELECT job FROM pictures")
        (made,) = [await pictures.of_job(connection, row["job"]) for row in rows]
    assert made is not None
    assert Files(tmp_path / "pictures").has(made.sha256)
    assert (made.receipt.model_name, made.receipt.order.width, made.receipt.versions) == ("imported", 64, {})


async def test_the_bots_own_pictures_are_judged_on_discord(db: Database) -> None:
    """What it wrote down itself comes back without changing anything, even when somebody changed it there."""
    own = job("0000000000000001", slug="fox")
    await insert(db, own)
    async with db.transaction() as connection:
        await finish(connection, own, JobState.RENDERED, NOW, message=77)
        await verdicts.set_mark(connection, Mark(77, own.id, ADA, "✅", Verdict.KEEP), NOW)
    told = await take(db, [review(job=own.id)])
    assert (told.pictures, told.verdicts, told.known) == (0, 0, 1)
    assert await judged(db) == [(ADA, Verdict.KEEP, "")]


async def test_what_fails_halfway_leaves_nothing(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows are one transaction."""
    spoken, calls = taking._spoken, iter([True, False])

    async def breaks(*given: Any) -> bool:
        if next(calls):
            return await spoken(*given)
        raise OSError("the disk is full")

    monkeypatch.setattr(taking, "_spoken", breaks)
    with pytest.raises(OSError, match="full"):
        await take(db, [review(), review(seed=8)])
    async with db.reading() as connection:
        counts = [
            next(iter(await connection.execute_fetchall(f"SELECT count(*) FROM {table}")))[0]
            for table in ("asks", "jobs", "marks", "verdict_events", "verdict_now")
        ]
    assert counts == [0] * 5
