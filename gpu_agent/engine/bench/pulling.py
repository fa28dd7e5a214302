"""One lever after another: what a picture takes with it and all before it, and whether it is still the same."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
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

_WARM, _TIMED = 1, (3, 4, 5)  # numbers of pictures; number 0 comes first and is held against the reference
Keep = Callable[[Receipt, float], None]
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
            yield self._drawn(name, speed, self.reference)[0]

    def lossy(self) -> Iterator[Pulled]:
        """Each one that changes pictures, over all that do not, and held against those alone. What it costs is kept for
        receipts, on real weights."""
        exact, seen = self._drawn("all that are exact", lossy.exact(self.config.speed), self.reference)
        yield exact
        for name, speed in lossy.alone(self.config.speed).items():
            yield self._drawn(name, speed, seen, self._keep)[0]

    def _drawn(self, name: str, speed: Speed, reference: Any, keep: Keep | None = None) -> tuple[Pulled, Any]:
        """The line, and the pixels of picture number 0 if it was drawn."""
        if perf_counter() > self.until:
            return Pulled(name, None, missing="the time was up"), None
        ours = Ours(self.subject.model, self.subject.loads, self.subject.device, self.config, speed, self.root)
        try:
            _, _, pixels = ours.draw(self.subject.order(0), 0)
            receipt = ours.receipt
            assert receipt is not None
            if keep is not None and not receipt.lossy:
                return Pulled(name, None, missing="it cannot be had here, or not for so few steps"), pixels
            ours.draw(self.subject.short(_WARM), _WARM)
            taken = [ours.draw(self.subject.order(number), number)[0] for number in _TIMED]
            label = f"{name} ({', '.join((*receipt.levers, *receipt.lossy)) or 'nothing pulled'})"
            pulled = self._told(Pulled(label, median(taken)), reference, pixels)
            if keep is not None and pulled.largest is not None:
                keep(receipt, float("inf") if pulled.decibels is None else pulled.decibels)
            return pulled, pixels
        except Fault as fault:
            return Pulled(name, None, missing=f"{fault.kind}: {fault.facts.get('fault', '')}".rstrip(": ")), None
        finally:
            ours.release()

    def _told(self, pulled: Pulled, reference: Any, pixels: Any) -> Pulled:
        """With the difference to the reference, where that says anything."""
        if self.subject.random or reference is None:
            return pulled
        wanted, seen = _as_written(reference), _as_written(pixels)
        largest = float(np.abs(seen - wanted).max())
        return replace(pulled, largest=largest, decibels=fidelity.compared(wanted, seen) if largest else None)

    def _keep(self, receipt: Receipt, decibels: float) -> None:
        """Tiles are in the reference, too."""
        notebook = fidelity.Fidelity(self.root / fidelity.FILE)
        for lever in receipt.lossy:
            if fidelity.bare(lever) != lossy.TILES:
                notebook.keep(receipt.weights_sha256, lever, (decibels,))


def _as_written(pixels: Any) -> Any:
    """As a file holds them: colours of 8 bits, rounded where pipelines round, at 32 bits."""
    return np.round(np.asarray(pixels, np.float32) * 255).astype(np.float64) / 255
