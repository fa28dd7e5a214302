"""What may stand in a batch file, and what is wrong with what stands there: the one description of its fields.

`darkroom batch schema` publishes it for editors; docs/batch.schema.json is its output.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from bot.errors import BatchFault, Unclear
from bot.intake.rawitem import DEFAULTS, RawItem
from gpu_agent.order import MOST_LORAS, Lora

_WEIGHT = re.compile(r"\s*[-+]?\d{1,9}(\.\d{1,9})?\s*", re.ASCII)

Text = Annotated[str, Field(strict=True)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Side = Annotated[int, Field(strict=True, ge=8, le=8192)]


class WornLora(BaseModel):
    """A LoRA of the tower's shelf, by its id there, and how much of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(strict=True, min_length=1, max_length=128)]
    weight: Annotated[Number, Field(ge=-4, le=4)] = 1.0


def _one_lora(value: object) -> object:
    """`ink:0.8` is short for the object; without a number behind the colon, all of it is the id."""
    if not isinstance(value, str):
        return value
    name, colon, weight = value.strip().rpartition(":")
    if colon and _WEIGHT.fullmatch(weight):
        return {"id": name.strip(), "weight": float(weight)}
    return {"id": value.strip()}


def _several_loras(value: object) -> object:
    """A list; no more of it is looked at than shows that it is too long."""
    if isinstance(value, str):
        value = value.replace(";", ",").split(",", MOST_LORAS)
    return value[: MOST_LORAS + 1] if isinstance(value, list) else value


LoraField = Annotated[WornLora, BeforeValidator(_one_lora, json_schema_input_type=WornLora | str)]
Loras = Annotated[
    tuple[LoraField, ...],
    Field(max_length=MOST_LORAS),
    BeforeValidator(_several_loras, json_schema_input_type=list[WornLora | str] | str),
]

_WORN: TypeAdapter[tuple[WornLora, ...]] = TypeAdapter(Loras)


class Defaults(BaseModel):
    """What holds for every item that does not say otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: Annotated[int, Field(strict=True, ge=0, le=2**32 - 1)] | None = Field(
        None, description="The same seed gives the same picture; without one, any is taken."
    )
    width: Side | None = Field(None, description="In pixels, together with height.")
    height: Side | None = Field(None, description="In pixels, together with width.")
    aspect: Annotated[str, Field(strict=True, pattern=r"^[1-9]\d{0,2}:[1-9]\d{0,2}$")] | None = Field(
        None, description="Instead of width and height: as many pixels as the model likes best, in this proportion."
    )
    model: Text | None = Field(None, description="The model's id, as `gpu-agent models` lists it.")
    archetype: Text | None = Field(None, description="The kind of subject, such as “layered scene”.")
    steps: Annotated[int, Field(strict=True, ge=1, le=200)] | None = Field(None, description="Else the model's own.")
    guidance: Annotated[Number, Field(ge=0, le=50)] | None = Field(None, description="Else the model's own.")
    negative: Text | None = Field(None, description="What shall not be seen, for models that heed it.")
    loras: Loras | None = Field(None, description="Objects of id and weight, or words such as “ink:0.8”.")
    style: Text | None = Field(None, description="A preset, as `/style list` lists it.")
    count: Annotated[int, Field(strict=True, ge=1, le=50)] | None = Field(
        None, description="How many pictures, with seeds one after another."
    )


class Item(Defaults):
    """One thing to make pictures of."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["prompt"]}, {"required": ["text"]}]})

    slug: Annotated[Text, Field(json_schema_extra={"pattern": "^[a-z0-9][a-z0-9-]{0,63}$"})] = Field(
        description="The name that lives on in file names and verdicts; each stands once in a file."
    )
    prompt: Text | None = Field(None, description="What the picture shall show.")
    text: Text | None = Field(None, description="Another word for prompt.")


class File(BaseModel):
    """A file that begins with what holds for all its items."""

    model_config = ConfigDict(extra="forbid")

    schema_: Annotated[str | None, Field(alias="$schema", description="Where this description lies.")] = None
    defaults: Defaults = Defaults()
    items: Annotated[list[Item], Field(min_length=1)]


STAND_IN = "x"
"""For words that are wrong or missing, where the rest is looked at without them."""
_SIDES = frozenset(("width", "height"))
_PROMPTS = frozenset(("prompt", "text"))
WHOLE = frozenset(("seed", "width", "height", "steps", "count"))
NUMBERS = frozenset(("guidance", "weight"))
_WANTED = {
    **dict.fromkeys(WHOLE, "a whole number"),
    **dict.fromkeys(NUMBERS, "a number"),
    "aspect": "two numbers such as 16:9, in double quotes",
    "loras": f"a list of at most {MOST_LORAS} objects with id and weight, or of words such as ink:0.8",
}


def schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a file in JSON or YAML: a list of items, or an object with defaults and items."""
    described: dict[str, Any] = TypeAdapter(Annotated[list[Item], Field(min_length=1)] | File).json_schema()
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, "title": "A batch of prompts for Darkroom", **described}


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


def worn(text: str) -> tuple[Lora, ...]:
    """The LoRAs of one line such as “ink:0.8, paper”. Raises Unclear for what cannot be read so."""
    try:
        return tuple(Lora(id=one.id, weight=one.weight) for one in _WORN.validate_python(text.strip(" ,;")))
    except ValidationError as error:
        raise Unclear("bad-loras", {"loras": text[:100], "most": MOST_LORAS}) from error


def _fault(raw: RawItem, kind: type[Defaults], error: Mapping[str, Any]) -> BatchFault:
    name, place = str(error["loc"][0]), _path(error["loc"])
    problem, bounds = error["type"], error.get("ctx", {})
    if problem == "extra_forbidden" and name not in kind.model_fields:
        return at(raw, place, "field-unknown", known=known(kind))
    if problem == "missing" and len(error["loc"]) == 1:
        return at(raw, place, "field-missing")
    if problem == "greater_than_equal":
        return at(raw, place, "number-small", least=bounds["ge"])
    if problem == "less_than_equal":
        return at(raw, place, "number-large", most=bounds["le"])
    return at(raw, place, "field-type", wanted=_WANTED.get(name, "text in double quotes"))


def known(kind: type[Defaults]) -> str:
    """The names of the fields, those that only an item has first."""
    return ", ".join(sorted(kind.model_fields, key=lambda name: name in Defaults.model_fields))


def _path(place: tuple[str | int, ...]) -> str:
    """`loras[2].weight`, counted from 1 as people do."""
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")


def at(raw: RawItem, field: str, fault: str, **facts: str | int | float | bool | None) -> BatchFault:
    """A fault with its place: the line of the field where the item has it, else the item's."""
    line = raw.lines.get(field) or raw.lines.get(field.partition("[")[0], raw.line)
    return BatchFault(line=line, item=raw.number or None, field=field, fault=fault, **facts)
