"""A set as JSON, in whole: set.json for programs, verdicts.json also for people, and back again. Pure.

set.json        the batch, what its file asked for, every job that ended and every picture, with its file's name
verdicts.json   what each person thinks of each picture, in the shape of hand-kept reviews (docs/yours.md)
receipts/…      how each picture came to be
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.errors import FolderUnfit
from bot.ledger.batch_sets import Asked, BatchSet, Drawn, Sign
from bot.nouns import PASTED, WORDS, Batch, BatchItem, Job, Mark, Notice, NoticeKind, Picture, Verdict
from bot.yours.writing import FROM, date
from gpu_agent.order import Receipt

Read = TypeVar("Read")
SET, VERDICTS = "set.json", "verdicts.json"
_WHAT, _VERSION = "batch", 1
_LONG = frozenset(("asker", "guild", "channel", "thread", "message", "person", "origin", "by"))
"""Ids of Discord are written as text: they are longer than many programs' numbers."""


@dataclass(frozen=True, slots=True)
class Post:
    """Where a picture stands on Discord, since when in UTC seconds, and the notice that says it."""

    notice: str
    channel: int
    message: int
    created_at: float
    said_at: float | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture: its file in the set and that of a clip's poster, with their digests."""

    job: str
    file: str
    sha256: str
    bytes: int
    receipt: str
    seconds: float
    peak: int
    joules: float | None
    created_at: float
    media: str = "image/png"
    poster: str | None = None
    poster_file: str | None = None
    post: Post | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """set.json. `next` is the name of the file that goes on, `files` are all of the set, `inputs` digests and names of
    the pictures that jobs of it take along."""

    batch: Batch
    file: str
    next: str
    items: tuple[BatchItem, ...]
    asks: tuple[Asked, ...]
    jobs: tuple[Job, ...]
    pictures: tuple[Kept, ...]
    inputs: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    version: int = _VERSION


@dataclass(frozen=True, slots=True)
class Signed:
    """A mark of verdicts.json: `sign` is a reaction, or says that it was words."""

    message: int
    sign: str
    verdict: Verdict
    words: str
    at: float


@dataclass(frozen=True, slots=True)
class Said:
    """What one person thinks of one picture, as verdicts.json has it."""

    job: str
    person: int
    signs: tuple[Signed, ...]


_MANIFEST, _SAID = TypeAdapter(Manifest), TypeAdapter(list[Said])
_PARTS: Mapping[str, TypeAdapter[Any]] = {
    "items": TypeAdapter(BatchItem),
    "asks": TypeAdapter(Asked),
    "jobs": TypeAdapter(Job),
    "pictures": TypeAdapter(Kept),
}


def written(manifest: Manifest) -> str:
    """Part by part: dumping all of it at once would let nothing else run meanwhile."""
    bare = replace(manifest, **dict.fromkeys(_PARTS, ()))  # type: ignore[arg-type]  # each of them is a tuple
    told = {"from": FROM, "what": _WHAT, **_MANIFEST.dump_python(bare, mode="json")}
    for name, kind in _PARTS.items():
        told[name] = [kind.dump_python(one, mode="json") for one in getattr(manifest, name)]
    return _json(_as_text(told))


def read(text: str, name: str) -> Manifest:
    """Raises FolderUnfit for what is no set, or one of a later program."""
    told = _told(text, name)
    if not isinstance(told, dict) or (told.get("from"), told.get("what")) != (FROM, _WHAT):
        raise FolderUnfit("set-unfit", name=name, fault="it is not the set of a batch")
    if told.get("version") != _VERSION:
        raise FolderUnfit("set-unfit", name=name, fault=f"it is of version {told.get('version')}")
    return _valid(_MANIFEST, told, name)


def opinions(drawn: Sequence[Drawn], names: Mapping[str, str]) -> str:
    """verdicts.json: for each picture and person what counts, the strictest of their signs."""
    return _json([_as_text(_review(one, person, names)) for one in drawn for person in _people(one)])


def signs(text: str, name: str) -> dict[str, tuple[Sign, ...]]:
    """The marks of each job, in the order they were set."""
    found: dict[str, list[Sign]] = {}
    for said in _valid(_SAID, _told(text, name), name):
        for one in said.signs:
            mark = Mark(one.message, said.job, said.person, one.sign, one.verdict, one.words)
            found.setdefault(said.job, []).append(Sign(mark, one.at))
    return {job: tuple(sorted(of_job, key=lambda sign: sign.at)) for job, of_job in found.items()}


