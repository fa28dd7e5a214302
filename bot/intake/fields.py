"""What may stand in a batch file: the one description of its fields, with their kinds and bounds.

`darkroom batch schema` publishes it for editors; docs/batch.schema.json is its output.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from bot.errors import Unclear
from gpu_agent.order import MOST_LORAS, Lora

WHOLE = frozenset(("seed", "width", "height", "steps", "count"))
NUMBERS = frozenset(("guidance", "weight", "strength"))

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
    name, weight = _weighed(value)
    return {"id": name} if weight is None else {"id": name, "weight": weight}


def _weighed(words: str) -> tuple[str, float | None]:
    """A name and the number behind its last colon, if there is one."""
    name, colon, weight = words.strip().rpartition(":")
    return (name.strip(), float(weight)) if colon and _WEIGHT.fullmatch(weight) else (words.strip(), None)


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


class Likeness(BaseModel):
    """A picture by its slug or file name, and how much of its look is taken over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    picture: Annotated[str, Field(strict=True, min_length=1, max_length=200)]
    strength: Annotated[Number, Field(ge=0, le=1)] = 0.6


def _likeness(value: object) -> object:
    """`harbour.png:0.8` is short for the object."""
    if not isinstance(value, str):
        return value
    name, weight = _weighed(value)
    return {"picture": name} if weight is None else {"picture": name, "strength": weight}


LikenessField = Annotated[Likeness, BeforeValidator(_likeness, json_schema_input_type=Likeness | str)]
REFERENCE: TypeAdapter[Likeness] = TypeAdapter(LikenessField)


class Defaults(BaseModel):
    """What holds for every item that does not say otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: Annotated[int, Field(strict=True, ge=0, le=2**32 - 1)] | None = Field(
        None, description="The same seed gives the same picture; without one, any is taken.", examples=[7]
    )
    width: Side | None = Field(None, description="In pixels, together with height.", examples=[1344])
    height: Side | None = Field(None, description="In pixels, together with width.", examples=[768])
    aspect: Annotated[str, Field(strict=True, pattern=r"^[1-9]\d{0,2}:[1-9]\d{0,2}$")] | None = Field(
        None,
        description="Instead of width and height: as many pixels as the model likes best, in this proportion.",
        examples=["16:9", "1:1"],
    )
    model: Text | None = Field(
        None, description="The model's id, as `gpu-agent models` lists it.", examples=["z-image-turbo"]
    )
    archetype: Text | None = Field(
        None, description="The kind of subject, such as “layered scene”.", examples=["single-subject hero"]
    )
    steps: Annotated[int, Field(strict=True, ge=1, le=200)] | None = Field(
        None, description="Else the model's own.", examples=[8]
    )
    guidance: Annotated[Number, Field(ge=0, le=50)] | None = Field(
        None, description="Else the model's own.", examples=[3.5]
    )
    negative: Text | None = Field(
        None, description="What shall not be seen, for models that heed it.", examples=["text, watermark"]
    )
    loras: Loras | None = Field(
        None, description="Objects of id and weight, or words such as “ink:0.8”.", examples=[["ink:0.8"]]
    )
    style: Text | None = Field(None, description="A preset, as `/style list` lists it.", examples=["watercolor"])
    count: Annotated[int, Field(strict=True, ge=1, le=50)] | None = Field(
        None, description="How many pictures, with seeds one after another.", examples=[4]
    )
    reference: LikenessField | None = Field(
        None,
        description="A picture whose look is taken over: the slug of an earlier one, or the name of a file that lies "
        "beside this one or is sent along with it; words such as “harbour.png:0.8” say how much of it, from 0 to 1.",
        examples=["red-boat", "harbour.png:0.8"],
    )
    cluster: Annotated[str, Field(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")] | None = Field(
        None,
        description="The name of a set that must look alike: what one member says of model, style, reference, LoRAs, "
        "steps and guidance holds for all of them, and their seeds follow one plan.",
        examples=["harbour-evening"],
    )
    seed_plan: Literal["same", "next"] | None = Field(
        None,
        description="Of a cluster: each member begins with the same seed, or goes on where the one before ended.",
        examples=["same"],
    )


class Item(Defaults):
    """One thing to make pictures of."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["prompt"]}, {"required": ["text"]}]})

    slug: Annotated[Text, Field(json_schema_extra={"pattern": "^[a-z0-9][a-z0-9-]{0,63}$"})] = Field(
        description="The name that lives on in file names and verdicts; each stands once in a file.",
        examples=["coming-home-by-sea"],
    )
    prompt: Text | None = Field(
        None, description="What the picture shall show.", examples=["a red boat on the sea at sunset"]
    )
    text: Text | None = Field(None, description="Another word for prompt.")


class File(BaseModel):
    """A file that begins with what holds for all its items."""

    model_config = ConfigDict(extra="forbid")

    schema_: Annotated[str | None, Field(alias="$schema", description="Where this description lies.")] = None
    defaults: Defaults = Defaults()
    items: Annotated[list[Item], Field(min_length=1)]


def names(kind: type[Defaults]) -> list[str]:
    """Of its fields, those that only an item has first."""
    return sorted(kind.model_fields, key=lambda name: name in Defaults.model_fields)


def schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a file in JSON or YAML: a list of items, or an object with defaults and items."""
    described: dict[str, Any] = TypeAdapter(Annotated[list[Item], Field(min_length=1)] | File).json_schema()
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, "title": "A batch of prompts for Darkroom", **described}


def worn(text: str) -> tuple[Lora, ...]:
    """The LoRAs of one line such as “ink:0.8, paper”. Raises Unclear for what cannot be read so."""
    try:
        return tuple(Lora(id=one.id, weight=one.weight) for one in _WORN.validate_python(text.strip(" ,;")))
    except ValidationError as error:
        raise Unclear("bad-loras", {"loras": text[:100], "most": MOST_LORAS}) from error
