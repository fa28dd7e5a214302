"""A set as a folder of its own below one that a person names, perhaps in a git repository: one commit for each set.

Done twice it changes nothing. Only files that an earlier export of the same set wrote are replaced or removed, by the
list in its set.json, which is written before them; a file of somebody else's is left as it is, and refused.
"""

import asyncio
import glob
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import FolderUnfit
from bot.yours import git, manifest
from bot.yours.bundle import Part
from bot.yours.manifest import SET

_RANDOM = 8  # characters
_MOST = 64 * 1024 * 1024  # bytes of a set.json


@dataclass(frozen=True, slots=True)
class Laid:
    """Where the set lies, and how many of its files were written or removed just now."""

    folder: Path
    changed: int
    committed: bool = False


async def lay(parts: Sequence[Part], folder: Path, name: str, batch: str, *, commit: str | None = None) -> Laid:
    """The set of this batch in `folder/name`, and one commit with this message if anything differs from the last.

    Raises FolderUnfit, GitRefused or OSError. What was interrupted goes on the next time.
    """
    place = _place(folder) / name
    changed, gone = await asyncio.to_thread(_lay, parts, place, batch)
    if commit is None:
        return Laid(place, changed)
    names = {*(part.name for part in parts), *gone}
    return Laid(place, changed, await git.commit(place, commit, names))


def _place(folder: Path) -> Path:
    return folder.expanduser().absolute()


def _lay(parts: Sequence[Part], place: Path, batch: str) -> tuple[int, list[str]]:
    """How many files changed, and what an earlier export left that is not part of it any more."""
    before = _before(place, batch)
    parts = sorted(parts, key=lambda part: part.name != SET)
    _refuse_foreign(parts, place, before)
    place.mkdir(parents=True, exist_ok=True)
    gone = sorted(before - {part.name for part in parts})
    for name in {*before, *(part.name for part in parts)}:
        _clear(place / name)
    changed = sum(_remove(place / name) for name in gone)
    return changed + sum(_put(place / part.name, part) for part in parts), gone


def _before(place: Path, batch: str) -> set[str]:
    """The names that an earlier export of this batch wrote. Raises FolderUnfit for another's set."""
    file = place / SET
    if not file.exists():
        return set()
    with file.open("rb") as opened:
        told = manifest.read(opened.read(_MOST).decode(errors="replace"), str(file))
    if told.batch.id != batch:
        raise FolderUnfit("file-foreign", file=str(file))
    return {name for name in told.files if inside(name)}


def inside(name: str) -> bool:
    """Is this the name of a file in a set's folder, whatever wrote it? Nothing above or beside that is ever touched."""
    parts = name.split("/")
    return 0 < len(parts) <= 2 and all(part and not part.startswith(".") and "\\" not in part for part in parts)


def _refuse_foreign(parts: Sequence[Part], place: Path, before: set[str]) -> None:
    """A file of that name which no export wrote. One with the same bytes was left by an export that was cut off."""
    for part in parts:
        file = place / part.name
        if part.name not in before and file.exists() and not _same(file, part):
            raise FolderUnfit("file-foreign", file=str(file))


def _same(file: Path, part: Part) -> bool:
    return file.is_file() and file.stat().st_size == part.size() and file.read_bytes() == part.data()


def _clear(file: Path) -> None:
    """What an export that was cut off left of it."""
    for leftover in file.parent.glob(f".{glob.escape(file.name)}.{'?' * _RANDOM}.part"):
        leftover.unlink(missing_ok=True)


def _put(file: Path, part: Part) -> bool:
    """False when it says so already."""
    if file.exists() and _same(file, part):
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(_RANDOM // 2)}.part")
    with unfinished.open("wb") as opened:
        opened.write(part.data())
        opened.flush()
        os.fsync(opened.fileno())
    unfinished.replace(file)
    return True


def _remove(file: Path) -> bool:
    there = file.is_file()
    file.unlink(missing_ok=True)
    return there
