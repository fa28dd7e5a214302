"""Stands beside a render and keeps checkpoints of it: in memory after every step, on disk now and then."""

import logging
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Any

import torch

from gpu_agent.engine import progression
from gpu_agent.engine.beside import AtOnce, Beside
from gpu_agent.engine.checkpoint import Checkpoint, Origin, taken
from gpu_agent.engine.checkpoint_folder import Checkpoints

_log = logging.getLogger(__name__)


class Keeper:
    """`every` is the seconds of denoising that a crash may cost. `last` is the moment after the latest step, held by
    reference: what was decoded badly can be decoded again from there. Files are written `beside` the steps."""

    def __init__(
        self,
        folder: Checkpoints,
        origin: Origin,
        generator: torch.Generator,
        every: float,
        clock: Callable[[], float] = monotonic,
        beside: Beside | None = None,
    ) -> None:
        self._folder, self._origin, self._generator = folder, origin, generator
        self._every, self._clock = every, clock
        self._beside = beside or AtOnce()
        self._saved, self._saving = clock(), False
        self.last: Checkpoint | None = None

    def step_ended(self, pipeline: Any, index: int, values: dict[str, Any]) -> None:
        """Call it in the pipeline's callback with what that got."""
        self.last = taken(self._origin, pipeline, index, values["latents"], self._generator)
        kept = self.last.step in self._origin.order.keep_at
        due = not self._saving and self._clock() - self._saved >= self._every
        if kept or due:
            self._saving = True
            fetched = _fetched(self.last, self._beside)
            self._beside.after(lambda: self._save(fetched, kept))

    def _save(self, checkpoint: Checkpoint, kept: bool) -> None:
        """What cannot be kept, on a full disk or for whatever reason, must not cost the picture too."""
        try:
            self._folder.save(checkpoint, kept)
        except Exception as error:
            _log.warning("no checkpoint of job %s: %s", checkpoint.origin.order.job, error)
        self._saved = self._clock()  # only now: on a slow disk, saving must not become the main work
        self._saving = False


def _fetched(checkpoint: Checkpoint, beside: Beside) -> Checkpoint:
    """The same in the machine's memory."""
    state = progression.moved(checkpoint.scheduler, beside.fetched)
    return replace(checkpoint, latents=beside.fetched(checkpoint.latents), scheduler=state)
