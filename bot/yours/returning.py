"""A set that was handed out → the same set in a ledger: batch, jobs, pictures, posts, opinions, in one transaction.

What is there already stays as it is, so that it can be done again. Files are looked at before anything is stored, by
the names and digests of set.json; nothing else of the folder or ZIP is read. Nothing is posted.
"""

import asyncio
import hashlib
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import BadSlug, FolderUnfit, PictureBroken
from bot.intake import slugs
from bot.ledger import batch_sets, jobs, privacy
from bot.ledger.batch_sets import BatchSet, Drawn
from bot.ledger.database import Connection, Database
from bot.ledger.files import Files
from bot.nouns import Job, JobState
from bot.review import check
from bot.yours import manifest
from bot.yours.manifest import SET, VERDICTS, Kept, Manifest
from bot.yours.set_folder import inside
from gpu_agent.order import Receipt

MOST_BYTES = 256 * 1024 * 1024
"""Of one file of a set."""
_BROKEN = (OSError, zipfile.BadZipFile, RuntimeError, EOFError, zlib.error, NotImplementedError)
_ENDED = (JobState.RENDERED, JobState.FAILED, JobState.CANCELLED)
_STILL = "image/png"


@dataclass(frozen=True, slots=True)
class Returned:
    """`known` pictures were there before; `forgotten` ones, and opinions, are of people who want no trace left."""

    batch: str
    pictures: int
    opinions: int
    known: int
    forgotten: int


class Source:
    """The files of a set by name, in a folder or in ZIPs that belong together."""

    def __init__(self, folder: Path | None, packed: Sequence[zipfile.ZipFile]) -> None:
        self._folder = folder
        self._packed = {name: one for one in packed for name in one.namelist()}

    def read(self, name: str) -> bytes:
        """Raises FolderUnfit for what is not there, too much, or broken."""
        try:
            data = self._read(name)
        except (KeyError, *_BROKEN) as error:
            raise FolderUnfit("set-lacks", name=name, fault=str(error)) from error
        if len(data) > MOST_BYTES:
            raise FolderUnfit("set-lacks", name=name, fault=f"it has more than {MOST_BYTES // 2**20} MB")
        return data

    def _read(self, name: str) -> bytes:
        if not inside(name):
            raise KeyError("it lies outside of the set")
        if self._folder is None:
            with self._packed[name].open(name) as opened:
                return opened.read(MOST_BYTES + 1)
        file = (self._folder / name).resolve()
        if not file.is_relative_to(self._folder.resolve()):
            raise KeyError("it lies outside of the set")
        with file.open("rb") as found:
            return found.read(MOST_BYTES + 1)


@contextmanager
def opened(sources: Sequence[Path]) -> Iterator[Source]:
    """A folder, a ZIP, or all the ZIPs that a set came in. Raises FolderUnfit."""
    if len(sources) == 1 and sources[0].is_dir():
        yield Source(sources[0], ())
        return
    with ExitStack() as stack:
        try:
            packed = [stack.enter_context(zipfile.ZipFile(one)) for one in sources]
        except _BROKEN as error:
            raise FolderUnfit("set-lacks", name=SET, fault=str(error)) from error
        yield Source(None, packed)


async def bring(db: Database, files: Files, source: Source, guild: int) -> Returned:
    """The whole set, committed when it returns. Posts are kept in the guild where they stand. Raises FolderUnfit."""
    told = await asyncio.to_thread(_manifest, source)
    found = await asyncio.to_thread(_read, source, told, guild)
    async with db.reading() as connection:
        found, gone = await _without_forgotten(connection, found)
        there = {job.id for job in found.jobs if await jobs.get(connection, job.id) is not None}
    fresh = {job.id for job in found.jobs} - there
    new = [one for one in found.drawn if one.job.id in fresh]
    kept = {one.job: one for one in told.pictures}
    await asyncio.to_thread(_store, new, kept, source, files)
    await asyncio.to_thread(_store_inputs, found.jobs, told.inputs, source, files)
    async with db.transaction() as connection:
        await batch_sets.put(connection, found, fresh)
    people = sum(len({sign.mark.person for sign in one.signs}) for one in new)
    return Returned(found.batch.name, len(new), people, len(found.drawn) - len(new), gone)


