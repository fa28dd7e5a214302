"""A set as files: slug.png for what is kept of each slug, the others numbered, receipts, verdicts, next file, page.

Every file has its place and bytes by the set alone, so that the same set always gives the same files.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path, PurePath

from bot.intake import next_file
from bot.intake.next_file import By, Left
from bot.ledger import batch_sets
from bot.ledger.batch_sets import BatchSet, Drawn
from bot.ledger.database import Connection
from bot.ledger.files import Files
from bot.nouns import Batch, Verdict
from bot.review import page
from bot.review.page import Shot
from bot.yours import manifest
from bot.yours.manifest import SET, VERDICTS, Manifest

PAGE, README = "review.html", "README.txt"
_TAKEN = frozenset(name.lower() for name in (SET, VERDICTS, PAGE, README, "receipts", "inputs"))
_ENDINGS = {"image/png": "png", "video/mp4": "mp4"}


@dataclass(frozen=True, slots=True)
class Worded:
    """What a set says in a person's language; `facts` are the names of a picture's figures."""

    page: Mapping[str, str]
    keys: Sequence[tuple[str, str]]
    facts: Mapping[str, str]
    readme: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """A set with the file that goes on, `next_text`, empty when nothing is left.

    `likenesses` are the names of the reference pictures that the file came with, by their digests.
    """

    of: BatchSet
    next_name: str
    next_text: str
    reasons: tuple[str, ...]
    likenesses: Mapping[str, str]

    @property
    def name(self) -> str:
        """What its folder or ZIP is called: the file's name and the end of the batch's id."""
        stem = PurePath(next_file.plain(self.of.batch.name)).stem
        return f"{stem}-{self.of.batch.id[-6:]}"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the set: its name, with `/` between folders, and its content or where that lies."""

    name: str
    content: bytes | Path

    def size(self) -> int:
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size

    def data(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


async def gather(connection: Connection, batch: Batch, by: By) -> Gathered:
    found = await batch_sets.of_batch(connection, batch)
    source = await asyncio.to_thread(next_file.source, batch.name, found.text, found.jobs)
    unfinished = await asyncio.to_thread(left, found)
    text = await next_file.written(connection, source, unfinished, by)
    reasons = next_file.complaints(by.taste.taxonomy)
    return Gathered(found, _own(next_file.name(batch.name)), text, reasons, source.likenesses)


def left(of: BatchSet) -> list[Left]:
    """What the next file is to have: everything of which nothing is kept, and nothing waits or is open."""
    slugs = [(item.number, item.slug) for item in of.items]
    if not slugs:  # a batch of before items were kept
        slugs = list(enumerate(dict.fromkeys(job.slug for job in of.jobs), 1))
    kept = [one.job.slug for one in of.drawn if one.verdict is Verdict.KEEP]
    unseen = [one.job.slug for one in of.standing if one.verdict is None]
    return next_file.left(slugs, of.jobs, {*kept, *unseen, *of.waiting})


def files(gathered: Gathered, store: Files, words: Worded, *, inside: bool) -> list[Part]:
    """All of it, pictures last. Takes as long as unpacking them: call it in a thread."""
    of = gathered.of
    here = [one for one in of.drawn if store.has(one.picture.sha256)]
    names = named(here)
    told = [Part(manifest.receipt_name(names[one.job.id]), _text(one)) for one in here]
    own = _own(next_file.plain(of.batch.name)) if of.text is not None else ""
    texts = {own: of.text or "", gathered.next_name: gathered.next_text}
    told += [Part(name, text.encode()) for name, text in texts.items() if name and text]
    told += [Part(VERDICTS, manifest.opinions(here, names).encode()), Part(README, words.readme.encode())]
    inside = inside and len(of.standing) <= page.MOST_INSIDE
    told += [Part(PAGE, _page(gathered, store, names, words, inside=inside))]
    pictures = [part for one in here for part in _pictures(one, names[one.job.id], store)]
    inputs = _inputs(gathered, store)
    pictures += [Part(name, store.path(digest)) for digest, name in inputs.items()]
    all_names = sorted([SET, *(part.name for part in [*told, *pictures])])
    manifest_text = _manifest(gathered, own, here, names, inputs, all_names)
    return [Part(SET, manifest_text.encode()), *told, *pictures]


def named(drawn: Sequence[Drawn]) -> dict[str, str]:
    """The name of each job's file. Of a slug the newest kept picture, else the newest, is slug.png; the others are
    numbered by age among all of that slug, so that a name stays when another picture comes."""
    found: dict[str, str] = {}
    by_age = sorted(drawn, key=lambda one: (one.job.slug, one.job.id))
    for slug, group in groupby(by_age, key=lambda one: one.job.slug):
        mine = list(group)
        best = max(mine, key=lambda one: (one.verdict is Verdict.KEEP, one.job.id))
        for number, one in enumerate(mine, 1):
            ending = _ENDINGS.get(one.picture.media, "png")
            found[one.job.id] = f"{slug}.{ending}" if one is best else f"{slug}.{number}.{ending}"
    return found


def _own(name: str) -> str:
    """No file that somebody named stands in the way of one of ours, or of a picture."""
    ending = name.rpartition(".")[2].lower()
    return f"prompts-{name}" if name.lower() in _TAKEN else f"{name}.txt" if ending in _ENDINGS.values() else name


def _text(one: Drawn) -> bytes:
    return manifest.receipt_text(one.picture.receipt).encode()


def _pictures(one: Drawn, name: str, store: Files) -> list[Part]:
    found = [Part(name, store.path(one.picture.sha256))]
    if (poster := _poster(one, name, store)) is not None and one.picture.poster:
        found.append(Part(poster, store.path(one.picture.poster)))
    return found


def _poster(one: Drawn, name: str, store: Files) -> str | None:
    """A clip's still."""
    there = one.picture.poster is not None and store.has(one.picture.poster)
    return f"{name.rpartition('.')[0]}.poster.png" if there else None


def _inputs(gathered: Gathered, store: Files) -> dict[str, str]:
    """The pictures that jobs of it start from or look at, by their digests: references by their names."""
    digests = sorted({digest for job in gathered.of.jobs for digest in job.order().inputs})
    return {one: gathered.likenesses.get(one, f"inputs/{one[:16]}.png") for one in digests if store.has(one)}


def _manifest(
    gathered: Gathered,
    own: str,
    here: Sequence[Drawn],
    names: Mapping[str, str],
    inputs: Mapping[str, str],
    all_names: Sequence[str],
) -> str:
    of = gathered.of
    kept = [manifest.kept(one, names[one.job.id], _poster_of(one, names, all_names)) for one in here]
    return manifest.written(
        Manifest(
            batch=_lasting(of.batch),
            file=own,
            next=gathered.next_name if gathered.next_text else "",
            items=of.items,
            asks=of.asks,
            jobs=of.jobs,
            pictures=tuple(kept),
            inputs=tuple(inputs.items()),
            files=tuple(all_names),
        )
    )


def _poster_of(one: Drawn, names: Mapping[str, str], all_names: Sequence[str]) -> str | None:
    name = f"{names[one.job.id].rpartition('.')[0]}.poster.png"
    return name if one.picture.poster and name in all_names else None


def _lasting(batch: Batch) -> Batch:
    """Without what belongs to this ledger alone."""
    return Batch(
        id=batch.id,
        key=batch.key,
        name=batch.name,
        asker=batch.asker,
        guild=batch.guild,
        channel=batch.channel,
        created_at=batch.created_at,
        digest=batch.digest,
        thread=batch.thread,
    )


def _page(gathered: Gathered, store: Files, names: Mapping[str, str], words: Worded, *, inside: bool) -> bytes:
    of = gathered.of
    clusters = {item.slug: item.cluster or "" for item in of.items}
    shown = [one for one in of.standing if one.job.id in names]
    shots = [_shot(one, names[one.job.id], clusters.get(one.job.slug, ""), store, words.facts) for one in shown]
    title = of.batch.name
    return page.render(title, of.batch.id, shots, words.page, words.keys, gathered.reasons, inside=inside)


def _shot(one: Drawn, name: str, cluster: str, store: Files, facts: Mapping[str, str]) -> Shot:
    job, moves = one.job, one.picture.media != "image/png"
    figures = {"seed": str(job.seed), "model": job.model, "size": f"{job.width} × {job.height}"}
    figures |= {"steps": str(job.steps), "negative": job.negative, "style": job.style or ""}
    return Shot(
        job=job.id,
        slug=job.slug,
        prompt=job.asked,
        file=store.path(one.picture.sha256),
        beside=name,
        width=job.width,
        height=job.height,
        cues=tuple(cue.phrase for cue in job.cues),
        facts=tuple((facts[key], value) for key, value in figures.items() if value),
        verdict=one.verdict or "",
        said=tuple(dict.fromkeys(sign.mark.words for sign in one.signs if sign.mark.words)),
        cluster=cluster,
        moves=moves,
    )
