"""Watched folders: what comes to rest there is taken once, by its content, whatever dies in between."""

import asyncio
import errno
import os
import sqlite3
import stat
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.ledger import batch_items, found_files, traces
from bot.ledger.found_files import FoundFile
from bot.ledger.privacy import Erasure
from bot.settings import Limits, WatchTable
from bot.watched import folder
from tests.made import ADA
from tests.watched.yard import CHANNEL, ITEMS, Yard, png, referring


async def test_a_file_is_taken_when_it_no_longer_changes(yard: Yard) -> None:
    """Never at the first look, and not while it grows between two looks; then once, with one card, for ever."""
    path = yard.lay("prompts-batch-1.json", b"[")
    await yard.looks(1)
    for growing in (b'[{"slug"', b'[{"slug": "fox",'):
        path.write_bytes(growing)
        await yard.looks(1)
    yard.lay("prompts-batch-1.json")
    await yard.looks(1)
    assert (await yard.batches(), await yard.said()) == ([], [])
    await yard.looks(5)
    assert await yard.batches() == ["prompts-batch-1.json"]
    assert await yard.said() == ["**prompts-batch-1.json** was found in the watched folder: 3 pictures are rendered."]
    assert await yard.outcomes() == ["taken"]


async def test_each_content_is_taken_once(yard: Yard) -> None:
    """Under another name, touched, or in the bot's next life it is the same; with another word it is another one."""
    yard.lay("prompts-batch-1.json")
    await yard.looks()
    yard.lay("prompts-batch-2.json")
    os.utime(yard.lay("prompts-batch-1.json"), (1, 1))
    await yard.looks(3)
    yard.again()
    await yard.looks(3)
    assert len(await yard.batches()) == 1
    yard.lay("prompts-batch-1.json", [*ITEMS, {"slug": "elk", "prompt": "an elk"}])
    await yard.looks(3)
    assert len(await yard.batches()) == 2


async def test_files_are_taken_in_the_order_that_people_count_in(yard: Yard) -> None:
    """2 before 10; what is named otherwise, or no batch file by its ending, is left alone."""
    for number in (10, 2, 1):
        yard.lay(f"prompts-batch-{number}.json", [{"slug": f"s-{number}", "prompt": "a fox"}])
    yard.lay("notes.json")
    yard.lay("prompts-batch-3.json.part")
    await yard.looks(3)
    assert await yard.batches() == [f"prompts-batch-{number}.json" for number in (1, 2, 10)]


async def test_faults_are_told_once_with_their_place(yard: Yard) -> None:
    """Also after a restart; the corrected file is taken."""
    yard.lay("prompts-batch-1.json", b'[{"slug": "fox", "prompt": "a fox", "seed": "7"},\n {"slug": "owl"}]')
    await yard.looks(3)
    yard.again()
    await yard.looks(3)
    (told,) = await yard.said()
    assert "Line 1, item 1, field “seed”: It must be a whole number." in told
    assert "Line 2, item 2, field “prompt”: It is missing." in told
    assert (await yard.batches(), await yard.outcomes()) == ([], ["refused"])
    yard.lay("prompts-batch-1.json")
    await yard.looks(3)
    assert (await yard.batches(), await yard.outcomes()) == (["prompts-batch-1.json"], ["refused", "taken"])


async def test_what_is_offered_waits_for_somebody(yard: Yard) -> None:
    """Nothing is rendered; the notice leads to the file's text, for whoever presses its button."""
    yard.settings["accept"] = "ask"
    yard.again()
    yard.lay("prompts-batch-1.json")
    await yard.looks(3)
    (notice,) = await yard.due()
    async with yard.db.reading() as connection:
        offered = await found_files.offered_by(connection, notice.id)
    assert offered is not None
    assert (offered.name, offered.text) == ("prompts-batch-1.json", (yard.place / offered.name).read_text())
    assert (await yard.batches(), await yard.outcomes()) == ([], ["offered"])
    assert "with 3 pictures" in notice.text


