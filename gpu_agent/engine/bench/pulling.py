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

_WARM, _RUNS = 2, 3
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

    def _drawn(self, name: str, speed: Speed, keep: Callable[[Ours, float], None] | None = None) -> Pulled:
        if perf_counter() > self.until:
            return Pulled(name, None, missing="the time was up")
        ours = Ours(self.subject.model, self.subject.loads, self.subject.device, self.config, speed, self.root)
        try:
            shots = [ours.draw(self.subject.order(number), number) for number in (*range(1, _WARM), *range(_RUNS), 0)]
            return self._told(name, ours, [seconds for seconds, _, _ in shots[_WARM - 1 :]], shots[-1][2], keep)
        except Fault as fault:
            return Pulled(name, None, missing=f"{fault.kind}: {fault.facts.get('fault', '')}".rstrip(": "))
        finally:
            ours.release()

    def _told(
        self, name: str, ours: Ours, taken: list[float], pixels: Any, keep: Callable[[Ours, float], None] | None
    ) -> Pulled:
        told = ours.receipt.levers + ours.receipt.lossy if ours.receipt is not None else ()
        label = f"{name} ({', '.join(told)})" if told else name
        if self.subject.random or self.reference is None:
            return Pulled(label, median(taken))
        largest = float(np.abs(np.asarray(pixels, np.float64) - self.reference).max())
        decibels = fidelity.compared(self.reference, pixels)
        if keep is not None:
            keep(ours, decibels)
        return Pulled(label, median(taken), largest, decibels)

    def _keep(self, ours: Ours, decibels: float) -> None:
        notebook = fidelity.Fidelity(self.root / fidelity.FILE)
        if ours.receipt is not None:
            for lever in ours.receipt.lossy:
                notebook.keep(ours.receipt.weights_sha256, lever, (decibels,))
