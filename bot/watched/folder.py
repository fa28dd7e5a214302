"""What lies in a watched folder, and taking files out of its way. Nothing outside of the folder is ever looked at.

All of these touch the disk: call them in a thread.
"""

import os
import re
import stat
from collections.abc import Mapping, Sequence
from itertools import chain, count
from pathlib import Path

from bot.errors import BadInput
from bot.intake.formats import ENDINGS

Stamp = tuple[int, int, int, int]
"""Of a file: its number, size, when it was written, and its permissions. Another one says that it may have changed."""
GONE: Stamp = (0, 0, 0, 0)
MOST_PICTURE = 25 * 1024 * 1024
"""Bytes of a picture that is read."""


def stamps(folder: Path, pattern: str, named: Mapping[str, Sequence[str]]) -> dict[str, tuple[Stamp, ...]]:
    """Each batch file's name with its stamp and those of the pictures it names, as far as these are known.

    In the order that people count in: 2 before 10. Raises OSError when the folder cannot be read.
    """
    os.scandir(folder).close()  # a pattern finds nothing, rather than to say that there is no folder
    names = (path.name for path in folder.glob(pattern) if path.suffix.lower() in ENDINGS)
    found = {name: _stamp(folder, name) for name in sorted(names, key=_counted)}
    return {
        name: (one, *(_stamp(folder, picture) for picture in named.get(name, ())))
        for name, one in found.items()
        if one != GONE
    }


def read(folder: Path, name: str, most: int) -> tuple[bytes, int]:
    """At most one byte more than `most` of what stands in the file, and its size. Raises OSError."""
    path = inside(folder, name)
    if path is None:
        raise FileNotFoundError(name)
    with path.open("rb") as file:
        return file.read(most + 1), os.fstat(file.fileno()).st_size


def picture(folder: Path, name: str) -> bytes | None:
    """The bytes of a picture that a file names; None when there is none. Raises BadInput, or OSError."""
    if inside(folder, name) is None:
        return None
    data, size = read(folder, name, MOST_PICTURE)
    if len(data) > MOST_PICTURE:
        raise BadInput("input-heavy", name=name, bytes=size, most=MOST_PICTURE)
    return data


def inside(folder: Path, name: str) -> Path | None:
    """The file of this name, if it is a plain one that lies in the folder or below it, also behind every link."""
    try:
        path = (folder / name).resolve(strict=True)
        plain = stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return None
    return path if plain and path.is_relative_to(folder.resolve()) else None


def move(folder: Path, name: str, into: str) -> None:
    """The file goes into the folder of this name below, and never over another one there. Raises OSError.

    One that is gone is no error: a bot that died here did it already.
    """
    source, target = folder / name, folder / into
    if not source.exists():
        return
    target.mkdir(exist_ok=True)
    names = chain([name], (f"{source.stem}-{number}{source.suffix}" for number in count(2)))
    source.replace(next(free for one in names if not (free := target / one).exists()))


def _stamp(folder: Path, name: str) -> Stamp:
    path = inside(folder, name)
    try:
        seen = path.stat() if path is not None else None
    except OSError:
        seen = None
    return (seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_mode) if seen is not None else GONE


def _counted(name: str) -> list[tuple[int, str]]:
    """`prompts-batch-10` behind `prompts-batch-2`."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"([0-9]+)", name)]
