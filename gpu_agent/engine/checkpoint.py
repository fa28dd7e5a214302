"""A moment between two steps of a render, from which it can be gone on with: the latents, what the scheduler
remembers, and where the random numbers stand.

The same order, weights and surroundings make the same steps up to there, so nothing else has to be kept.
"""

from dataclasses import dataclass
from typing import Any, Self

import torch

from gpu_agent.engine import progression
from gpu_agent.order import Order, Worn
from gpu_agent.value import Facts, Message

_CHANGES_NO_PIXEL = {"asked", "keep_at", "job"}


class Origin(Message):
    """What the steps up to a checkpoint came from. `setting` is what only changes roundings, in words: device,
    precision, threads, versions of the libraries."""

    order: Order
    weights_sha256: str
    pipeline: str
    scheduler: str
    loras: tuple[Worn, ...] = ()
    setting: tuple[str, ...] = ()

    def same(self, other: Self) -> bool:
        """Do both make the same bits at every step?"""
        own, others = (each.model_dump(exclude={"order": _CHANGES_NO_PIXEL}) for each in (self, other))
        return own == others

    def misfit(self, kept: Self) -> Facts | None:
        """What keeps an order of this origin from going on from a checkpoint of the other, or None. Prompt, guidance,
        seed, LoRAs and setting may differ; weights, size, scheduler and the number of steps may not."""
        theirs = kept._course()
        for what, asked in self._course().items():
            if theirs[what] != asked:
                return {"what": what, "asked": asked, "made": theirs[what]}
        return None

    def _course(self) -> dict[str, str | int]:
        order = self.order
        size = f"{order.width}x{order.height}" + (f"x{order.frames}" if order.frames > 1 else "")
        course: dict[str, str | int] = {
            "model": order.model,
            "size": size,
            "steps": order.steps,
            "scheduler": self.scheduler,
        }
        return {**course, "weights": self.weights_sha256[:10]}


@dataclass(frozen=True)
class Checkpoint:
    """`step` evaluations of `of` are done. `noise` is the state of the random generator."""

    origin: Origin
    step: int
    of: int
    latents: torch.Tensor
    scheduler: progression.State
    noise: torch.Tensor


def taken(origin: Origin, pipeline: Any, index: int, latents: torch.Tensor, generator: torch.Generator) -> Checkpoint:
    """The moment after the step of this index, as a pipeline's callback meets it. Copies no tensor but the
    generator's few kilobytes: every step leaves new latents, and never changes old ones."""
    of = int(getattr(pipeline, "num_timesteps", origin.order.steps))
    state = progression.captured(pipeline.scheduler)
    return Checkpoint(origin, index + 1, of, latents, state, generator.get_state())
