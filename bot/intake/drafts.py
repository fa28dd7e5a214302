"""An ask that has been checked: everything its jobs need except their ids. Pure, but for the choice of a seed."""

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from bot.errors import BadCount, BadSeed, NotRenderable, Refusal
from bot.intake import models, presets, slugs
from bot.intake.fitting import UNKNOWN, Fitting
from bot.intake.presets import NO_STYLES, Styles
from bot.intake.variations import instead
from bot.nouns import Ask, Preset
from bot.taste.wording import holds
from gpu_agent import planner
from gpu_agent.order import Order
from gpu_agent.stock import ShelfModel

_SEEDS = 2**32
_LONGEST_ARCHETYPE = 64
# Control characters except tabs and line ends, and halves of surrogate pairs, which no file or column can hold.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Draft:
    """One ask, ready for cues: `ask` has its slug, `model` is what will draw it, `seeds` one for each picture.

    `style` is the preset whose words are woven in before the cues, `cluster` the set whose members must look alike.
    """

    ask: Ask
    slug: str
    model: ShelfModel
    width: int
    height: int
    seeds: tuple[int, ...]
    style: Preset | None = None
    cluster: str | None = None

    @property
    def steps(self) -> int:
        return self.model.steps if self.ask.steps is None else self.ask.steps

    @property
    def guidance(self) -> float:
        return self.model.guidance if self.ask.guidance is None else self.ask.guidance

    @property
    def heeds(self) -> bool:
        """Does a negative prompt act?"""
        return heeds(self.model, self.guidance)

    @property
    def worded(self) -> str:
        """The person's words in those of the style."""
        return presets.worded(self.ask.prompt, self.style)

    @property
    def style_negative(self) -> str:
        """What the style puts behind the negative prompt: nothing where that does not act, is full, or has it."""
        against = self.style.negative if self.style is not None and self.heeds else ""
        fits = len(_joined(self.ask.negative, against)) <= self.model.prompt_limit
        return against if against and fits and not holds(self.ask.negative, against) else ""

    @property
    def negative(self) -> str:
        return _joined(self.ask.negative, self.style_negative)


def heeds(model: ShelfModel, guidance: float) -> bool:
    """Does a negative prompt act? Only where guidance compares with it."""
    return model.negative_acts and guidance > 1


def draft(
    ask: Ask, known: Sequence[ShelfModel], most: int, fitting: Fitting = UNKNOWN, styles: Styles = NO_STYLES
) -> Draft:
    """The ask as it will be rendered; raises the Refusal that says why it cannot be.

    `known` are the models on offer, `most` the number of pictures one ask may want, `fitting` what the cards hold,
    `styles` at least the preset it names.
    """
    for refusal in refusals(ask, known, most, fitting, styles):
        raise refusal
    return drafted(ask, known, styles)


def drafted(ask: Ask, known: Sequence[ShelfModel], styles: Styles = NO_STYLES) -> Draft:
    """The ask as it will be rendered, when there is no refusal of it."""
    style = None if ask.style is None else presets.chosen(styles, ask.style)
    ask = presets.filled(ask, style)
    model = models.chosen(known, ask.model)
    slug = slugs.derived(ask.prompt) if ask.slug is None else ask.slug
    return Draft(ask, slug, model, *_size(ask, model), seeds(ask.seed, ask.count), style)


def refusals(
    ask: Ask, known: Sequence[ShelfModel], most: int, fitting: Fitting = UNKNOWN, styles: Styles = NO_STYLES
) -> Iterator[Refusal]:
    """Every reason why this cannot be rendered; none when it can."""
    yield from _of_words(ask, most)
    style = None
    try:
        style = None if ask.style is None else presets.chosen(styles, ask.style)
    except Refusal as refusal:
        yield refusal
    ask = presets.filled(ask, style)
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
    order = _order(ask, model, width, height)
    yield from (instead(refusal, order, known) for refusal in _of_order(order, model, fitting))
    yield from _of_style(order, model, style)
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


def _of_order(order: Order, model: ShelfModel, fitting: Fitting) -> Iterator[NotRenderable]:
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


def _of_style(order: Order, model: ShelfModel, style: Preset | None) -> Iterator[Refusal]:
    """The person's words may be short enough alone."""
    length, limit = len(presets.worded(order.asked, style)), model.prompt_limit
    if style is not None and len(order.asked) <= limit < length:
        yield NotRenderable("style-length", {"style": style.name, "model": model.id, "length": length, "limit": limit})


def _joined(negative: str, further: str) -> str:
    return ", ".join(filter(None, (negative, further)))


def _usual(kind: str, model: ShelfModel) -> dict[str, object]:
    """What the model surely takes, for what a refusal of this kind was about."""
    if kind.startswith("size-"):
        return {"width": model.width, "height": model.height}
    if kind.startswith("steps-"):
        return {"steps": model.steps}
    return {"prompt": "x", "asked": "x"} if kind.startswith("prompt-") else {}
