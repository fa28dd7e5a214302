"""The `size` of a command: `768x512`, a proportion such as `16:9`, or the name of a shape that the model's own size is
bent into."""

import math
import re

from bot.errors import BadSize, NotRenderable
from bot.intake import shapes
from gpu_agent.stock import ShelfModel

Size = tuple[int, int]

_SHAPES = {"square": (1, 1), "portrait": (2, 3), "landscape": (3, 2)}
_NUMBERS = re.compile(r"\s*(\d{1,5})\s*[x×*]\s*(\d{1,5})\s*", re.IGNORECASE | re.ASCII)
_ASPECT = re.compile(r"\s*([1-9]\d{0,2})\s*:\s*([1-9]\d{0,2})\s*", re.ASCII)


def named(model: ShelfModel) -> dict[str, Size]:
    """The sizes a picker offers, by name: the model's default, then each shape of about as many pixels."""
    return {"default": (model.width, model.height)} | {name: _bent(model, *ratio) for name, ratio in _SHAPES.items()}


def parse(text: str, model: ShelfModel) -> Size:
    """Width and height in pixels. Raises BadSize for what is neither numbers nor a proportion nor the name of a shape,
    and NotRenderable for a proportion that no size of the model comes near.

    Whether the model can draw two numbers is not decided here.
    """
    shapes_of_it = named(model)
    if (word := text.strip().lower()) in shapes_of_it:
        return shapes_of_it[word]
    if match := _NUMBERS.fullmatch(text):
        return int(match[1]), int(match[2])
    if match := _ASPECT.fullmatch(text):
        return shapes.sized(f"{match[1]}:{match[2]}", model)
    raise BadSize(size=text[:40], words=", ".join(shapes_of_it))


def nearest(text: str, model: ShelfModel) -> Size:
    """The same, as near as the model comes: for one wish that goes to several models. Raises BadSize."""
    try:
        return shapes.near(*parse(text, model), model)
    except NotRenderable as refusal:
        across, down = str(refusal.facts["nearest"]).split("x")
        return int(across), int(down)


def _bent(model: ShelfModel, across: int, down: int) -> Size:
    unit = math.sqrt(model.width * model.height / (across * down))
    return _side(model, across * unit), _side(model, down * unit)


def _side(model: ShelfModel, wanted: float) -> int:
    """The length the model can draw that is closest to the wanted one."""
    first = math.ceil(model.smallest / model.multiple) * model.multiple
    return min(range(first, model.largest + 1, model.multiple), key=lambda side: abs(side - wanted))
