"""What a picture costs through the engine, beside the diffusers call that a user would have written."""

from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any

import diffusers
import numpy as np
import torch
from PIL import Image

from gpu_agent import catalogue, shelf
from gpu_agent.engine import picture
from gpu_agent.engine.engine import Drawn, Engine
from gpu_agent.wire import Order, Progress
from tests.agent import made
from tests.bench.figure import Figure, count, ratio, spread

QUESTION = (
    "Warm pictures of the packaged model, 128×128 pixels, taken in turns: `Engine.draw` with its progress, "
    "receipt and PNG, and `StableDiffusionPipeline.__call__` with the same weights, seed, steps, precision and "
    "threads."
)


@dataclass
class _Times:
    """Seconds of each picture: the engine's, the bare call's, and what the PNG takes of the engine's."""

    engine: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    png: list[float] = field(default_factory=list)


def measure(_folder: Path, pictures: int = 10, steps: int = 20) -> Figure:
    known = catalogue.load()
    orders = [made.order(f"b{seed}", seed=seed, steps=steps) for seed in range(pictures)]
    engine = Engine(known)
    engine.draw(orders[0], _unheard)  # quietens the libraries, too
    bare = _Bare(shelf.folder(known["demo"]))
    bare.draw(orders[0])
    times, same = _Times(), 0
    for order in orders:
        same += _in_turns(engine, bare, order, times)
    return Figure("render", QUESTION, (
        spread("engine, PNG and receipt included", times.engine, "s"),
        spread("bare pipeline call", times.bare, "s"),
        ratio("engine / bare", times.engine, times.bare),
        spread("PNG with receipt", [1000 * one for one in times.png], "ms"),
        ratio("PNG / engine", times.png, times.engine),
        count("pictures with the same pixels on both sides", same),
    ))  # fmt: skip


class _Bare:
    """As in the library's own documentation, without its progress bar."""

    def __init__(self, weights: Path | None) -> None:
        pipeline: Any = diffusers.StableDiffusionPipeline
        self._pipeline = pipeline.from_pretrained(weights, dtype=torch.float32)
        self._pipeline.set_progress_bar_config(disable=True)

    def draw(self, order: Order) -> Image.Image:
        drawn: Image.Image = self._pipeline(
            order.prompt,
            num_inference_steps=order.steps,
            guidance_scale=order.guidance,
            width=order.width,
            height=order.height,
            generator=torch.Generator("cpu").manual_seed(order.seed),
        ).images[0]
        return drawn


def _in_turns(engine: Engine, bare: _Bare, order: Order, times: _Times) -> bool:
    """One picture each; whether they have the same pixels."""
    began = perf_counter()
    drawn = engine.draw(order, _unheard)
    between = perf_counter()
    plain = bare.draw(order)
    times.engine.append(between - began)
    times.bare.append(perf_counter() - between)
    times.png.append(_png_seconds(drawn))
    with Image.open(BytesIO(drawn.png)) as image:
        return bool(np.array_equal(np.asarray(image), np.asarray(plain)))


def _png_seconds(drawn: Drawn) -> float:
    with Image.open(BytesIO(drawn.png)) as image:
        pixels = image.copy()
    began = perf_counter()
    picture.png(pixels, drawn.receipt)
    return perf_counter() - began


def _unheard(_progress: Progress) -> None:
    """Whoever draws without the wire has nobody to tell."""
