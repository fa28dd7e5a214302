"""Ledgers that people keep by hand: one JSON per slug with a list of reviews, under whichever names they gave fields.

A file is `{"slug": …, "reviews": […]}`, a list, or an object of such by slug; what stands beside the list holds for
every entry that does not say it itself. Fields that are not known are left alone. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import BadSlug
from bot.intake import slugs
from bot.nouns import Verdict
from bot.yours import fields
from bot.yours.fields import Unfit

_LISTS = ("reviews", "entries", "feedback", "history", "verdicts", "items", "renders")
_NAMES = {
    "words": ("reason", "reasons", "note", "notes", "comment", "comments", "feedback", "why", "words"),
    "at": ("date", "at", "timestamp", "time", "when", "reviewed_at", "reviewed", "created_at", "created"),
    "prompt": ("prompt", "text", "positive"),
    "asked": ("asked", "base_prompt", "original_prompt"),
    "negative": ("negative", "negative_prompt"),
    "seed": ("seed",),
    "model": ("model", "checkpoint"),
    "archetype": ("archetype", "category"),
    "image": ("image", "file", "filename", "path", "picture", "png", "render", "output"),
    "size": ("size", "dimensions", "resolution"),
    "width": ("width",),
    "height": ("height",),
    "steps": ("steps",),
    "guidance": ("guidance", "cfg", "cfg_scale"),
    "person": ("person", "reviewer", "by"),
    "reactions": ("reactions",),
    "job": ("job",),
}
_VERDICT = ("verdict", "decision", "keep", "kept", "approved", "status")
_ITS_OWN = {"words", "at", "image", "person", "reactions", "job"}
"""An entry says these itself or not at all."""
_SHARED = {name for ours, names in _NAMES.items() if ours not in _ITS_OWN for name in names} | {"slug"}


@dataclass(frozen=True, slots=True)
class Review:
    """What one entry says. `at` is in UTC seconds; what it does not say is None, empty or 0.

    `prompt` is what was drawn, `asked` what a person wrote; `image` is a path as it was written; `job` the id in the
    ledger that wrote it.
    """

    place: str
    slug: str
    verdict: Verdict
    words: str = ""
    at: float | None = None
    prompt: str = ""
    asked: str = ""
    negative: str = ""
    seed: int | None = None
    model: str = ""
    archetype: str | None = None
    image: str = ""
    width: int = 0
    height: int = 0
    steps: int = 0
    guidance: float = 0.0
    person: int | None = None
    reactions: tuple[str, ...] = ()
    job: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that cannot be taken: file and entry, the field as it is named there, and what is wrong with it."""

    place: str
    field: str
    kind: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Undecided:
    """An entry that bears no verdict yet."""

    place: str


Found = Review | Fault | Undecided


def read(told: Any, file: str, stem: str) -> Iterator[Found]:
    """What a file says, in its order. `stem` is its name without ending: the slug where none is told."""
    if isinstance(told, list):
        yield from _entries(told, {}, file, stem)
    elif not isinstance(told, dict):
        yield Fault(file, "", "no-list")
    elif (name := _list_of(told)) is not None:
        beside = {key: value for key, value in told.items() if key in _SHARED}
        yield from _entries(told[name], beside, file, stem)
    elif told and all(isinstance(one, list) or (isinstance(one, dict) and _list_of(one)) for one in told.values()):
        for slug, one in told.items():
            yield from read(
                {"slug": slug, "reviews": one} if isinstance(one, list) else {"slug": slug, **one}, file, slug
            )
    else:
        yield Fault(file, "", "no-list")


def _list_of(told: Mapping[str, Any]) -> str | None:
    return next((name for name in _LISTS if isinstance(told.get(name), list)), None)


def _entries(entries: list[Any], beside: Mapping[str, Any], file: str, stem: str) -> Iterator[Found]:
    for number, entry in enumerate(entries, 1):
        place = f"{file}, {number}"
        if isinstance(entry, dict):
            yield _entry({**beside, **entry}, place, stem)
        else:
            yield Fault(place, "", "no-entry")


def _entry(told: Mapping[str, Any], place: str, stem: str) -> Found:
    try:
        verdict = _verdict(told)
        if verdict is None:
            return Undecided(place)
        values = {name: getattr(fields, name)(*found) for name, found in _said(told)}
        width, height = values.pop("size", (0, 0))
        values = {"width": width, "height": height, **values}
        return Review(place, _slug(told, stem), verdict, **values)
    except Unfit as unfit:
        return Fault(place, unfit.field, unfit.kind, unfit.value)


def _verdict(told: Mapping[str, Any]) -> Verdict | None:
    name = next((name for name in _VERDICT if told.get(name) not in (None, "")), None)
    return None if name is None else fields.verdict(name, told[name])


def _said(told: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, Any]]]:
    """Each field of ours that the entry says, with the name and value it has there."""
    for ours, names in _NAMES.items():
        name = next((name for name in names if told.get(name) not in (None, "", [])), None)
        if name is not None:
            yield ours, (name, told[name])


def _slug(told: Mapping[str, Any], stem: str) -> str:
    name = str(told.get("slug") or stem)
    try:
        return slugs.checked(fields.plain(name)[: slugs.LONGEST].strip("-"))
    except BadSlug as error:
        raise Unfit("slug", "slug", name) from error
