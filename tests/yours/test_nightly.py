"""The nightly export: only what changed, no half file, one commit a night, and what is missed is made up for."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import FolderUnfit, GitRefused
from bot.ledger import jobs
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.nouns import Job, Verdict
from bot.settings import ExportTable
from bot.yours import git, handkept, nightly, taking, writing
from bot.yours.nightly import Nightly
from bot.yours.writing import Written
from tests.clock import FakeClock, until
from tests.ledger.rows import ADA, GRACE, NOW
from tests.yours.judged import posted, says, takes_back


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    """Two slugs of which something is thought."""
    async with Database(tmp_path / "darkroom.db") as opened:
        fox, boat = await posted(opened, 1, slug="fox"), await posted(opened, 2, slug="boat", archetype="hero")
        await says(opened, fox, Verdict.REJECT, "too dark, “hands” @everyone")
        await says(opened, fox, Verdict.REJECT, person=GRACE, emoji="🎨")
        await says(opened, boat, Verdict.KEEP)
        yield opened


def out(*words: str, folder: Path) -> str:
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout


async def test_only_what_changed_is_written(db: Database, tmp_path: Path) -> None:
    """A file that says so already keeps its time of writing; a slug of which nothing is thought any more goes."""
    folder = tmp_path / "out"
    assert await writing.write(db.path, folder) == Written(2, 2, 3)
    before = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    assert await writing.write(db.path, folder) == Written(0, 2, 3)
    third = await posted(db, 3, slug="fox")
    await says(db, third, Verdict.KEEP)
    assert await writing.write(db.path, folder) == Written(1, 2, 4)
    assert (folder / "boat.json").stat().st_mtime_ns == before["boat.json"]
    await takes_back(db, await posted(db, 4, slug="none"))
    async with db.transaction() as connection:
        await connection.execute("DELETE FROM verdict_now WHERE slug = 'boat'")
    assert await writing.write(db.path, folder) == Written(1, 1, 3)
    assert sorted(file.name for file in folder.iterdir()) == ["fox.json"]


async def test_what_was_written_can_be_taken_in_and_says_the_same(db: Database, tmp_path: Path) -> None:
    """Through a new ledger and out again: the same bytes. And into its own ledger it adds nothing."""
    await writing.write(db.path, tmp_path / "out")
    read = handkept.read(tmp_path / "out")
    own = await taking.take(db, Files(tmp_path / "pictures"), FakeClock(NOW), read.filed, ADA, tmp_path)
    assert (own.pictures, own.verdicts, own.known) == (0, 0, 3)
    async with Database(tmp_path / "new.db") as new:
        done = await taking.take(new, Files(tmp_path / "new"), FakeClock(NOW), read.filed, 99, tmp_path)
        assert (done.pictures, done.verdicts) == (2, 3)
        await writing.write(new.path, tmp_path / "again")
    for file in (tmp_path / "out").iterdir():
        first, second = json.loads(file.read_text()), json.loads((tmp_path / "again" / file.name).read_text())
        without = [{name: value for name, value in one.items() if name != "image"} for one in first["reviews"]]
        assert second["reviews"] == without


async def test_a_file_of_somebody_elses_is_left_as_it_is(db: Database, tmp_path: Path) -> None:
    """A hand-kept ledger of the same slug in that folder would be lost; others are no matter."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "mine.json").write_text("[]")
    (folder / "fox.json").write_text('{"reviews": []}')
    with pytest.raises(FolderUnfit) as refused:
        await writing.write(db.path, folder)
    assert refused.value.kind == "file-foreign"
    assert ((folder / "fox.json").read_text(), (folder / "mine.json").read_text()) == ('{"reviews": []}', "[]")


