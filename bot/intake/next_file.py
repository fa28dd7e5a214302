"""The file that goes on where a batch ended: what is not kept yet, with today's cues in its prompts and new seeds.

Everything else of an item stands as it stood in the file it came from; what the other members of its cluster said of
the looks is written into it, because some of them may be kept and gone.
"""

import asyncio
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from bot.errors import BatchFault, Refusal
from bot.intake import clusters, formats, models, presets
from bot.intake.assembling import again, assemble, places
from bot.intake.drafts import Draft, draft
from bot.intake.fields import Likeness
from bot.intake.item import parse
from bot.intake.rawitem import DEFAULTS, RawItem
from bot.intake.references import is_file
from bot.ledger import cues
from bot.ledger.database import Connection
from bot.ledger.privacy import GONE
from bot.nouns import Job, JobState
from bot.settings import Limits
from bot.taste.compose import asked_negative
from bot.taste.cues import Taste
from bot.taste.taxonomy import Taxonomy
from gpu_agent.stock import ShelfModel

_LONGEST, _LONGEST_ENDING = 80, 10  # characters
_SEEDS = 2**32
_DEEP = 50  # the file was read before, by whatever limit there was
_LIKENESS = ".reference.png"  # no slug has a dot
_OWN = frozenset(("seed", "reference"))
_CHIPS = 18
_OF_A_REASON = 4
_NUMBERED = re.compile(r"(?P<name>.*?)(?P<number>\d{1,6})")


@dataclass(frozen=True, slots=True)
class Left:
    """A slug that is not finished: its jobs, oldest first. `seen` when people saw a picture and did not keep it."""

    slug: str
    number: int
    jobs: tuple[Job, ...]
    seen: bool


@dataclass(frozen=True, slots=True)
class By:
    """By what prompts are composed: the towers' names, the limits, what is learned from, and the moment in seconds."""

    towers: Sequence[str]
    limits: Limits
    taste: Taste
    now: float


@dataclass(frozen=True, slots=True)
class Source:
    """The file that a batch came from, read. `likenesses` are the names that its reference pictures have in the set, by
    their digests: a picture's name there is slug.png, and none of them stands in the way of another."""

    items: Mapping[int, RawItem]
    defaults: RawItem
    likenesses: Mapping[str, str]


def name(of: str) -> str:
    """prompts-batch-3.yaml goes on as prompts-batch-4.json."""
    stem = PurePath(plain(of)).stem
    if (found := _NUMBERED.fullmatch(stem)) is None:
        return f"{stem}-2.json"
    return f"{found['name']}{int(found['number']) + 1}.json"


def plain(of: str) -> str:
    """A file's name that every system takes."""
    name = PurePath(of.replace("\\", "/"))
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", name.stem).strip("-.")[:_LONGEST].strip("-.")
    return (stem or "prompts") + re.sub(r"[^A-Za-z0-9.]", "", name.suffix)[:_LONGEST_ENDING]


def source(file: str, text: str | None, jobs: Sequence[Job]) -> Source:
    """Takes a second for thousands of items: call it in a thread."""
    raws = {raw.number: raw for raw in _read(file, text or "")}
    defaults = raws.pop(DEFAULTS, RawItem(DEFAULTS, 1))
    said = {str(raw.fields.get("slug")): raw.fields.get("reference") for raw in raws.values()}
    usual, found = defaults.fields.get("reference"), dict[str, str]()
    for job in jobs:
        meant = _meant(usual if said.get(job.slug) is None else said[job.slug])
        if meant is not None and job.extras.reference is not None:
            digest = job.extras.reference.image
            stem = PurePath(plain(meant.picture)).stem
            taken = f"{stem}{_LIKENESS}" in found.values()
            found.setdefault(digest, f"{stem}.{digest[:6]}{_LIKENESS}" if taken else f"{stem}{_LIKENESS}")
    return Source(raws, defaults, found)


def _read(file: str, text: str) -> Iterator[RawItem]:
    """As far as it can be read: a file that was accepted once can."""
    try:
        yield from formats.reader(file, text)(text, _DEEP) if text else ()
    except BatchFault:
        return


def _meant(reference: object) -> Likeness | None:
    """The picture in a file that a reference names; None for a slug, and for what cannot be read."""
    meant = parse(RawItem(DEFAULTS, 1, {"reference": reference}))[0].reference
    return meant if meant is not None and is_file(meant.picture) else None


async def written(connection: Connection, source: Source, left: Sequence[Left], by: By) -> str:
    """The text of the next file, as JSON; empty when nothing is left."""
    if not left:
        return ""
    woven = await _woven(connection, left, by)
    return await asyncio.to_thread(_text, source, left, woven)


async def _woven(connection: Connection, left: Sequence[Left], by: By) -> dict[str, Job]:
    """By slug the job that would be made of it now; none for what cannot be drawn any more."""
    known = await models.offered(connection, by.towers)
    styles = await presets.known(connection)
    drafts = await asyncio.to_thread(_drafts, left, known, by.limits, styles)
    learned = await cues.learned(connection, {place for one in drafts for place in places(one)})
    names = [f"{number}" for number in range(len(drafts))]
    made = await asyncio.to_thread(assemble, drafts, names, names, None, by.now, learned, by.taste)
    return {job.slug: job for job in made}


