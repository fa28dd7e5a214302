"""One lever after another: what a picture takes with it and all before it, and whether it is still the same."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from gpu_agent.config import Config, Speed
from gpu_agent.engine.bench.ours import Ours
from gpu_agent.engine.bench.subject import Subject
from gpu_agent.engine.bench.told import Pulled
from gpu_agent.engine.fault import Fault
from gpu_agent.engine.speed import fidelity, lossy
from gpu_agent.order import Receipt

_WARM, _TIMED = (1, 2), (3, 4, 5)  # numbers of pictures; number 0 is held against the reference
NONE = Speed(compile="off", channels_last="off", graphs=False, attention="native", overlap=False)
_STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("none of them", {}),
    ("channels last", {"channels_last": "auto"}),
    ("attention", {"attention": "auto"}),
    ("compiled", {"compile": "auto"}),
    ("CUDA graphs", {"graphs": True}),
)


@dataclass(frozen=True)
class Pulling:
    """Levers of one subject. `reference` are the plain call's pixels of the picture number 0."""

    subject: Subject
    config: Config
    root: Path
    reference: Any
    until: float

    def each(self) -> Iterator[Pulled]:
        """One line for each, in the order in which they are pulled."""
        speed = NONE
        for name, more in _STEPS:
            speed = speed.model_copy(update=more)
            yield self._drawn(name, speed)

    def lossy(self) -> Iterator[Pulled]:
        """Each one that changes pictures, over all that do not. What it costs is kept for receipts, on real weights."""
        exact = lossy.exact(self.config.speed)
        yield self._drawn("all that are exact", exact)
        for name, speed in lossy.alone(self.config.speed).items():
            yield self._drawn(name, speed, self._keep)

    def _drawn(self, name: str, speed: Speed, keep: Callable[[Receipt, float], None] | None = None) -> Pulled:
        if perf_counter() > self.until:
            return Pulled(name, None, missing="the time was up")
        ours = Ours(self.subject.model, self.subject.loads, self.subject.device, self.config, speed, self.root)
        try:
            for number in _WARM:
                ours.draw(self.subject.short(number), number)
            taken = [ours.draw(self.subject.order(number), number)[0] for number in _TIMED]
            return self._told(name, ours, median(taken), keep)
        except Fault as fault:
            return Pulled(name, None, missing=f"{fault.kind}: {fault.facts.get('fault', '')}".rstrip(": "))
        finally:
            ours.release()

    def _told(self, name: str, ours: Ours, taken: float, keep: Callable[[Receipt, float], None] | None) -> Pulled:
        _, _, pixels = ours.draw(self.subject.order(0), 0)
        receipt = ours.receipt
        assert receipt is not None
        if keep is not None and not receipt.lossy:
            return Pulled(name, None, missing="it cannot be had here, or not for so few steps")
        label = f"{name} ({', '.join((*receipt.levers, *receipt.lossy)) or 'nothing pulled'})"
        if self.subject.random or self.reference is None:
            return Pulled(label, taken)
        reference, seen = _as_written(self.reference), _as_written(pixels)
        decibels = fidelity.compared(reference, seen)
        if keep is not None:
            keep(receipt, decibels)
        largest = float(np.abs(seen - reference).max())
        return Pulled(label, taken, largest, decibels if largest else None)

    def _keep(self, receipt: Receipt, decibels: float) -> None:
        notebook = fidelity.Fidelity(self.root / fidelity.FILE)
        for lever in receipt.lossy:
            notebook.keep(receipt.weights_sha256, lever, (decibels,))


def _as_written(pixels: Any) -> Any:
    """As a file holds them: colours of 8 bits."""
    return np.round(np.asarray(pixels, np.float64) * 255) / 255
