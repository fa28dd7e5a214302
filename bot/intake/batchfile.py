"""A batch file: bytes → checked asks. What is wrong is refused with its line, item and field; nothing is guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import BatchFault, Refusal
from bot.intake import jsontext
from bot.intake.drafts import Draft, draft
from bot.intake.fitting import UNKNOWN, Fitting
from bot.intake.jsontext import RawItem
from bot.nouns import Ask
from bot.settings import Limits
from gpu_agent.stock import ShelfModel

Text = Annotated[str, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]

# Which field a refusal is about; a size is looked at more closely, and everything else is about the prompt.
_FIELD_OF = {
    "unknown-model": "model",
    "does-not-fit": "model",
    "mode-missing": "model",
    "bad-slug": "slug",
    "bad-seed": "seed",
    "archetype-length": "archetype",
}


class Item(BaseModel):
    """One item as it may stand in a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slug: Text
    prompt: Text | None = None
    text: Text | None = None
    seed: Whole | None = None
    width: Whole | None = None
    height: Whole | None = None
    model: Text | None = None
    archetype: Text | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent the file and where; `key` is the batch's, and each item's is made from it."""

    key: str
    asker: int
    guild: int
    channel: int


def read(
    data: bytes, sender: Sender, known: Sequence[ShelfModel], limits: Limits, fitting: Fitting = UNKNOWN
) -> list[Draft]:
    """Every item as a draft, in the order of the file. Raises BatchFault for the first fault in it.

    Takes a second for thousands of items: not for the event loop's own thread.
    """
    text = _text(data, limits)
    raw = _taken(text, limits)
    drafts = []
    slugs: dict[str, int] = {}
    for item in raw:
        ask = _ask(text, item, sender)
        try:
            drafts.append(draft(ask, known, limits.pictures_per_ask, fitting))
        except Refusal as refusal:
            raise _refused(text, item, ask, refusal) from refusal
        first = slugs.setdefault(drafts[-1].slug, item.number)
        if first != item.number:
            raise _fault(text, item, "slug", "slug-twice", first=first, slug=drafts[-1].slug)
    return drafts


def _text(data: bytes, limits: Limits) -> str:
    if len(data) > limits.batch_bytes:
        raise BatchFault(fault="batch-too-large", bytes=len(data), most=limits.batch_bytes)
    try:
        return data.decode("utf-8-sig")  # some editors put a mark in front
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BatchFault(line=line, fault="batch-encoding") from error


def _taken(text: str, limits: Limits) -> list[RawItem]:
    """The items of the text, read no further than one item over the limit."""
    found = list(islice(jsontext.items(text), limits.batch_items + 1))
    if len(found) > limits.batch_items:
        line = jsontext.line_of(text, found[-1].at)
        raise BatchFault(line=line, fault="batch-too-many", count=len(found), most=limits.batch_items)
    if not found:
        raise BatchFault(fault="batch-empty")
    return found


def _ask(text: str, raw: RawItem, sender: Sender) -> Ask:
    item = _item(text, raw)
    return Ask(
        key=f"{sender.key}:{raw.number}",
        prompt=_prompt(text, raw, item),
        asker=sender.asker,
        guild=sender.guild,
        channel=sender.channel,
        model=item.model,
        width=item.width,
        height=item.height,
        seed=item.seed,
        slug=item.slug,
        archetype=item.archetype,
    )


def _refused(text: str, raw: RawItem, ask: Ask, refusal: Refusal) -> BatchFault:
    field = _FIELD_OF.get(refusal.kind) or _size_field(refusal, ask) or _prompt_field(raw)
    return _fault(text, raw, field, refusal.kind, **refusal.facts)


def _item(text: str, raw: RawItem) -> Item:
    try:
        return Item.model_validate(raw.fields)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        if first["type"] == "extra_forbidden":
            raise _fault(text, raw, field, "field-unknown", known=", ".join(Item.model_fields)) from error
        if first["type"] == "missing":
            raise _fault(text, raw, field, "field-missing") from error
        wanted = "a whole number" if field in ("seed", "width", "height") else "text in double quotes"
        raise _fault(text, raw, field, "field-type", wanted=wanted) from error


def _prompt(text: str, raw: RawItem, item: Item) -> str:
    if item.prompt is not None and item.text is not None:
        raise _fault(text, raw, "text", "prompt-twice")
    prompt = item.prompt if item.prompt is not None else item.text
    if prompt is None:
        raise _fault(text, raw, "prompt", "field-missing")
    return prompt


def _prompt_field(raw: RawItem) -> str:
    return "text" if "text" in raw.fields else "prompt"


def _size_field(refusal: Refusal, ask: Ask) -> str | None:
    """The side that is wrong, or absent; None when the refusal is about something else."""
    if refusal.kind == "size-half":
        return "width" if ask.width is None else "height"
    if not refusal.kind.startswith("size-"):
        return None
    wide = str(refusal.facts["nearest"]).partition("x")[0]
    return "width" if wide != str(ask.width) else "height"


def _fault(text: str, raw: RawItem, field: str, fault: str, **facts: str | int | float | bool | None) -> BatchFault:
    at = raw.places.get(field, raw.at)
    return BatchFault(line=jsontext.line_of(text, at), item=raw.number, field=field, fault=fault, **facts)
