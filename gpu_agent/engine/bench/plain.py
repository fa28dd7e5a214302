"""The call that a user of diffusers would write: the library's defaults, nothing else."""

from io import BytesIO
from time import perf_counter
from typing import Any

import numpy as np
import torch

from gpu_agent.catalogue import Model
from gpu_agent.engine import render
from gpu_agent.engine.bench import rate
from gpu_agent.engine.bench.marks import Watch
from gpu_agent.engine.families.known import family
from gpu_agent.engine.inputs import Brought
from gpu_agent.order import Order


class Plain:
    """One pipeline that wears nothing, all of it on its device."""

    def __init__(self, pipeline: Any, model: Model, device: str) -> None:
        self.pipeline, self._model, self._device = pipeline, model, device
        self.watch = Watch(pipeline, family(model.family), device)

    def draw(self, order: Order, number: int) -> tuple[float, float, Any]:
        """The picture of this number: seconds to the pixels, seconds of writing them down, and the pixels, floats 0..1
        (height, width, 3) or frames of those."""
        given = arguments(self.pipeline, self._model, order)
        generator = torch.Generator("cpu").manual_seed(order.seed)
        self.watch.picture = number
        kind = "np" if order.frames > 1 else "pil"
        rate.settled(self._device)
        began = perf_counter()
        drawn = self.pipeline(**given, generator=generator, output_type=kind)
        rate.settled(self._device)
        drawn_at = perf_counter()
        made = (drawn.images if hasattr(drawn, "images") else drawn.frames)[0]
        if order.frames == 1:
            made.save(BytesIO(), "PNG")
            written = perf_counter() - drawn_at
            return drawn_at - began, written, np.asarray(made, np.float32) / 255
        return drawn_at - began, 0.0, np.asarray(made)


def arguments(pipeline: Any, model: Model, order: Order) -> dict[str, Any]:
    """What a user would say for this order: the same as the engine does."""
    return render.arguments(pipeline, model, family(model.family), order, Brought())