def kept(drawn: Drawn, file: str, poster: str | None) -> Kept:
    picture, post = drawn.picture, drawn.post
    said = Post(post.id, post.channel, post.message, post.created_at, post.said_at) if post and post.message else None
    return Kept(
        job=drawn.job.id,
        file=file,
        sha256=picture.sha256,
        bytes=picture.bytes,
        receipt=receipt_name(file),
        seconds=picture.seconds,
        peak=picture.peak,
        joules=picture.joules,
        created_at=picture.created_at,
        media=picture.media,
        poster=picture.poster,
        poster_file=poster,
        post=said,
    )


def receipt_name(file: str) -> str:
    return f"receipts/{file.rpartition('.')[0]}.json"


def receipt_text(receipt: Receipt) -> str:
    return _json(receipt.model_dump(mode="json"))


def receipt(text: str, name: str) -> Receipt:
    """Raises FolderUnfit."""
    return _valid(TypeAdapter(Receipt), _told(text, name), name)


def assembled(
    manifest: Manifest, text: str | None, receipts: Mapping[str, Receipt], said: Mapping[str, tuple[Sign, ...]]
) -> BatchSet:
    """The set as it was, with what counts left to the ledger that takes it. Raises FolderUnfit."""
    by_id = {job.id: job for job in manifest.jobs}
    if strays := [one.job for one in manifest.pictures if one.job not in by_id]:
        raise FolderUnfit("set-unfit", name=SET, fault=f"there is no job {strays[0]}")
    drawn = [_drawn(one, by_id[one.job], receipts[one.job], said.get(one.job, ())) for one in manifest.pictures]
    batch = replace(manifest.batch, entry=None, slot=None, paused_at=None)
    return BatchSet(batch, text, manifest.items, manifest.asks, manifest.jobs, tuple(drawn))


def _drawn(one: Kept, job: Job, receipt: Receipt, said: tuple[Sign, ...]) -> Drawn:
    names = ("sha256", "bytes", "seconds", "peak", "joules", "created_at", "media", "poster")
    picture = Picture(job=one.job, receipt=receipt, **{name: getattr(one, name) for name in names})
    return Drawn(job, picture, _notice(one), said)


def _notice(one: Kept) -> Notice | None:
    if (post := one.post) is None:
        return None
    kind, when = NoticeKind.PICTURE, post.created_at
    return Notice(post.notice, kind, post.channel, when, job=one.job, said_at=post.said_at, message=post.message)


def _people(one: Drawn) -> list[int]:
    return sorted({sign.mark.person for sign in one.signs})


def _review(one: Drawn, person: int, names: Mapping[str, str]) -> dict[str, Any]:
    mine = [sign for sign in one.signs if sign.mark.person == person]
    order = (Verdict.KEEP, Verdict.REROLL, Verdict.REJECT)
    words = {sign.mark.emoji: sign.mark.words for sign in mine}
    reasons = [words[key] for key in sorted(words, key=lambda key: (key != WORDS, key != PASTED, key)) if words[key]]
    return {
        "slug": one.job.slug,
        "verdict": max((sign.mark.verdict for sign in mine), key=order.index),
        "reason": "\n".join(reasons),
        "date": date(max(sign.at for sign in mine)),
        "person": person,
        "job": one.job.id,
        "model": one.job.model,
        "prompt": one.job.prompt,
        "seed": one.job.seed,
        "image": names[one.job.id],
        "signs": [_signed(sign) for sign in mine],
    }


def _signed(sign: Sign) -> dict[str, Any]:
    mark = sign.mark
    told = {"message": mark.message, "sign": mark.emoji, "verdict": mark.verdict, "words": mark.words}
    return {**told, "at": sign.at}


def _as_text(value: Any, name: str = "") -> Any:
    """Ids as text, wherever they stand."""
    if isinstance(value, dict):
        return {key: _as_text(inner, key) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_as_text(inner, name) for inner in value]
    return str(value) if name in _LONG and isinstance(value, int) and not isinstance(value, bool) else value


def _json(told: Any) -> str:
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _told(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FolderUnfit("set-unfit", name=name, fault=str(error)[:80]) from error


def _valid(kind: TypeAdapter[Read], told: Any, name: str) -> Read:
    try:
        return kind.validate_python(told)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise FolderUnfit("set-unfit", name=name, fault=f"{place}: {first['msg']}") from error