async def test_an_offer_and_its_pictures_are_kept_for_a_month(yard: Yard) -> None:
    """Then the content stays known, and nothing else of it; the same with an offer of somebody who was forgotten."""
    await referring(yard.db)
    yard.settings["accept"] = "ask"
    for number, (forgotten, days) in enumerate([(False, 31), (True, 0)]):
        yard.again()
        yard.lay("quay.png", png(("red", "blue")[number]))
        yard.lay("prompts-batch-1.json", [{"slug": "fox", "prompt": "a fox", "reference": "quay.png"}])
        await yard.looks(4)
        (digest,) = await yard.column("SELECT value FROM found_files, json_each(beside)")
        assert yard.files.has(digest)
        await yard.clock.advance(days * 86_400)
        if forgotten:
            erasure = Erasure(ADA, yard.clock.now())
            async with yard.db.transaction() as connection:
                await traces.clear(connection, erasure, "found_files", yard.clock.now())
        await yard.looks(1)
        assert not yard.files.has(digest)
        assert await yard.column("SELECT text || beside FROM found_files") == ["{}"] * (number + 1)
    yard.again()
    await yard.looks(4)
    assert await yard.outcomes() == ["offered", "offered"]


async def test_no_more_of_a_file_is_read_than_one_byte_over_the_limit(yard: Yard) -> None:
    """A hundred thousand items: refused with the file's whole size, and read no further than that."""
    yard.limits = Limits(batch_bytes=5000)
    yard.again()
    path = yard.lay("prompts-batch-1.json", [{"slug": f"s-{n}", "prompt": "b"} for n in range(100_000)])
    assert len(folder.read(yard.place, path.name, 5000)[0]) == 5001
    await yard.looks(3)
    (told,) = await yard.said()
    assert "The file has 3.4 MiB and at most 4.9 KiB are read." in told


@pytest.mark.parametrize(("after", "left"), [("leave", ["prompts-batch-1.json", "prompts-batch-2.json"]), ("move", [])])
async def test_files_are_left_or_moved_as_the_settings_say(yard: Yard, after: str, left: list[str]) -> None:
    """Into `taken` or `refused`, and never over what lies there."""
    yard.settings["after"] = after
    yard.again()
    yard.lay("prompts-batch-1.json")
    yard.lay("prompts-batch-2.json", b"[]")
    await yard.looks(3)
    if after == "move":
        yard.lay("prompts-batch-1.json", [{"slug": "elk", "prompt": "an elk"}])
        await yard.looks(3)
        assert {one.name for one in (yard.place / "taken").iterdir()} == {
            "prompts-batch-1.json",
            "prompts-batch-1-2.json",
        }
        assert [one.name for one in (yard.place / "refused").iterdir()] == ["prompts-batch-2.json"]
    assert sorted(one.name for one in yard.place.iterdir() if one.is_file()) == left


class Killed(BaseException):
    """The process dies here."""


