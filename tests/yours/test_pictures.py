"""Pictures from elsewhere become pictures that are posted and judged, once each."""

import zipfile
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path, PurePosixPath

import pytest

from bot.errors import FolderUnfit
from bot.ledger import jobs, notices, pictures
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.nouns import JobState, NoticeKind
from bot.yours import pictures as brought
from bot.yours.pictures import Found, Into
from tests.clock import FakeClock
from tests.ledger.rows import ADA, NOW
from tests.yours import elsewhere

HERE = Into(1, 5, ADA)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "darkroom.db") as opened:
        yield opened


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "pictures")


def folder(tmp_path: Path) -> Path:
    place = tmp_path / "renders"
    (place / "night-fox").mkdir(parents=True)
    (place / ".git").mkdir()
    (place / "red-boat_00012_.png").write_bytes(elsewhere.a1111())
    (place / "night-fox" / "ComfyUI_00001_.png").write_bytes(elsewhere.comfy())
    (place / ".git" / "hidden.png").write_bytes(elsewhere.png())
    (place / "notes.txt").write_text("no picture")
    return place


async def test_a_folder_becomes_pictures_that_are_due(db: Database, files: Files, tmp_path: Path) -> None:
    """With what each says of its prompt and seed, a receipt that claims no more, and one notice each."""
    done = await brought.bring(db, files, FakeClock(NOW), brought.of_folder(folder(tmp_path)), HERE)
    assert (done.new, done.known, done.broken) == (2, 0, ())
    async with db.reading() as connection:
        due = await notices.due_in(connection, 5, 9)
        made = [await jobs.get(connection, one.job or "") for one in due]
        shown = [await pictures.of_job(connection, one.job or "") for one in due]
    assert {one.kind for one in due} == {NoticeKind.PICTURE}
    assert sorted((job.slug, job.asked, job.seed, job.model) for job in made if job) == [
        ("night-fox", "a fox", 99, "imported"),
        ("red-boat", "a red boat, (sunny:1.2) on the sea", 4242, "imported"),
    ]
    assert all(job is not None and (job.state, job.tower) == (JobState.RENDERED, None) for job in made)
    assert all(one is not None and files.has(one.sha256) for one in shown)
    assert {one.receipt.model_name for one in shown if one} == {"imported"}


async def test_the_same_pictures_come_once(db: Database, files: Files, tmp_path: Path) -> None:
    """However often the folder is brought, by whatever clock."""
    found = brought.of_folder(folder(tmp_path))
    await brought.bring(db, files, FakeClock(NOW), found, HERE)
    again = await brought.bring(db, files, FakeClock(NOW + 99), found, HERE)
    assert (again.new, again.known) == (0, 2)
    async with db.reading() as connection:
        assert len(await notices.due_in(connection, 5, 9)) == 2


async def test_what_is_no_picture_is_named_and_the_others_come(db: Database, files: Files) -> None:
    """One broken file does not keep the rest away."""
    found = [Found("a.png", "a", b"no picture"), Found("b.png", "b", elsewhere.png())]
    done = await brought.bring(db, files, FakeClock(NOW), found, HERE)
    assert (done.new, [(kind, facts["name"]) for kind, facts in done.broken]) == (1, [("input-no-picture", "a.png")])


def packed(**inside: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, data in inside.items():
            file.writestr(name.replace("__", "/") + ".png", data)
    return stream.getvalue()


async def test_a_zip_is_read_without_unpacking_it_anywhere(db: Database, files: Files, tmp_path: Path) -> None:
    """A name that leads out of its folder is only a name."""
    found = brought.of_zip(packed(fox=elsewhere.png(), **{"x__..__..__out": elsewhere.png("blue")}), "a.zip")
    assert (await brought.bring(db, files, FakeClock(NOW), found, HERE)).new == 2
    assert not list(tmp_path.parent.glob("out.png"))


async def test_a_zip_that_is_broken_inside_gives_the_rest(db: Database, files: Files) -> None:
    """The picture whose bytes do not unpack is left out and named."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("bad.png", b"x" * 5000)
        file.writestr("fox.png", elsewhere.png())
    data = bytearray(stream.getvalue())
    data[38:44] = b"\xff" * 6
    done = await brought.bring(db, files, FakeClock(NOW), brought.of_zip(bytes(data), "a.zip"), HERE)
    assert (done.new, [kind for kind, _ in done.broken]) == (1, ["unreadable"])


@pytest.mark.parametrize(
    ("data", "kind"), [(b"no zip", "zip-unfit"), (packed(), "folder-bare"), (packed(a=b"\0" * 2000), "zip-vast")]
)
def test_a_zip_that_cannot_be_taken_is_refused(data: bytes, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that would be vast."""
    monkeypatch.setattr(brought, "MOST_UNPACKED", 1000)
    with pytest.raises(FolderUnfit) as refused:
        brought.of_zip(data, "a.zip")
    assert refused.value.kind == kind


def test_too_many_are_refused() -> None:
    """Before one of them is read."""
    with pytest.raises(FolderUnfit) as refused:
        brought.of_zip(packed(a=b"1", b=b"2"), "a.zip", 1)
    assert refused.value.kind == "too-many-pictures"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Red Boat.png", "red-boat"),
        ("red-boat-00012.png", "red-boat"),
        ("fox/1.png", "fox"),
        ("route-66.png", "route-66"),
    ],
)
def test_a_name_tells_the_slug(name: str, slug: str) -> None:
    """Without the number that programs put behind it."""
    assert brought.slug(PurePosixPath(name)) == slug


def test_a_name_that_tells_none_gets_one() -> None:
    """Names in other scripts, and those that Windows keeps."""
    assert brought.slug(PurePosixPath("船.png")).startswith("picture-")
    assert brought.slug(PurePosixPath("con.png")) != "con"
