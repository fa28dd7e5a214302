"""Renders that can be killed after any step and gone on with, without an engine around them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gpu_agent.engine import progression
from gpu_agent.engine.checkpoint import Checkpoint, Origin
from gpu_agent.engine.checkpoint_folder import Checkpoints
from gpu_agent.engine.keeper import Keeper
from gpu_agent.engine.resume import resumed
from gpu_agent.order import Order


class Killed(Exception):
    """Stands for the end of the process: nothing is done about it but to let it through."""


@dataclass(frozen=True)
class Renders:
    """One pipeline, called with these arguments again and again. Its scheduler is a new one each time, as it is in a
    new process."""

    pipeline: Any
    given: dict[str, Any]
    folder: Path
    denoisers: tuple[str, ...] = ("unet", "transformer", "transformer_2")

    def order(self, **own: Any) -> Order:
        usual = {"model": "tiny", "prompt": "a red circle", "seed": 5, "width": 32, "height": 32}
        steps = self.given["num_inference_steps"]
        return Order(**{**usual, "job": "j1", "steps": steps, "guidance": 2.0, **own})

    def origin(self, order: Order) -> Origin:
        scheduler = type(self.pipeline.scheduler).__name__
        return Origin(order=order, weights_sha256="w" * 64, pipeline="p", scheduler=scheduler)

    def draw(self, order: Order, checkpoint: Checkpoint | None = None, killed_at: int = 0) -> "Outcome":
        """All the pixels' bytes, keeping a checkpoint after each step. Raises Killed after that step's."""
        heard: list[int] = []
        self.pipeline.scheduler = type(self.pipeline.scheduler).from_config(self.pipeline.scheduler.config)
        generator = torch.Generator("cpu").manual_seed(order.seed)
        progression.seeded(self.pipeline.scheduler, generator)
        keeper = Keeper(Checkpoints(self.folder), self.origin(order), generator, every=0.0)

        def ended(pipeline: Any, index: int, _time: Any, values: dict[str, Any]) -> dict[str, Any]:
            heard.append(index + 1)
            keeper.step_ended(pipeline, index, values)
            if index + 1 == killed_at:
                raise Killed
            return values

        given = {"prompt": order.prompt, **self.given, "generator": generator, "output_type": "np"}
        with resumed(self.pipeline, self.denoisers, checkpoint, order, generator, ended) as callback:
            drawn = self.pipeline(**given, callback_on_step_end=callback)
        pixels = drawn.images if hasattr(drawn, "images") else drawn.frames
        return Outcome(np.asarray(pixels), tuple(heard), keeper.last)

    def last(self, order: Order) -> Checkpoint:
        found = Checkpoints(self.folder).last(self.origin(order), "cpu")
        assert found is not None
        return found


@dataclass(frozen=True)
class Outcome:
    """Pixels, the steps that were told, and the last checkpoint in memory."""

    pixels: np.ndarray[Any, Any]
    heard: tuple[int, ...]
    last: Checkpoint | None

    def same(self, other: "Outcome") -> bool:
        return self.pixels.tobytes() == other.pixels.tobytes()
