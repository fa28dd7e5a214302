"""What of a file changed since it was sent before: items are known by what they ask for. Pure."""

import json
from codecs import BOM_UTF8
from collections.abc import Sequence
from dataclasses import dataclass, fields
from hashlib import sha256

from bot.intake.drafts import Draft
from bot.nouns import NO_EXTRAS, Ask

_SAID_OTHERWISE = {"key", "asker", "guild", "channel", "loras", "extras", "style", "parent", "routed"}
_PLAIN = [field.name for field in fields(Ask) if field.name not in _SAID_OTHERWISE]


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
    said = {
        **{name: getattr(one.ask, name) for name in _PLAIN},
        "extras": {} if extras is NO_EXTRAS else extras.model_dump(mode="json", exclude_defaults=True),
        "style": style.model_dump(mode="json", exclude_defaults=True, exclude={"person"}) if style else None,
        "cluster": one.cluster,
    }
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def listed(drafts: Sequence[Draft]) -> list[Listed]:
    """The items of a whole file, in its order."""
    return [Listed(number, of_item(one), one) for number, one in enumerate(drafts, start=1)]
