"""Pictures that were rendered elsewhere → jobs that are rendered, with a picture and a notice that posts it.

What a file says of its prompt and seed is kept, its pixels are packed anew, and nothing else of it. The same file for
the same slug comes once.
"""

import asyncio
import hashlib
import lzma
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath

from bot.clock import Clock, new_id
from bot.errors import BadInput, BadSlug, FolderUnfit
from bot.intake import slugs
from bot.ledger import jobs, notices, pictures
from bot.ledger.database import Connection, Database
from bot.ledger.files import Files
from bot.nouns import IMPORTED, Job, JobState, Notice, NoticeKind, Picture
from bot.review import admit, foreign
from bot.yours import fields, identity, receipts
from gpu_agent.value import Facts

MOST = 500
MOST_BYTES = 64 * 1024 * 1024
"""Of one file."""
MOST_UNPACKED = 512 * 1024 * 1024
_ENDINGS = {".png", ".jpg", ".jpeg", ".webp"}
_UNPACKED = (OSError, zipfile.BadZipFile, RuntimeError, EOFError, zlib.error, lzma.LZMAError)
_COUNTED = re.compile(r"[-_ ]+\d{3,}[-_ ]*$")  # what ComfyUI and others put behind a name


@dataclass(frozen=True, slots=True)
class Found:
    """A picture's name, as a person reads it, the slug it tells, and where its bytes are."""

    name: str
    slug: str
    source: Path | tuple[zipfile.ZipFile, str] | bytes

    def data(self) -> bytes:
        """At most one byte more than is taken."""
        if isinstance(self.source, bytes):
            return self.source
        opened = self.source.open("rb") if isinstance(self.source, Path) else self.source[0].open(self.source[1])
        with opened as file:
            return file.read(MOST_BYTES + 1)


@dataclass(frozen=True, slots=True)
class Into:
    """Where they are posted and who brought them. `model` says what drew them, if a person knows."""

    guild: int
    channel: int
    asker: int
    model: str = ""
    archetype: str | None = None
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Brought:
    """`known` ones were there before; the `broken` are left out, each with its refusal's kind and facts."""

    new: int
    known: int
    broken: tuple[tuple[str, Facts], ...]


@dataclass(frozen=True, slots=True)
class _Ready:
    key: str
    job: Job
    picture: Picture


def of_folder(folder: Path) -> list[Found]:
    """Every picture below it; in a folder of its own, that folder's name is the slug. Raises FolderUnfit."""
    if not folder.is_dir():
        raise FolderUnfit("folder-missing", folder=str(folder))
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in _ENDINGS and file.is_file())
    names = [(file, PurePosixPath(file.relative_to(folder).as_posix())) for file in files]
    shown = [(file, name) for file, name in names if not any(part.startswith(".") for part in name.parts)]
    found = [Found(str(name), slug(name), file) for file, name in shown]
    return _bounded(found, str(folder), MOST)


def of_file(data: bytes, name: str) -> Found:
    return Found(name, slug(PurePosixPath(name)), data)


def of_zip(data: bytes, name: str, most: int = MOST) -> list[Found]:
    """The pictures in it, which stay packed until each is wanted. Raises FolderUnfit."""
    try:
        packed = zipfile.ZipFile(BytesIO(data))
        inside = [one for one in packed.infolist() if PurePosixPath(one.filename).suffix.lower() in _ENDINGS]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FolderUnfit("zip-unfit", name=name, fault=str(error)) from error
    if any(one.flag_bits & 1 for one in inside):
        raise FolderUnfit("zip-unfit", name=name, fault="it has a password")
    if sum(one.file_size for one in inside) > MOST_UNPACKED:
        raise FolderUnfit("zip-vast", name=name, most=MOST_UNPACKED)
    hidden = ("__MACOSX/", ".")
    named = [one.filename for one in inside if not one.filename.startswith(hidden)]
    return _bounded([Found(one, slug(PurePosixPath(one)), (packed, one)) for one in sorted(named)], name, most)


def _bounded(found: list[Found], name: str, most: int) -> list[Found]:
    if not found:
        raise FolderUnfit("folder-bare", folder=name)
    if len(found) > most:
        raise FolderUnfit("too-many-pictures", count=len(found), name=name, most=most)
    return found


def slug(name: PurePosixPath) -> str:
    """What a file's place tells: its folder, else its name without a number behind it."""
    parent = name.parent.name
    told = fields.plain(parent or _COUNTED.sub("", name.stem))[: slugs.LONGEST].strip("-")
    try:
        return slugs.checked(told)
    except BadSlug:
        return slugs.derived(name.stem)


async def bring(db: Database, files: Files, clock: Clock, found: Sequence[Found], into: Into) -> Brought:
    """All that can be read, posted in this order; committed when it returns."""
    ready, broken = [], []
    for one in found:
        try:
            ready.append(await asyncio.to_thread(_ready, one, files, into, clock))
        except BadInput as error:
            broken.append((error.kind, error.facts))
        except _UNPACKED as error:
            broken.append(("unreadable", {"value": f"{one.name}: {error}"}))
    async with db.transaction() as connection:
        new = [await _inserted(connection, one, clock) for one in ready]
    return Brought(sum(new), len(new) - sum(new), tuple(broken))


def _ready(one: Found, files: Files, into: Into, clock: Clock) -> _Ready:
    data = one.data()
    if len(data) > MOST_BYTES:
        raise BadInput("input-heavy", name=one.name, bytes=len(data), most=MOST_BYTES)
    admitted, said = admit.picture(data, one.name), foreign.read(data)
    name = into.slug or one.slug
    digest = identity.digest(name, hashlib.sha256(data).hexdigest())
    job = _job(said, into, name, (admitted.width, admitted.height), clock)
    file = files.store(admitted.png)
    receipt = receipts.of(job, file, said.sampler, said.model)
    return _Ready(
        f"brought:{digest}", job, Picture(job.id, file, len(admitted.png), receipt, 0.0, 0, None, job.created_at)
    )


def _job(said: foreign.Said, into: Into, name: str, size: tuple[int, int], clock: Clock) -> Job:
    now = clock.now()
    return Job(
        id=new_id(clock),
        ask=new_id(clock),
        index=0,
        asker=into.asker,
        guild=into.guild,
        channel=into.channel,
        slug=name,
        model=into.model or IMPORTED,
        asked=said.prompt,
        prompt=said.prompt,
        negative=said.negative,
        seed=said.seed or 0,
        width=size[0],
        height=size[1],
        steps=min(max(said.steps or 1, 1), 200),
        guidance=min(max(said.guidance or 0.0, 0.0), 50.0),
        created_at=now,
        archetype=into.archetype,
        state=JobState.RENDERED,
        ended_at=now,
    )


async def _inserted(connection: Connection, one: _Ready, clock: Clock) -> bool:
    """False when it was brought before."""
    if not await jobs.insert_ask(connection, one.job.ask, one.key, None, one.job.created_at):
        return False
    await jobs.insert(connection, one.job)
    await pictures.insert(connection, one.picture)
    notice = Notice(new_id(clock), NoticeKind.PICTURE, one.job.channel, clock.now(), job=one.job.id)
    await notices.make_due(connection, notice)
    return True
