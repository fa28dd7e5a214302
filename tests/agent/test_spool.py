"""What ended stays on disk, whole, until thanks; what was half done is swept."""

from pathlib import Path

import pytest

from gpu_agent.spool import Outcome, Spool, folder, write
from gpu_agent.wire import Cancelled, Failed
from tests.agent import made

FAILED = Failed(job="f1", epoch=2, kind="render-failed", facts={"fault": "x"})


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path)


def test_outcomes_are_held_again_by_the_next_life(spool: Spool, tmp_path: Path) -> None:
    """Done, Failed and Cancelled survive the process that kept them."""
    kept: list[Outcome] = [made.done("d1", spool.pictures), FAILED, Cancelled(job="c1", epoch=1)]
    for outcome in kept:
        spool.keep(outcome)
    again = Spool(tmp_path)
    assert [again.outcome(outcome.job) for outcome in kept] == kept
    assert sorted(again.jobs()) == ["c1", "d1", "f1"]


def test_thanks_forgets_outcome_and_picture_for_good(spool: Spool, tmp_path: Path) -> None:
    """Nothing is left on disk."""
    spool.keep(made.done("d1", spool.pictures))
    spool.keep(FAILED)
    spool.forget("d1")
    spool.forget("f1")
    spool.forget("never-known")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert Spool(tmp_path).jobs() == ()


def test_a_picture_that_two_jobs_share_stays_until_both_are_thanked(spool: Spool) -> None:
    """Pictures are stored by content."""
    first = made.done("d1", spool.pictures, b"same")
    spool.keep(first)
    spool.keep(made.done("d2", spool.pictures, b"same"))
    spool.forget("d1")
    assert spool.read(first.sha256, 0, 100) == (b"same", 4)
    spool.forget("d2")
    with pytest.raises(FileNotFoundError):
        spool.read(first.sha256, 0, 100)


def test_a_clip_is_kept_with_its_poster_and_goes_with_it(spool: Spool, tmp_path: Path) -> None:
    """Both are fetched by digest, survive a restart, and are forgotten by one thanks; one without the other is none."""
    clip = made.done("v1", spool.pictures, b"frames").model_copy(update={"media": "video/mp4", "poster": "a" * 64})
    (spool.pictures / f"{clip.sha256}.png").rename(spool.pictures / f"{clip.sha256}.mp4")
    poster = spool.pictures / f"{'a' * 64}.poster"
    poster.write_bytes(b"first frame")
    spool.keep(clip)
    again = Spool(tmp_path)
    assert (again.read(clip.sha256, 0, 100), again.read("a" * 64, 6, 100)) == ((b"frames", 6), (b"frame", 11))
    again.forget("v1")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert not spool.whole(clip)


def test_half_written_files_and_unclaimed_pictures_are_swept_at_the_start(spool: Spool, tmp_path: Path) -> None:
    """A kill at any moment leaves nothing that stays for ever."""
    kept = made.done("d1", spool.pictures)
    spool.keep(kept)
    made.done("orphan", spool.pictures)
    (spool.pictures / "abc.png.part").write_bytes(b"half")
    (tmp_path / "outcomes" / "6a31.json.part").write_bytes(b"{")
    again = Spool(tmp_path)
    assert [file.name for file in again.pictures.iterdir()] == [f"{kept.sha256}.png"]
    assert len(list((tmp_path / "outcomes").iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b"{", b'{"type":"ping","nonce":""}'])
def test_an_outcome_that_cannot_be_read_is_dropped(spool: Spool, tmp_path: Path, damage: bytes) -> None:
    """The job is then unknown, and is sent again; the others are untouched."""
    spool.keep(FAILED)
    (tmp_path / "outcomes" / "6a31.json").write_bytes(damage)
    assert Spool(tmp_path).jobs() == ("f1",)
    assert Spool(tmp_path).outcome("j1") is None


def test_an_outcome_whose_picture_is_gone_is_dropped(spool: Spool, tmp_path: Path) -> None:
    """Done is never said of a picture that cannot be fetched."""
    lost = made.done("d1", spool.pictures)
    spool.keep(lost)
    (spool.pictures / f"{lost.sha256}.png").unlink()
    assert Spool(tmp_path).jobs() == ()


def test_reading_by_offset_gives_every_byte_once(spool: Spool) -> None:
    """Pieces put together are the picture."""
    content = bytes(range(256)) * 3
    outcome = made.done("d1", spool.pictures, content)
    pieces = [spool.read(outcome.sha256, offset, 100) for offset in range(0, len(content), 100)]
    assert b"".join(piece for piece, _ in pieces) == content
    assert {total for _, total in pieces} == {768}
    assert spool.read(outcome.sha256, 5000, 100) == (b"", 768)


def test_jobs_whose_names_differ_only_in_case_are_two_jobs(spool: Spool, tmp_path: Path) -> None:
    """Also where the file system folds case, and where it keeps a name for a device."""
    for job in ("aB", "Ab", "CON"):
        spool.keep(Cancelled(job=job, epoch=1))
    names = [file.name.lower() for file in (tmp_path / "outcomes").iterdir()]
    assert len(set(names)) == 3
    assert "con.json" not in names


def test_an_outcome_is_kept_in_memory_when_the_disk_refuses_it(spool: Spool, tmp_path: Path) -> None:
    """The bot still hears how it ended; only a restart forgets it."""
    (tmp_path / "outcomes").rmdir()
    spool.keep(FAILED)
    assert spool.outcome("f1") == FAILED


def test_a_written_file_replaces_the_former_whole(tmp_path: Path) -> None:
    """Neither a mixture nor a left-over part."""
    target = tmp_path / "a"
    write(target, b"long before")
    write(target, b"after")
    assert target.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [target]


def test_folders_that_are_made_belong_to_this_user_alone(tmp_path: Path) -> None:
    """Those above, too."""
    made_folder = folder(tmp_path / "a" / "b")
    assert {path.stat().st_mode & 0o777 for path in (made_folder, made_folder.parent)} == {0o700}