STEPS = {"accepting": (batch_items, "insert"), "row": (found_files, "insert"), "moving": (folder, "move")}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("accept", ["ask", "at once"])
async def test_killed_at_every_step_a_file_is_taken_once(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, step: str, accept: str
) -> None:
    """Before or in the commit that accepts, before its row, before it is moved: the next life ends it, once."""
    yard.settings |= {"accept": accept, "after": "move"}
    yard.again()
    yard.lay("prompts-batch-1.json")
    room, verb = STEPS[step]

    def dies(*given: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, suppress(Killed):
        patch.setattr(room, verb, dies)
        await yard.looks(3)
    yard.again()
    await yard.looks(3)
    assert await yard.batches() == (["prompts-batch-1.json"] if accept == "at once" else [])
    assert len(await yard.outcomes()) == len(await yard.said()) == 1
    assert (yard.place / "taken" / "prompts-batch-1.json").exists()


async def test_a_picture_beside_the_file_goes_along(yard: Yard) -> None:
    """The file waits until the picture has come to rest; another picture under the name is another content."""
    await referring(yard.db)
    yard.lay("harbour.png", png()[:40])
    yard.lay("prompts-batch-1.json", [{"slug": "fox", "prompt": "a fox", "reference": "harbour.png:0.4"}])
    await yard.looks(2)
    yard.lay("harbour.png", png())
    await yard.looks(1)
    assert (await yard.batches(), await yard.said()) == ([], [])
    await yard.looks(3)
    assert len(await yard.batches()) == 1
    assert [yard.files.has(digest) for digest in await yard.references()] == [True]
    yard.lay("harbour.png", png("blue"))
    await yard.looks(4)
    assert len(await yard.references()) == len(await yard.batches()) == 2


async def test_a_picture_that_comes_later_is_not_too_late(yard: Yard) -> None:
    """That it is missing is told at its item; once it lies there the same file is taken."""
    await referring(yard.db)
    yard.lay("prompts-batch-1.json", [{"slug": "fox", "prompt": "a fox", "reference": "harbour.png"}])
    await yard.looks(4)
    (told,) = await yard.said()
    assert "item 1, field “reference”: harbour.png did not come along." in told
    yard.lay("harbour.png", png())
    await yard.looks(4)
    assert (await yard.batches(), await yard.outcomes()) == (["prompts-batch-1.json"], ["refused", "taken"])


async def test_nothing_outside_of_the_folder_is_read(yard: Yard, tmp_path: Path) -> None:
    """Neither by a link nor by a path that leads out, whether it is the file or a picture; a pipe blocks nobody."""
    await referring(yard.db)
    (tmp_path / "secret.png").write_bytes(png())
    (tmp_path / "secret.json").write_text('[{"slug": "fox", "prompt": "a fox"}]')
    (yard.place / "prompts-batch-1.json").symlink_to(tmp_path / "secret.json")
    (yard.place / "linked.png").symlink_to(tmp_path / "secret.png")
    os.mkfifo(yard.place / "prompts-batch-2.json")
    for number, name in enumerate(("../secret.png", "linked.png", str(tmp_path / "secret.png")), 3):
        yard.lay(f"prompts-batch-{number}.json", [{"slug": f"s-{number}", "prompt": "a fox", "reference": name}])
    await yard.looks(4)
    assert (await yard.batches(), await yard.outcomes()) == ([], ["refused"] * 3)


async def test_two_folders_of_a_channel_take_a_content_once(yard: Yard, tmp_path: Path) -> None:
    """The channel is what counts, so that a folder can be moved."""
    yard.lay("prompts-batch-1.json")
    await yard.looks()
    yard.place = tmp_path / "other"
    yard.place.mkdir()
    yard.settings["path"] = str(yard.place)
    yard.again()
    yard.lay("prompts-batch-9.json")
    await yard.looks(3)
    assert await yard.batches() == ["prompts-batch-1.json"]


async def test_a_content_has_one_row(yard: Yard) -> None:
    """Also if two processes saw it at the same moment: the second is refused by the ledger."""
    row = FoundFile("f1", CHANNEL, "d", "b.json", 11, 1.0, found_files.Outcome.TAKEN, "", {}, None)
    async with yard.db.transaction() as connection:
        await found_files.insert(connection, row)
    with pytest.raises(sqlite3.IntegrityError):
        async with yard.db.transaction() as connection:
            await found_files.insert(connection, replace(row, id="f2"))


async def test_two_watches_that_see_a_content_at_once_take_it_once(yard: Yard, tmp_path: Path) -> None:
    """Whichever is second finds what the first one left, and says nothing."""
    first = yard.watch
    yard.settings |= {"path": str(tmp_path / "other"), "accept": "ask"}
    (tmp_path / "other").mkdir()
    second = yard.again()
    yard.lay("prompts-batch-1.json")
    yard.lay("../other/prompts-batch-1.json")
    await asyncio.gather(first.look(), second.look())
    await asyncio.gather(first.look(), second.look())
    await asyncio.gather(first.look(), second.look())
    assert len(await yard.outcomes()) == 1


async def test_a_file_that_cannot_be_read_is_told_once(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until its permissions change; then it is taken."""
    path = yard.lay("prompts-batch-1.json")
    whole = folder.read

    def read(place: Path, name: str, most: int) -> tuple[bytes, int]:
        if not path.stat().st_mode & stat.S_IRUSR:
            raise PermissionError(errno.EACCES, "Permission denied")  # root may read everything
        return whole(place, name, most)

    monkeypatch.setattr(folder, "read", read)
    path.chmod(0)
    await yard.looks(5)
    (told,) = await yard.said()
    assert told.endswith("The file cannot be read (Permission denied). Check that the bot's user may read it.")
    path.chmod(0o600)
    await yard.looks(3)
    assert (await yard.batches(), await yard.outcomes()) == (["prompts-batch-1.json"], ["refused", "taken"])


def test_files_of_a_repository_are_not_moved() -> None:
    """The next pull would have to merge."""
    with pytest.raises(ValidationError, match="cannot be moved away"):
        WatchTable(path="x", channel=1, person=1, git=True, after="move")