async def test_what_died_while_writing_leaves_no_half_file(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is as it was, and the next attempt takes the rest away."""
    folder = tmp_path / "out"
    await writing.write(db.path, folder)
    before = (folder / "fox.json").read_bytes()
    await says(db, await posted(db, 3, slug="fox"), Verdict.KEEP)

    def dies(handle: int) -> None:
        raise OSError("pulled plug")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", dies)
        with pytest.raises(OSError, match="plug"):
            await writing.write(db.path, folder)
    assert (folder / "fox.json").read_bytes() == before
    assert list(folder.glob(".*.part"))
    assert (await writing.write(db.path, folder)).changed == 1
    assert not list(folder.glob(".*.part"))


async def test_a_night_is_one_commit(db: Database, tmp_path: Path) -> None:
    """With a message that counts; a night in which nothing changed has none, and what else is staged stays staged."""
    table = ExportTable(folder=str(tmp_path / "out"), git=True)
    await nightly.export(db.path, table)
    (tmp_path / "out" / "notes.txt").write_text("mine")
    out("add", "notes.txt", folder=tmp_path / "out")
    await nightly.export(db.path, table)
    assert out("log", "--format=%s", folder=tmp_path / "out") == "2 slugs changed, 3 reviews of 2 in all\n"
    await takes_back(db, await _boat(db))
    await nightly.export(db.path, table)
    assert out("log", "--format=%s", folder=tmp_path / "out").splitlines()[0] == "1 slug changed, 2 reviews of 1 in all"
    assert out("ls-files", folder=tmp_path / "out").split() == ["fox.json", "notes.txt"]
    assert out("show", "--format=", "--name-only", folder=tmp_path / "out").split() == ["boat.json"]


async def _boat(db: Database) -> Job:
    async with db.reading() as connection:
        boat = await jobs.get(connection, f"{2:016}")
    assert boat is not None
    return boat


async def test_what_was_written_but_not_committed_is_committed_the_next_night(db: Database, tmp_path: Path) -> None:
    """As when the bot dies in between."""
    table = ExportTable(folder=str(tmp_path / "out"), git=True)
    await writing.write(db.path, tmp_path / "out")
    assert (await nightly.export(db.path, table)).changed == 0
    assert out("status", "--porcelain", folder=tmp_path / "out") == ""


async def test_a_folder_inside_a_repository_commits_its_own_files(db: Database, tmp_path: Path) -> None:
    """In a commit of the repository it lies in; no other JSON file is taken along."""
    site = tmp_path / "site"
    site.mkdir()
    await asyncio.to_thread(out, "init", "-q", folder=site)
    (site / "package.json").write_text("{}")
    (site / "out").mkdir()
    (site / "out" / "deeper").mkdir()
    (site / "out" / "deeper" / "x.json").write_text("{}")
    await nightly.export(db.path, ExportTable(folder=str(site / "out"), git=True))
    assert (await asyncio.to_thread(out, "ls-files", folder=site)).split() == ["out/boat.json", "out/fox.json"]
    assert not (site / "out" / ".git").exists()


async def test_what_git_refuses_is_said_in_its_own_words(tmp_path: Path) -> None:
    """Here the lock of another git."""
    await asyncio.to_thread(out, "init", "-q", folder=tmp_path)
    (tmp_path / ".git" / "index.lock").write_text("")
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(GitRefused) as refused:
        await git.commit(tmp_path, "a night")
    assert str(refused.value.facts["fault"]).startswith("git add")


def at(day: int, clock: str) -> float:
    return datetime.fromisoformat(f"2027-01-{day:02}T{clock}").replace(tzinfo=UTC).timestamp()


async def test_it_is_due_every_night_and_a_missed_one_at_the_next_start(db: Database, tmp_path: Path) -> None:
    """The first one at once; the moment is in the schedule's zone."""
    clock = FakeClock(at(20, "12:00"))
    table = ExportTable(folder=str(tmp_path / "out"), at="03:30")
    loop = Nightly(db, clock, table, "Europe/Berlin")
    assert await loop.due() <= clock.now()
    outcome = await loop.serve()
    assert (outcome.changed, outcome.slugs, outcome.reviews, outcome.fault) == (2, 2, 3, "")
    assert await loop.due() == at(21, "02:30")
    later = FakeClock(at(25, "12:00"))
    assert await Nightly(db, later, table, "Europe/Berlin").due() < later.now()


async def test_a_failure_is_remembered_and_made_up_for(db: Database, tmp_path: Path) -> None:
    """At the next start at once, in the same run the next night; `status` tells why."""
    (tmp_path / "file").write_text("")
    clock = FakeClock(at(20, "12:00"))
    loop = Nightly(db, clock, ExportTable(folder=str(tmp_path / "file" / "out")), "UTC")
    assert (await loop.serve()).fault == "folder-refused"
    assert await loop.due() == at(21, "03:30")
    async with db.reading() as connection:
        remembered = await nightly.last(connection)
    assert remembered is not None
    assert remembered.facts["folder"] == str(tmp_path / "file" / "out")
    assert await Nightly(db, clock, ExportTable(folder=str(tmp_path / "out")), "UTC").due() == 0


async def test_the_loop_writes_at_its_moment(db: Database, tmp_path: Path) -> None:
    """At once at first, then not before the next night."""
    clock, folder = FakeClock(at(20, "03:00")), tmp_path / "out"

    async def asleep() -> bool:
        return bool(clock.naps)

    async def told() -> bool:
        return (folder / "owl.json").exists()

    running = asyncio.create_task(Nightly(db, clock, ExportTable(folder=str(folder)), "UTC").run())
    await until(asleep)
    assert sorted(file.name for file in folder.iterdir()) == ["boat.json", "fox.json"]
    await says(db, await posted(db, 3, slug="owl"), Verdict.KEEP)
    for _ in range(29):
        await clock.advance(60)
        await until(asleep)
    assert not (folder / "owl.json").exists()
    await clock.advance(60)
    await until(told)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
