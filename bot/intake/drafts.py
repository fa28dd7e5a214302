"""An ask that has been checked: everything its jobs need except their ids. Pure, but for the choice of a seed."""

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from bot.errors import BadCount, BadSeed, NotRenderable, Refusal
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

    @property
    def steps(self) -> int:
        return self.model.steps if self.ask.steps is None else self.ask.steps

    @property
    def guidance(self) -> float:
        return self.model.guidance if self.ask.guidance is None else self.ask.guidance


def draft(ask: Ask, known: Sequence[ShelfModel], most: int, fitting: Fitting = UNKNOWN) -> Draft:
    """The ask as it will be rendered; raises the Refusal that says why it cannot be.

    `known` are the models on offer, `most` the number of pictures one ask may want, `fitting` what the cards hold.
    """
    for refusal in refusals(ask, known, most, fitting):
        raise refusal
    return drafted(ask, known)


def drafted(ask: Ask, known: Sequence[ShelfModel]) -> Draft:
    """The ask as it will be rendered, when there is no refusal of it."""
    model = models.chosen(known, ask.model)
    slug = slugs.derived(ask.prompt) if ask.slug is None else ask.slug
    return Draft(ask, slug, model, *_size(ask, model), seeds(ask.seed, ask.count))


def refusals(ask: Ask, known: Sequence[ShelfModel], most: int, fitting: Fitting = UNKNOWN) -> Iterator[Refusal]:
    """Every reason why this cannot be rendered; none when it can."""
    yield from _of_words(ask, most)
    try:
        model = models.chosen(known, ask.model)
    except Refusal as refusal:
        yield refusal
        return
    width, height = model.width, model.height
    try:
        width, height = _size(ask, model)
    except Refusal as refusal:
        yield refusal
    yield from _of_order(_order(ask, model, width, height), model, fitting)
    if len(ask.negative) > model.prompt_limit:
        yield NotRenderable("negative-length", {"length": len(ask.negative), "limit": model.prompt_limit})


def seeds(first: int | None, count: int) -> tuple[int, ...]:
    """`count` seeds from this one upwards, beginning again at 0 behind the last; any start when none is named."""
    if first is None:
        first = secrets.randbelow(_SEEDS)
    if not 0 <= first < _SEEDS:
        raise BadSeed(seed=first, largest=_SEEDS - 1)
    return tuple((first + index) % _SEEDS for index in range(count))


def _of_words(ask: Ask, most: int) -> Iterator[Refusal]:
    """What is wrong whatever model draws it."""
    checks: list[Callable[[], object]] = [
        partial(_check_count, ask.count, most),
        *(partial(_check_characters, getattr(ask, name) or "", name) for name in ("prompt", "negative", "archetype")),
        partial(_check_characters, "".join(lora.id for lora in ask.whole().loras), "loras"),
        partial(slugs.checked, "any" if ask.slug is None else ask.slug),
        partial(seeds, ask.seed, 1),
        partial(_check_archetype, ask.archetype or ""),
    ]
    for check in checks:
        try:
            check()
        except Refusal as refusal:
            yield refusal


def _size(ask: Ask, model: ShelfModel) -> tuple[int, int]:
    if ask.width is None and ask.height is None:
        return model.width, model.height
    if ask.width is None or ask.height is None:
        raise NotRenderable("size-half", {"width": ask.width, "height": ask.height})
    return ask.width, ask.height


def _check_count(count: int, most: int) -> None:
    if not 1 <= count <= most:
        raise BadCount(count=count, most=most)


def _check_characters(text: str, where: str) -> None:
    if found := _UNSTORABLE.search(text):
        raise NotRenderable("prompt-characters", {"character": f"U+{ord(found[0]):04X}", "where": where})


def _check_archetype(archetype: str) -> None:
    if len(archetype) > _LONGEST_ARCHETYPE:
        raise NotRenderable("archetype-length", {"length": len(archetype), "limit": _LONGEST_ARCHETYPE})


def _order(ask: Ask, model: ShelfModel, width: int, height: int) -> Order:
    return Order.model_construct(  # unchecked: the planner's refusals have sentences, the wire's own bounds have none
        job="",
        model=model.id,
        prompt=ask.prompt,
        asked=ask.prompt,
        seed=0,
        width=width,
        height=height,
        steps=model.steps if ask.steps is None else ask.steps,
        guidance=model.guidance if ask.guidance is None else ask.guidance,
        **dict(ask.whole()),
    )


def _of_order(order: Order, model: ShelfModel, fitting: Fitting) -> Iterator[Refusal]:
    """What the planner says, which tells one thing at a time: asked again without what it told of."""
    mended = order
    while (refusal := planner.refuse(model, mended)) is not None:
        yield NotRenderable(refusal.kind, refusal.facts)
        usual = _usual(refusal.kind, model)
        if all(getattr(mended, name) == value for name, value in usual.items()):
            return
        mended = mended.model_copy(update=usual)
    if mended is order and (refusal := fitting.refusal(model, order)) is not None:
        yield NotRenderable(refusal.kind, refusal.facts)


def _usual(kind: str, model: ShelfModel) -> dict[str, object]:
    """What the model surely takes, for what a refusal of this kind was about."""
    if kind.startswith("size-"):
        return {"width": model.width, "height": model.height}
    if kind.startswith("steps-"):
        return {"steps": model.steps}
    return {"prompt": "x", "asked": "x"} if kind.startswith("prompt-") else {}
