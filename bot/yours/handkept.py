"""The files of a hand-kept ledger, read whole before anything is done with them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import ReviewsUnfit
from bot.yours import shapes
from bot.yours.shapes import Fault, Review, Undecided

_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Filed:
    """A review and the folder its image's path starts from, with when its file was written in UTC seconds."""

    review: Review
    folder: Path
    written_at: float


@dataclass(frozen=True, slots=True)
class Reviews:
    """`undecided` entries bear no verdict yet and are left out."""

    filed: tuple[Filed, ...]
    undecided: int


def read(source: Path) -> Reviews:
    """Every review of this file, or of all JSON files below this folder. Raises ReviewsUnfit with each fault."""
    files = _files(source)
    found = [(file, one) for file in files for one in _of_file(file, source)]
    faults: Sequence[Fault] = [one for _, one in found if isinstance(one, Fault)]
    if not files:
        faults = [Fault(str(source), "", "no-files")]
    if faults:
        raise ReviewsUnfit([(one.place, one.field, one.kind, one.value) for one in faults])
    filed = [Filed(one, file.parent, file.stat().st_mtime) for file, one in found if isinstance(one, Review)]
    return Reviews(tuple(filed), sum(isinstance(one, Undecided) for _, one in found))


def _files(source: Path) -> list[Path]:
    """Hidden folders, a repository's own among them, are left alone."""
    if not source.is_dir():
        return [source] if source.exists() else []
    below = (file for file in source.rglob("*.json") if file.is_file())
    return sorted(file for file in below if not any(part.startswith(".") for part in file.relative_to(source).parts))


def _of_file(file: Path, source: Path) -> Iterator[shapes.Found]:
    name = str(file.relative_to(source)) if source.is_dir() else file.name
    try:
        told = _told(file)
    except (ValueError, RecursionError) as error:
        yield Fault(name, "", "no-json", str(error)[:80])
    except OSError as error:
        yield Fault(name, "", "unreadable", str(error.strerror))
    else:
        yield from shapes.read(told, name, file.stem)


def _told(file: Path) -> Any:
    if file.stat().st_size > _MOST_BYTES:
        raise ValueError(f"more than {_MOST_BYTES // 2**20} MB")
    return json.loads(file.read_text(encoding="utf-8-sig"))