def _drafts(left: Sequence[Left], known: Sequence[ShelfModel], limits: Limits, styles: presets.Styles) -> list[Draft]:
    drafts = []
    for one in left:
        if one.jobs:
            try:
                drafts.append(draft(again(one.jobs[0], "", 0), known, limits.pictures_per_ask, styles=styles))
            except Refusal:
                continue
    return drafts


def _text(source: Source, left: Sequence[Left], woven: Mapping[str, Job]) -> str:
    gathered = clusters.gathered(source.items.values(), source.defaults.fields)
    shared = {name: value for name, value in source.defaults.fields.items() if name not in _OWN and value is not None}
    items = []
    for one in left:
        raw = source.items.get(one.number)
        if raw is None or raw.fields.get("slug") != one.slug:
            items.append(_bare(one, woven.get(one.slug)))
            continue
        cluster = clusters.named(raw, source.defaults.fields)
        whole = gathered[cluster].filled(raw) if cluster else raw
        items.append(_item(source, whole, one, woven.get(one.slug), clustered=cluster is not None))
    told = {"defaults": shared, "items": items} if shared else items
    return json.dumps(told, indent=2, ensure_ascii=False, default=str) + "\n"


def _item(source: Source, raw: RawItem, one: Left, woven: Job | None, *, clustered: bool) -> dict[str, object]:
    """A picture that was seen gets another seed; one that nobody saw is drawn as it was asked for."""
    fields = {name: value for name, value in raw.fields.items() if value is not None and name not in _OWN}
    usual = source.defaults.fields
    seed = usual.get("seed") if raw.fields.get("seed") is None else raw.fields["seed"]
    if clustered and one.jobs:
        seed = _another(one)  # the plan of its cluster counts all members, of which some are gone
    elif one.seen:
        seed = None
    told = {"seed": seed, "reference": _likeness(source, raw, one)}
    fields |= {name: value for name, value in told.items() if value is not None}
    return fields | _words("text" if "text" in fields else "prompt", one, woven)


def _likeness(source: Source, raw: RawItem, one: Left) -> object:
    """As it stood there, but for a file, which has another name in the set."""
    said = raw.fields.get("reference")
    said = source.defaults.fields.get("reference") if said is None else said
    meant = _meant(said)
    reference = one.jobs[0].extras.reference if one.jobs else None
    if meant is None or reference is None or reference.image not in source.likenesses:
        return said
    return {"picture": source.likenesses[reference.image], "strength": meant.strength}


def _bare(one: Left, woven: Job | None) -> dict[str, object]:
    """Of a batch whose file was not kept: by what its first job was asked with."""
    if not one.jobs:
        return {"slug": one.slug, "prompt": one.slug.replace("-", " ")}
    job = one.jobs[0]
    told: dict[str, object] = {"slug": one.slug, "model": job.model, "width": job.width, "height": job.height}
    told |= {"steps": job.steps, "guidance": job.guidance, "archetype": job.archetype, "style": job.style}
    told["loras"] = [lora.model_dump() for lora in job.extras.loras] or None
    told["seed"] = None if one.seen else job.seed
    return {name: value for name, value in told.items() if value is not None} | _words("prompt", one, woven)


def _words(field: str, one: Left, woven: Job | None) -> dict[str, object]:
    """The person's words with the phrases behind them, which are not woven in twice when the file is sent."""
    if not one.jobs:
        return {}
    first = one.jobs[0]
    prompt, negative = first.asked, asked_negative(first)
    for cue in woven.cues if woven is not None else ():
        prompt = f"{prompt.rstrip(' ,')}, {cue.phrase}"
        negative = ", ".join(filter(None, (negative, cue.negative)))
    told: dict[str, object] = {field: prompt}
    return told | ({"negative": negative} if negative else {})


def _another(one: Left) -> int:
    """Members of a cluster whose seeds were the same have the same ones again, and what nobody saw has its own."""
    return (max(job.seed for job in one.jobs) + 1) % _SEEDS if one.seen else one.jobs[0].seed


def left(slugs: Sequence[tuple[int, str]], jobs: Sequence[Job], done: Collection[str]) -> list[Left]:
    """Of the items (number, slug) those that the next file is to have: all but the `done` slugs, and forgotten ones."""
    mine: dict[str, list[Job]] = {slug: [] for _, slug in slugs if slug not in done}
    for job in jobs:
        if job.slug in mine:
            mine[job.slug].append(job)
    return [
        Left(slug, number, tuple(mine[slug]), any(job.state is JobState.RENDERED for job in mine[slug]))
        for number, slug in slugs
        if slug in mine and not any(job.asked == GONE for job in mine[slug])
    ]


def complaints(taxonomy: Taxonomy) -> tuple[str, ...]:
    """Words that are understood as reasons, some of each, for those who would rather press than type."""
    found = []
    for reason in (one for one in taxonomy.reasons if one.keywords):
        spoken = [one.keywords[0] for one in reason.complaints if one.keywords][:_OF_A_REASON]
        found += [*spoken, *reason.keywords[:1]]
    return tuple(dict.fromkeys(found))[:_CHIPS]
