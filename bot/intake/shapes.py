"""Proportions: which size of a model has a shape, or comes near a wish. Lengths in pixels."""

import math

from bot.errors import NotRenderable
from gpu_agent import planner
from gpu_agent.stock import ShelfModel

_NEAR = 1.1  # a proportion that is off by more than a tenth is another one


def sized(aspect: str, model: ShelfModel) -> tuple[int, int]:
    """About as many pixels as the model likes best, in the proportion of `across:down`.

    Raises NotRenderable when no size of the model comes near it.
    """
    across, down = map(int, aspect.split(":"))
    unit = math.sqrt(model.width * model.height / (across * down))
    width, height = near(round(across * unit), round(down * unit), model)
    if not 1 / _NEAR < (width * down) / (height * across) < _NEAR:
        raise NotRenderable("aspect-range", {"model": model.id, "aspect": aspect, "nearest": f"{width}x{height}"})
    return width, height


def near(width: int, height: int, model: ShelfModel) -> tuple[int, int]:
    """The size of the model that comes nearest to this one."""
    across, down = planner.nearest_size(width, height, model).split("x")
    return int(across), int(down)
