"""A set in a folder or repository: one commit for each, twice is once, nothing of anybody else's is touched."""

import json
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import FolderUnfit, GitRefused
from bot.ledger import pictures
from bot.ledger.database import Database
from bot.nouns import Batch, Verdict
from bot.yours import handing, set_folder
from bot.yours.bundle import Part
from bot.yours.set_folder import Laid
from tests.made import ADA, NOW
from tests.yours.sets import Studio
from tests.yours.test_nightly import out
from tests.yours.test_sets import reviewed


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    async with Database(tmp_path / "ledger.db") as db:
        yield Studio(db, tmp_path)


async def lay(studio: Studio, batch: Batch, folder: Path, *, commit: bool = True) -> Laid:
    gathered, parts = await studio.gathered(batch), await studio.parts(batch)
    return await handing.laid(list(parts.values()), gathered, folder, commit=commit)


def files(folder: Path) -> dict[str, bytes]:
    found = (file for file in folder.rglob("*") if file.is_file() and ".git" not in file.parts)
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}


async def test_a_set_is_one_commit(studio: Studio, tmp_path: Path) -> None:
    """With a message that counts; again it changes nothing; a verdict more is one commit more."""
    batch, made = await reviewed(studio)
    first = await lay(studio, batch, tmp_path / "sets")
    assert (first.changed, first.committed) == (14, True)
    assert first.folder == tmp_path / "sets" / f"prompts-batch-3-{batch.id[-6:]}"
    assert files(first.folder) == {name: part.data() for name, part in (await studio.parts(batch)).items()}
    again = await lay(studio, batch, tmp_path / "sets")
    assert (again.changed, again.committed) == (0, False)
    await studio.says(made[3], Verdict.KEEP)
    assert (await lay(studio, batch, tmp_path / "sets")).committed
    log = out("log", "--format=%s", folder=first.folder).splitlines()
    assert log == [
        f"prompts-batch-3.json: 4 pictures, {kept} kept, {done} of 4 decided" for kept, done in ((2, 4), (1, 3))
    ]
    assert out("status", "--porcelain", folder=first.folder) == ""


async def test_what_is_no_part_of_it_any_more_goes(studio: Studio, tmp_path: Path) -> None:
    """A picture that was deleted, with its receipt, in one commit; a file of somebody's in the same folder stays."""
    batch, made = await reviewed(studio)
    place = (await lay(studio, batch, tmp_path / "sets")).folder
    (place / "notes.md").write_text("mine")
    async with studio.db.transaction() as connection:
        await pictures.delete(connection, made[2].id, ADA, NOW + 50)
    await lay(studio, batch, tmp_path / "sets")
    assert not (place / "owl.png").exists()
    assert not (place / "receipts" / "owl.json").exists()
    assert (place / "notes.md").read_text() == "mine"
    assert "notes.md" not in out("ls-files", folder=place)
    assert {"owl.png", "receipts/owl.json"} < set(
        out("show", "--format=", "--name-only", "--relative", folder=place).split()
    )


async def test_nothing_else_that_is_staged_or_lies_there_is_taken_along(studio: Studio, tmp_path: Path) -> None:
    """In a repository of somebody's own, below a folder of its own."""
    site = tmp_path / "site"
    site.mkdir()
    out("init", "-q", folder=site)
    (site / "index.html").write_text("mine")
    out("add", "index.html", folder=site)
    batch, _ = await reviewed(studio)
    done = await lay(studio, batch, site / "sets – über")
    name = done.folder.name
    kept = subprocess.run(["git", "-c", "core.quotepath=off", "ls-tree", "-r", "--name-only", "HEAD"], cwd=site,
                          capture_output=True, text=True, check=True).stdout.splitlines()  # fmt: skip
    assert {Path(one).parts[:2] for one in kept} == {("sets – über", name)}
    assert len(kept) == 14
    assert out("diff", "--cached", "--name-only", folder=site).split() == ["index.html"]
    assert not (done.folder / ".git").exists()


async def test_a_file_of_somebody_elses_is_refused_and_left(studio: Studio, tmp_path: Path) -> None:
    """Before anything is written; so is the set of another batch."""
    batch, _ = await reviewed(studio)
    place = tmp_path / "sets" / f"prompts-batch-3-{batch.id[-6:]}"
    place.mkdir(parents=True)
    (place / "owl.png").write_text("mine")
    with pytest.raises(FolderUnfit) as refused:
        await lay(studio, batch, tmp_path / "sets")
    assert refused.value.kind == "file-foreign"
    assert files(place) == {"owl.png": b"mine"}
    (place / "owl.png").unlink()
    await lay(studio, batch, tmp_path / "sets", commit=False)
    with pytest.raises(FolderUnfit):
        await set_folder.lay([Part("x.txt", b"")], tmp_path / "sets", place.name, "another")


async def test_a_list_that_names_files_elsewhere_moves_nothing(studio: Studio, tmp_path: Path) -> None:
    """Somebody's set.json may name anything: only names inside are looked at."""
    batch, _ = await reviewed(studio)
    place = (await lay(studio, batch, tmp_path / "sets", commit=False)).folder
    (tmp_path / "sets" / "mine.txt").write_text("mine")
    told = json.loads((place / "set.json").read_text())
    told["files"] += ["../mine.txt", "/etc/hostname", ".git/config", "a/b/c"]
    (place / "set.json").write_text(json.dumps(told))
    await lay(studio, batch, tmp_path / "sets", commit=False)
    assert (tmp_path / "sets" / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("at", range(1, 15))
async def test_what_was_cut_off_goes_on(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Killed at each of its files, also when something was said before the next attempt: then it is whole."""
    batch, made = await reviewed(studio)
    written = 0

    def dies(handle: int) -> None:
        nonlocal written
        written += 1
        if written == at:
            raise OSError(28, "full", "there")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", dies)
        with pytest.raises(OSError, match="full"):
            await lay(studio, batch, tmp_path / "sets", commit=False)
    await studio.says(made[3], Verdict.REJECT, "flat")
    done = await lay(studio, batch, tmp_path / "sets", commit=False)
    assert files(done.folder) == {name: part.data() for name, part in (await studio.parts(batch)).items()}


async def test_what_was_written_but_not_committed_is_committed(studio: Studio, tmp_path: Path) -> None:
    """Killed between the two: in one commit, though nothing is written any more."""
    batch, _ = await reviewed(studio)
    await lay(studio, batch, tmp_path / "sets", commit=False)
    done = await lay(studio, batch, tmp_path / "sets")
    assert (done.changed, done.committed) == (0, True)
    assert len(out("log", "--format=%s", folder=done.folder).splitlines()) == 1


async def test_what_git_refuses_is_told(studio: Studio, tmp_path: Path) -> None:
    """A hook that fails: the files lie there, and are committed when it is mended."""
    batch, _ = await reviewed(studio)
    (tmp_path / "sets").mkdir()
    out("init", "-q", folder=tmp_path / "sets")
    hook = tmp_path / "sets" / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\necho no today >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(GitRefused) as refused:
        await lay(studio, batch, tmp_path / "sets")
    assert "no today" in str(refused.value.facts["fault"])
    hook.unlink()
    assert (await lay(studio, batch, tmp_path / "sets")).committed
