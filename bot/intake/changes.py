"""What of a file changed since it was sent before: items are known by what they ask for. Pure."""

import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256

from bot.errors import Refusal
from bot.intake.drafts import Draft
from bot.ledger.batch_items import Earlier
from bot.nouns import NO_EXTRAS, Ask, Batch

_SAID_OTHERWISE = {"key", "asker", "guild", "channel", "loras", "extras", "style", "parent", "routed"}
_PLAIN = {field.name: field.default for field in fields(Ask) if field.name not in _SAID_OTHERWISE}


@dataclass(frozen=True, slots=True)
class Listed:
    """An item in the place that it has in its file, from 1; `digest` is that of what it asks for."""

    number: int
    digest: str
    draft: Draft


def of_file(data: bytes) -> str:
    """The sha256 of a file, the same whether or not an editor put a mark in front."""
    return sha256(data.removeprefix(BOM_UTF8)).hexdigest()


def of_item(one: Draft) -> str:
    """The sha256 of what an item asks for: all that it says, with what defaults and its style said for it.

    Not who sent it, not the order of its fields, and nothing that is chosen anew each time, as a seed may be. Taken
    before a model is chosen for it.
    """
    extras, style = one.ask.whole(), one.style
    plain = {name: value for name, usual in _PLAIN.items() if (value := getattr(one.ask, name)) != usual}
    said = {  # nothing of what is as usual: a field that a later program knows makes no old file look changed
        **plain,
        "extras": {} if extras is NO_EXTRAS else extras.model_dump(mode="json", exclude_defaults=True),
        "style": style.model_dump(mode="json", exclude_defaults=True, exclude={"person"}) if style else None,
        "cluster": one.cluster,
    }
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def listed(drafts: Sequence[Draft]) -> list[Listed]:
    """The items of a whole file, in its order."""
    return [Listed(number, of_item(one), one) for number, one in enumerate(drafts, start=1)]


@dataclass(frozen=True, slots=True)
class Changes:
    """What of a file is not as it was asked for before: slugs in the file's order.

    `at` is when it was sent before, in UTC seconds, `same` whether that was the very same file. Of the items in `lost`
    nothing came of it then. `numbers` are the places of all of these.
    """

    at: float
    same: bool
    changed: tuple[str, ...]
    new: tuple[str, ...]
    lost: tuple[str, ...]
    numbers: frozenset[int]


@dataclass(frozen=True, slots=True)
class Looked:
    """A file in which nothing is wrong, under the name that is kept of it. `changes` are there when it was sent before.

    `refused` says why not all of it may be asked for now; what changed may.
    """

    name: str
    items: tuple[Listed, ...]
    changes: Changes | None = None
    refused: Refusal | None = None

    @property
    def changed(self) -> tuple[Listed, ...]:
        """The items that are not as they were asked for before; none of a file that is new here."""
        numbers = self.changes.numbers if self.changes else frozenset()
        return tuple(one for one in self.items if one.number in numbers)


def pictures(items: Iterable[Listed]) -> int:
    return sum(len(one.draft.seeds) for one in items)


def since(before: Batch, digest: str, items: Sequence[Listed], earlier: Mapping[str, Earlier]) -> Changes:
    """`before` is the latest batch of this file, `earlier` what each slug was asked for last."""
    kinds = [(one, _kind(one, earlier.get(one.draft.slug))) for one in items]

    def slugs(wanted: str) -> tuple[str, ...]:
        return tuple(one.draft.slug for one, kind in kinds if kind == wanted)

    numbers = frozenset(one.number for one, kind in kinds if kind)
    return Changes(before.created_at, before.digest == digest, slugs("changed"), slugs("new"), slugs("lost"), numbers)


def _kind(one: Listed, earlier: Earlier | None) -> str:
    if earlier is None:
        return "new"
    if earlier.digest != one.digest:
        return "changed"
    return "lost" if earlier.lost else ""
