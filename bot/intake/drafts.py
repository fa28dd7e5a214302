"""An ask that has been checked: everything its jobs need except their ids. Pure, but for the choice of a seed."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import BadCount, BadSeed, NotRenderable
from bot.intake import models, slugs
from bot.intake.fitting import UNKNOWN, Fitting
from bot.nouns import Ask
from gpu_agent import planner
from gpu_agent.order import Order
from gpu_agent.stock import ShelfModel

_SEEDS = 2**32
_LONGEST_ARCHETYPE = 64
# Control characters except tabs and line ends, and halves of surrogate pairs, which no file or column can hold.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Draft:
    """One ask, ready for cues: `ask` has its slug, `model` is what will draw it, `seeds` one for each picture."""

    ask: Ask
    slug: str
    model: ShelfModel
    width: int
    height: int
    seeds: tuple[int, ...]


def draft(ask: Ask, known: Sequence[ShelfModel], most: int, fitting: Fitting = UNKNOWN) -> Draft:
    """The ask as it will be rendered; raises the Refusal that says why it cannot be.

    `known` are the models on offer, `most` the number of pictures one ask may want, `fitting` what the cards hold.
    """
    if not 1 <= ask.count <= most:
        raise BadCount(count=ask.count, most=most)
    for text in (ask.prompt, ask.negative, ask.archetype or ""):
        _refuse_characters(text)
    slug = slugs.derived(ask.prompt) if ask.slug is None else slugs.checked(ask.slug)
    model = models.chosen(known, ask.model)
    width, height = _size(ask, model)
    _refuse_unrenderable(ask, model, width, height, fitting)
    return Draft(ask, slug, model, width, height, seeds(ask.seed, ask.count))


def seeds(first: int | None, count: int) -> tuple[int, ...]:
    """`count` seeds from this one upwards, beginning again at 0 behind the last; any start when none is named."""
    if first is None:
        first = secrets.randbelow(_SEEDS)
    if not 0 <= first < _SEEDS:
        raise BadSeed(seed=first, largest=_SEEDS - 1)
    return tuple((first + index) % _SEEDS for index in range(count))


def _size(ask: Ask, model: ShelfModel) -> tuple[int, int]:
    if ask.width is None and ask.height is None:
        return model.width, model.height
    if ask.width is None or ask.height is None:
        raise NotRenderable("size-half", {"width": ask.width, "height": ask.height})
    return ask.width, ask.height


def _refuse_characters(text: str) -> None:
    if found := _UNSTORABLE.search(text):
        raise NotRenderable("prompt-characters", {"character": f"U+{ord(found[0]):04X}"})


def _refuse_unrenderable(ask: Ask, model: ShelfModel, width: int, height: int, fitting: Fitting) -> None:
    order = Order.model_construct(  # unchecked: the planner's refusals have sentences, the wire's own bounds have none
        job="",
        model=model.id,
        prompt=ask.prompt,
        asked=ask.prompt,
        seed=0,
        width=width,
        height=height,
        steps=model.steps,
        guidance=model.guidance,
    )
    refusal = planner.refuse(model, order) or fitting.refusal(model, order)
    if refusal is not None:
        raise NotRenderable(refusal.kind, refusal.facts)
    if len(ask.negative) > model.prompt_limit:
        raise NotRenderable("negative-length", {"length": len(ask.negative), "limit": model.prompt_limit})
    if len(ask.archetype or "") > _LONGEST_ARCHETYPE:
        raise NotRenderable("archetype-length", {"length": len(ask.archetype or ""), "limit": _LONGEST_ARCHETYPE})
