"""What is wrong with the fields of an item, each fault with its place, and what is right in it all the same."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from bot.errors import BatchFault
from bot.intake.fields import NUMBERS, REFERENCE, WHOLE, Defaults, Item, names
from bot.intake.rawitem import DEFAULTS, RawItem, unknown
from gpu_agent.order import MOST_LORAS, Lora

STAND_IN = "x"
"""For words that are wrong or missing, where the rest is looked at without them."""
_SIDES = frozenset(("width", "height"))
_PROMPTS = frozenset(("prompt", "text"))
_WANTED = {
    **dict.fromkeys(WHOLE, "a whole number"),
    **dict.fromkeys(NUMBERS, "a number"),
    "aspect": "two numbers such as 16:9, in double quotes",
    "reference": "a slug, a file's name, or an object with picture and strength",
    "cluster": "a name of 1 to 64 of the characters a–z, 0–9 and -",
    "seed_plan": "“same” or “next”",
    "loras": f"a list of at most {MOST_LORAS} objects with id and weight, or of words such as ink:0.8",
}


def parse(raw: RawItem) -> tuple[Defaults, list[BatchFault]]:
    """What is right in the item, or in defaults, and everything that is wrong with the kinds of its fields.

    Where something is wrong, what must be there has a stand-in: the rest can be looked at all the same.
    """
    kind: type[Defaults] = Defaults if raw.number == DEFAULTS else Item
    if raw.faults and not raw.fields:
        return _sound(kind, {"prompt": ""}, {"prompt"}), raw.faults
    try:
        return kind.model_validate(raw.fields), raw.faults
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
    wrong = {str(one["loc"][0]) for one in problems}
    return _sound(kind, raw.fields, wrong), [*raw.faults, *(_fault(raw, kind, one) for one in problems)]


def _sound(kind: type[Defaults], fields: Mapping[str, object], wrong: set[str]) -> Defaults:
    """One side alone, or one of two prompts, would look like another fault."""
    left_out = wrong.union(*(pair for pair in (_SIDES, _PROMPTS) if pair & wrong))
    sound = {name: value for name, value in fields.items() if name not in left_out}
    if kind is Item:
        sound.setdefault("slug", STAND_IN)
        sound |= {"prompt": STAND_IN} if wrong & _PROMPTS else {}
    return kind.model_validate(sound)


def loras(item: Defaults) -> tuple[Lora, ...]:
    return tuple(Lora(id=one.id, weight=one.weight) for one in item.loras or ())


def likeness(raw: RawItem) -> str | None:
    """The name of the picture that the item refers to, if it can be read at all."""
    if (value := raw.fields.get("reference")) is None:
        return None
    try:
        return REFERENCE.validate_python(value).picture
    except ValidationError:
        return None


def _fault(raw: RawItem, kind: type[Defaults], error: Mapping[str, Any]) -> BatchFault:
    name, place = str(error["loc"][0]), _path(error["loc"])
    problem, bounds = error["type"], error.get("ctx", {})
    if problem == "extra_forbidden" and name not in kind.model_fields:
        return at(raw, fault="field-unknown", **unknown(name, names(kind)))
    if problem == "missing" and len(error["loc"]) == 1:
        return at(raw, place, "field-missing")
    if problem == "greater_than_equal":
        return at(raw, place, "number-small", least=bounds["ge"])
    if problem == "less_than_equal":
        return at(raw, place, "number-large", most=bounds["le"])
    return at(raw, place, "field-type", wanted=_WANTED.get(name, "text in double quotes"))


def _path(place: tuple[str | int, ...]) -> str:
    """`loras[2].weight`, counted from 1 as people do."""
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")


def stem(field: str) -> str:
    """The field itself, of a place such as `loras[2].weight` in it."""
    return re.split(r"[.\[]", field, maxsplit=1)[0]


def at(raw: RawItem, field: str, fault: str, **facts: str | int | float | bool | None) -> BatchFault:
    """A fault with its place: the line of the field where the item has it, else the item's."""
    line = raw.lines.get(field) or raw.lines.get(stem(field), raw.line)
    return BatchFault(line=line, item=raw.number or None, field=field, fault=fault, **facts)