def _read(source: Source, told: Manifest, guild: int) -> BatchSet:
    _check(told)
    text = source.read(told.file).decode("utf-8", "replace") if told.file else None
    said = manifest.signs(source.read(VERDICTS).decode("utf-8", "replace"), VERDICTS)
    receipts = {one.job: _receipt(source, one) for one in told.pictures}
    found = manifest.assembled(told, text, receipts, said)
    return found if found.batch.guild == guild else _elsewhere(found)


def _manifest(source: Source) -> Manifest:
    return manifest.read(source.read(SET).decode("utf-8", "replace"), SET)


def _receipt(source: Source, one: Kept) -> Receipt:
    return manifest.receipt(source.read(one.receipt).decode("utf-8", "replace"), one.receipt)


def _check(told: Manifest) -> None:
    """Slugs become names of files, what has not ended would be rendered, and what was drawn can be drawn again."""
    try:
        for slug in {*(job.slug for job in told.jobs), *(item.slug for item in told.items)}:
            slugs.checked(slug)
    except BadSlug as error:
        raise FolderUnfit("set-unfit", name=SET, fault=f"slug: {error.facts['slug']}") from error
    for job in told.jobs:
        if job.state not in _ENDED or not job.ended_at:
            raise FolderUnfit("set-unfit", name=SET, fault=f"job {job.id} has not ended")
        try:
            job.order()
        except ValueError as error:
            raise FolderUnfit("set-unfit", name=SET, fault=f"job {job.id} could not be drawn") from error


def _elsewhere(found: BatchSet) -> BatchSet:
    """In another guild there are neither these posts nor this thread."""
    drawn = tuple(replace(one, post=None) for one in found.drawn)
    return replace(found, batch=replace(found.batch, thread=None), drawn=drawn)


async def _without_forgotten(connection: Connection, found: BatchSet) -> tuple[BatchSet, int]:
    """What somebody had taken away does not come back by an old copy."""
    people = {job.asker for job in found.jobs} | {sign.mark.person for one in found.drawn for sign in one.signs}
    until = await privacy.forgotten(connection, people)
    stays = tuple(job for job in found.jobs if job.created_at > until.get(job.asker, 0.0))
    ids = {job.id for job in stays}
    drawn = [_without(one, until) for one in found.drawn if one.job.id in ids]
    gone = sum(len(one.signs) for one in found.drawn) - sum(len(one.signs) for one in drawn)
    asks = {job.ask for job in stays} if len(stays) < len(found.jobs) else {ask.id for ask in found.asks}
    return (
        replace(
            found,
            text=found.text if found.batch.created_at > until.get(found.batch.asker, 0.0) else None,
            jobs=stays,
            drawn=tuple(drawn),
            asks=tuple(ask for ask in found.asks if ask.id in asks),
            items=tuple(item for item in found.items if item.ask in asks),
        ),
        gone + len(found.jobs) - len(stays),
    )


def _without(one: Drawn, until: Mapping[int, float]) -> Drawn:
    return replace(one, signs=tuple(sign for sign in one.signs if sign.at > until.get(sign.mark.person, 0.0)))


def _store(new: Sequence[Drawn], kept: Mapping[str, Kept], source: Source, files: Files) -> None:
    for one in new:
        told = kept[one.job.id]
        fresh = not files.has(told.sha256)
        _stored(source, files, told.file, told.sha256)
        try:
            _look(files.path(told.sha256), one, told)
        except PictureBroken as error:
            if fresh:
                files.remove(told.sha256)
            raise FolderUnfit("set-lacks", name=told.file, fault=str(error.facts.get("fault"))) from error
        if told.poster is not None and told.poster_file is not None:
            _stored(source, files, told.poster_file, told.poster)


def _store_inputs(wanted: Sequence[Job], inputs: Sequence[tuple[str, str]], source: Source, files: Files) -> None:
    """Only what jobs of the set name."""
    named = {digest for job in wanted for digest in job.order().inputs}
    for digest, name in inputs:
        if digest in named:
            _stored(source, files, name, digest)


def _stored(source: Source, files: Files, name: str, sha256: str) -> None:
    if files.has(sha256):
        return
    data = source.read(name)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise FolderUnfit("set-lacks", name=name, fault="it is not the file that was handed out")
    files.store(data)


def _look(path: Path, one: Drawn, told: Kept) -> None:
    """By the same eyes as what a tower sends. Raises PictureBroken."""
    if told.media == _STILL:
        check.check(path, one.job.width, one.job.height)
    else:
        check.check_clip(path)
