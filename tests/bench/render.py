"""What a picture costs through the engine, beside the diffusers call that a user would have written."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, TypeVar

import diffusers
import numpy as np
import torch
from PIL import Image

from gpu_agent import catalogue, shelf
from gpu_agent.config import Config
from gpu_agent.engine import picture
from gpu_agent.engine.engine import Drawn, Engine
from gpu_agent.order import Order
from gpu_agent.shelf import Stock
from gpu_agent.wire import Progress
from tests.agent import made
from tests.bench.figure import Figure, count, ratio, spread

SIDE = 256  # as the model draws by itself
QUESTION = (
    "Warm pictures of the packaged model, 256×256 pixels, taken in turns: `Engine.draw` with its progress, "
    "receipt and PNG, and `StableDiffusionPipeline.__call__` with the same weights, seed, steps, precision and "
    "threads."
)
ALIKE = "pictures that are the same on both sides, but for roundings"
_ROUNDINGS = 2  # of 255: the engine lays out convolutions otherwise, and sums in another order
Picture = TypeVar("Picture", Drawn, Image.Image)


@dataclass
class _Times:
    """Seconds of each picture, by the clock and of the processor; the latter hardly feel what else runs."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


def measure(folder: Path, pictures: int = 10, steps: int = 20) -> Figure:
    known = catalogue.load()
    orders = [made.order(f"b{seed}", seed=seed, steps=steps, width=SIDE, height=SIDE) for seed in range(pictures)]
    engine = Engine(Stock(known), Config(), folder)
    engine.draw(orders[0], _unheard)  # quietens the libraries, too
    bare = _Bare(shelf.folder(known["demo"]))
    bare.draw(orders[0])
    ours, theirs, png, same = _Times(), _Times(), list[float](), 0
    for order in orders:
        drawn = _timed(ours, partial(engine.draw, order, _unheard))
        plain = _timed(theirs, partial(bare.draw, order))
        png.append(_png_seconds(drawn))
        same += _alike(drawn, plain)
    shares = [100 * part / whole for part, whole in zip(png, ours.clock, strict=True)]
    return Figure("render", QUESTION, (
        spread("engine, PNG and receipt included", ours.clock, "s"),
        spread("bare pipeline call", theirs.clock, "s"),
        ratio("engine / bare", ours.clock, theirs.clock),
        ratio("engine / bare, seconds of the processor", ours.processor, theirs.processor),
        spread("PNG with receipt", [1000 * one for one in png], "ms"),
        spread("PNG, of the engine's time", shares, "%"),
        count(ALIKE, same),
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


def _timed(times: _Times, draw: Callable[[], Picture]) -> Picture:
    clock, processor = perf_counter(), process_time()
    drawn = draw()
    times.clock.append(perf_counter() - clock)
    times.processor.append(process_time() - processor)
    return drawn


def _alike(drawn: Drawn, plain: Image.Image) -> bool:
    with Image.open(BytesIO(drawn.content)) as image:
        return int(np.abs(np.asarray(image, np.int16) - np.asarray(plain, np.int16)).max()) <= _ROUNDINGS


def _png_seconds(drawn: Drawn) -> float:
    with Image.open(BytesIO(drawn.content)) as image:
        pixels = image.copy()
    began = perf_counter()
    picture.png(pixels, drawn.receipt)
    return perf_counter() - began


def _unheard(_progress: Progress, _preview: bytes = b"") -> None:
    """Whoever draws without the wire has nobody to tell."""
