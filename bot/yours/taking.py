"""Hand-kept reviews → jobs, pictures and verdicts: all of them in one transaction, and what is there already stays.

A review's picture is known by its job, by its image, or by its seed and prompt; without any of these every entry is a
picture of its own. Of several reviews of one picture by one person the latest counts.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.clock import Clock
from bot.errors import BadInput
from bot.ledger import jobs, pictures, verdicts
from bot.ledger.database import Connection, Database
from bot.ledger.files import Files
from bot.nouns import IMPORTED, WORDS, Job, JobState, Mark, Picture
from bot.review import admit
from bot.yours import identity, receipts
from bot.yours.handkept import Filed
from bot.yours.shapes import Review

KEY = "handkept"


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it. `known` reviews were there before; `bare` pictures are without their image."""

    pictures: int
    verdicts: int
    known: int
    bare: int


@dataclass(frozen=True, slots=True)
class Kept:
    """One picture with what each person thinks of it; `file` is its image in the bot's files.

    By its `key` it is recognised, so that the same one comes once.
    """

    key: str
    job: Job
    reviews: tuple[tuple[int, float, Review], ...]
    image: Path | None
    file: str | None = None
    bytes: int = 0


async def take(db: Database, files: Files, clock: Clock, filed: Sequence[Filed], person: int, images: Path) -> Taken:
    """`person` said what names nobody; `images` is where images are sought besides each file's own folder."""
    gathered = _gathered(filed, person, images)
    async with db.reading() as connection:
        known = {one.key for one in gathered if await _there(connection, one)}
    whole = [one if one.key in known else await asyncio.to_thread(_stored, one, files) for one in gathered]
    said = 0
    async with db.transaction() as connection:
        for one in whole:
            job = await _brought(connection, one, clock.now())
            said += sum([await _spoken(connection, job, each) for each in one.reviews]) if job else 0
    new = [one for one in whole if one.key not in known]
    told = sum(len(one.reviews) for one in whole)
    return Taken(len(new), said, told - said, sum(one.file is None for one in new))


def _gathered(filed: Sequence[Filed], person: int, images: Path) -> list[Kept]:
    seen: Counter[str] = Counter()
    found: dict[str, list[tuple[Filed, int, float]]] = {}
    for one in filed:
        at = one.review.at or one.written_at
        found.setdefault(_picture(one.review, seen), []).append((one, one.review.person or person, at))
    return [_kept(digest, group, images) for digest, group in found.items()]


def _picture(review: Review, seen: Counter[str]) -> str:
    """What its picture is known by."""
    if review.job:
        return identity.digest("job", review.job)
    if review.image or review.seed is not None:
        return identity.digest(review.slug, review.image, review.seed, review.prompt, review.model)
    own = identity.digest(review.slug, review.prompt, review.model, review.at, review.verdict, review.words)
    seen[own] += 1
    return identity.digest(own, seen[own])


def _kept(digest: str, group: Sequence[tuple[Filed, int, float]], images: Path) -> Kept:
    latest: dict[int, tuple[int, float, Review]] = {}
    for one, person, at in sorted(group, key=lambda each: each[2]):
        latest[person] = (person, at, one.review)
    first, asker, _ = group[0]
    at = min(at for _, _, at in group)
    image = next((path for one, _, _ in group if (path := _image(one, images)) is not None), None)
    return Kept(f"{KEY}:{digest}", _job(first.review, digest, asker, at), tuple(latest.values()), image)


def _image(one: Filed, images: Path) -> Path | None:
    """Only files below these folders: what a ledger names may come from anybody."""
    if not one.review.image:
        return None
    name = one.review.image.replace("\\", "/")
    for folder in (one.folder, images):
        path = (folder / name).resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file():
            return path
    return None


def _job(review: Review, digest: str, asker: int, at: float) -> Job:
    job = review.job or identity.job_id(at, digest)
    return Job(
        id=job,
        ask=identity.job_id(at, identity.digest("ask", job)),
        index=0,
        asker=asker,
        guild=0,
        channel=0,
        slug=review.slug,
        model=review.model or IMPORTED,
        asked=review.asked or review.prompt,
        prompt=review.prompt or review.asked,
        negative=review.negative,
        seed=review.seed or 0,
        width=review.width,
        height=review.height,
        steps=review.steps or 1,
        guidance=review.guidance,
        created_at=at,
        archetype=review.archetype,
        state=JobState.RENDERED,
        ended_at=at,
    )


def _stored(one: Kept, files: Files) -> Kept:
    """With its image in the bot's files, if that is there and a picture."""
    if one.image is None:
        return one
    try:
        admitted = admit.picture(one.image.read_bytes(), one.image.name)
    except (BadInput, OSError):
        return one
    job = replace(one.job, width=admitted.width, height=admitted.height)
    return replace(one, job=job, file=files.store(admitted.png), bytes=len(admitted.png))


async def _there(connection: Connection, one: Kept) -> bool:
    return bool(await jobs.of_ask_key(connection, one.key)) or await jobs.get(connection, one.job.id) is not None


async def _brought(connection: Connection, one: Kept, now: float) -> str | None:
    """The id of its job, new or from before; None for a picture of the bot's own, which is judged on Discord."""
    before = await jobs.of_ask_key(connection, one.key)
    if before:
        return before[0].id
    if await jobs.get(connection, one.job.id) is not None:
        return None
    await jobs.insert_ask(connection, one.job.ask, one.key, None, one.job.created_at)
    await jobs.insert(connection, one.job)
    if one.file is not None:
        receipt = receipts.of(one.job, one.file)
        await pictures.insert(connection, Picture(one.job.id, one.file, one.bytes, receipt, 0.0, 0, None, now))
    return one.job.id


async def _spoken(connection: Connection, job: str, said: tuple[int, float, Review]) -> bool:
    """The person thinks so now and nothing else; False when that is what counted before."""
    person, at, review = said
    if any(one.person == person and one.at > at for one in await verdicts.of_job(connection, job)):
        return False  # an older file, brought after a newer one
    message = identity.message_of(job)
    wanted = list(_marks(message, job, person, review))
    keys = {mark.emoji for mark in wanted}
    standing = {emoji for who, emoji in await verdicts.standing(connection, message) if who == person} | {WORDS}
    gone = [await verdicts.clear_mark(connection, message, person, emoji, at) for emoji in sorted(standing - keys)]
    come = [await verdicts.set_mark(connection, mark, at) for mark in wanted]
    return any(gone + come)


def _marks(message: int, job: str, person: int, review: Review) -> Iterable[Mark]:
    if review.words or not review.reactions:
        yield Mark(message, job, person, WORDS, review.verdict, review.words)
    for emoji in review.reactions:
        yield Mark(message, job, person, emoji, review.verdict)
