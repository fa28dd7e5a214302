"""The whole way from an order to a PNG, with the last pipeline kept warm."""

import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from time import perf_counter
from traceback import clear_frames

from gpu_agent.catalogue import Catalogue, Model
from gpu_agent.engine import picture, place
from gpu_agent.engine.fault import Fault, Stopped, as_fault
from gpu_agent.engine.load import Loaded, load
from gpu_agent.engine.render import Asked, Report, evaluations, render, truncated
from gpu_agent.order import Order, Receipt
from gpu_agent.planner import plan
from gpu_agent.wire import Progress

# Read once: what is loaded here stays as it is, even when somebody installs another version meanwhile.
_LIBRARIES = ("torch", "diffusers", "transformers", "numpy", "pillow")
_VERSIONS = {name: version(name) for name in _LIBRARIES} | {"python": platform.python_version()}


@dataclass(frozen=True)
class Drawn:
    """A finished picture: PNG bytes, the receipt that is also inside, seconds from order to file, bytes of memory."""

    png: bytes
    receipt: Receipt
    seconds: float
    peak: int


class Engine:
    """Renders one order at a time on one device."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._device = place.device()
        self._warm: Loaded | None = None
        place.leave_a_core()

    def draw(self, order: Order, report: Report, stopped: Asked = lambda: False) -> Drawn:
        """Raises Fault, or Stopped within a step of `stopped()` becoming true."""
        started = perf_counter()
        model = self._known(order.model)
        place.start_measuring(self._device)
        try:
            content, receipt = self._draw(model, order, report, stopped)
        except Stopped:
            raise
        except Exception as error:
            fault = as_fault(error, order)
            if fault.kind == "out-of-memory":
                clear_frames(error.__traceback__)  # they hold the tensors that filled the memory
                self.release()
            raise fault from error
        return Drawn(content, receipt, perf_counter() - started, place.peak(self._device))

    def release(self) -> None:
        """Give the device's memory back; the next order loads its model anew."""
        self._warm = None
        place.give_back(self._device)

    def _known(self, model_id: str) -> Model:
        if model_id not in self._catalogue:
            known = ", ".join(model.id for model in self._catalogue)
            raise Fault("unknown-model", {"model": model_id, "known": known})
        return self._catalogue[model_id]

    def _draw(self, model: Model, order: Order, report: Report, stopped: Asked) -> tuple[bytes, Receipt]:
        loaded = self._loaded(model, _telling(model, order, report, stopped))
        image = picture.develop(render(loaded, order, report, stopped), order)
        of = evaluations(loaded.pipeline, order)
        report(Progress(job=order.job, phase="saving", step=of, of=of))
        receipt = _receipt(loaded, order)
        return picture.png(image, receipt), receipt

    def _loaded(self, model: Model, told: Callable[[float], None]) -> Loaded:
        """The old model goes before the new one comes: there is seldom room for both."""
        if self._warm is None or self._warm.model != model:
            self.release()
            self._warm = load(model, plan(self._device), told)
        return self._warm


def _telling(model: Model, order: Order, report: Report, stopped: Asked) -> Callable[[float], None]:
    def told(share: float) -> None:
        if stopped():
            raise Stopped
        report(Progress(job=order.job, phase="loading", detail=model.name, share=share))

    return told


def _receipt(loaded: Loaded, order: Order) -> Receipt:
    return Receipt(
        order=order,
        model_name=loaded.model.name,
        weights_sha256=loaded.weights_sha256,
        pipeline=type(loaded.pipeline).__name__,
        scheduler=type(loaded.pipeline.scheduler).__name__,
        dtype=loaded.plan.dtype,
        device=place.name(loaded.plan.device),
        threads=place.threads(),
        plan=loaded.plan.rung,
        compiled=False,
        prompt_truncated=truncated(loaded, order.prompt),
        versions=_VERSIONS,
    )
