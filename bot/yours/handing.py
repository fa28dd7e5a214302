"""Handing a set out: as bytes where they are taken, in pieces and as a file here where not, or as a folder."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import FolderUnfit
from bot.ledger.files import Files
from bot.nouns import Verdict
from bot.settings import ExportTable
from bot.yours import bundle, set_folder, zipping
from bot.yours.bundle import Gathered, Part, Worded
from bot.yours.set_folder import Laid


@dataclass(frozen=True, slots=True)
class Tally:
    """Of a set: its pictures, how many of those that stand for something are decided, and what is left for the next."""

    pictures: int
    standing: int
    decided: int
    kept: int
    left: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """One ZIP in `pieces`; or too large for that: at `path`, and in several unless those would be too many.

    `left_out` are the files that fit into none of them.
    """

    pieces: tuple[bytes, ...]
    path: Path | None = None
    left_out: tuple[str, ...] = ()


def tally(gathered: Gathered) -> Tally:
    standing = gathered.of.standing
    return Tally(
        pictures=len(gathered.of.drawn),
        standing=len(standing),
        decided=sum(one.verdict is not None for one in standing),
        kept=sum(one.verdict is Verdict.KEEP for one in standing),
        left=len(bundle.left(gathered.of)),
    )


async def parcel(
    gathered: Gathered, files: Files, words: Worded, host: Path, most: int, many: int, *, inside: bool
) -> Parcel:
    """In pieces of at most `most` bytes. What is too large for one is written to the folder `host`, too, under the
    same name each time, and comes in at most `many`. Raises OSError."""

    def packed() -> Parcel:
        parts = bundle.files(gathered, files, words, inside=inside)
        if (whole := zipping.whole(parts, most)) is not None:
            return Parcel((whole,))
        path = host / f"{gathered.name}.zip"
        zipping.write(parts, path)
        if zipping.count(parts, most) > many:
            return Parcel((), path)
        pieces, left_out = zipping.pieces(parts, most)
        return Parcel(tuple(pieces[:many]) if len(pieces) <= many else (), path, tuple(left_out))

    return await asyncio.to_thread(packed)


async def lay(gathered: Gathered, files: Files, words: Worded, table: ExportTable, *, inside: bool) -> Laid:
    """Into the folder that the settings name, as they want it. Raises FolderUnfit, GitRefused or OSError."""
    if not table.sets:
        raise FolderUnfit("sets-off")
    parts = await asyncio.to_thread(bundle.files, gathered, files, words, inside=inside)
    return await laid(parts, gathered, Path(table.sets), commit=table.git)


async def laid(parts: Sequence[Part], gathered: Gathered, folder: Path, *, commit: bool) -> Laid:
    message = told(gathered) if commit else None
    return await set_folder.lay(parts, folder, gathered.name, gathered.of.batch.id, commit=message)


def told(gathered: Gathered) -> str:
    """A commit's one line."""
    count = tally(gathered)
    pictures = "picture" if count.pictures == 1 else "pictures"
    name = " ".join(gathered.of.batch.name.split())
    return f"{name}: {count.pictures} {pictures}, {count.kept} kept, {count.decided} of {count.standing} decided"


def clear(host: Path) -> None:
    """Nothing that was too large to be sent lies there any more: it can be had again, by whoever may."""
    shutil.rmtree(host, ignore_errors=True)
