"""The whole way from an order to a finished file, with the last model kept warm.

    known → inputs there → placed → loaded → dressed for the order → steps → pixels | → file

Everything up to the bar holds the device; the rest may be done beside the next render.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from traceback import clear_frames
from typing import Any

from gpu_agent.catalogue import Model
from gpu_agent.config import Config
from gpu_agent.engine import picture, place
from gpu_agent.engine.fault import Fault, Stopped, as_fault
from gpu_agent.engine.inputs import Brought, Inputs
from gpu_agent.engine.load import load
from gpu_agent.engine.modes import parameters
from gpu_agent.engine.receipt import receipt
from gpu_agent.engine.render import Asked, Report, arguments, evaluations, render
from gpu_agent.engine.warm import Warm
from gpu_agent.engine.words import dropped
from gpu_agent.order import Order, Receipt
from gpu_agent.planner import plan
from gpu_agent.shelf import Stock
from gpu_agent.wire import Progress


@dataclass(frozen=True)
class Rendered:
    """Pixels as float array (height, width, 3), values 0..1, or one with frames before that; the order's inputs; the
    receipt; seconds from order to pixels; and bytes of memory."""

    pixels: Any
    brought: Brought
    receipt: Receipt
    seconds: float
    peak: int


@dataclass(frozen=True)
class Drawn:
    """A finished picture or clip: its bytes and their media type, a clip's poster as PNG, the receipt that is also
    inside, seconds from order to file, bytes of memory."""

    content: bytes
    media: str
    poster: bytes | None
    receipt: Receipt
    seconds: float
    peak: int


class Engine:
    """Renders one order at a time on one device. `root` holds the uploaded inputs, the checkpoints and what was
    measured here."""

    def __init__(self, stock: Stock, config: Config, root: Path) -> None:
        self._stock, self._config, self._root = stock, config, root
        self._inputs = Inputs(root / "inputs")
        self._device = place.device()
        self._warm: Warm | None = None
        place.leave_a_core()

    def draw(self, order: Order, report: Report, stopped: Asked = lambda: False) -> Drawn:
        """The whole way. Raises Fault, or Stopped within a step of `stopped()` becoming true."""
        return self.finish(self.render(order, report, stopped))

    def render(self, order: Order, report: Report, stopped: Asked = lambda: False) -> Rendered:
        """Everything that needs the device. Raises as `draw` does."""
        started = perf_counter()
        place.start_measuring(self._device)
        try:
            model = self._known(order)
            brought = self._inputs.brought(order)
            pixels, made = self._rendered(model, order, brought, report, stopped)
        except Stopped:
            raise
        except Exception as error:
            fault = as_fault(error, order)
            if fault.kind == "out-of-memory":
                clear_frames(error.__traceback__)  # they hold the tensors that filled the memory
                self.release()
            raise fault from error
        return Rendered(pixels, brought, made, perf_counter() - started, place.peak(self._device))

    @staticmethod
    def finish(rendered: Rendered) -> Drawn:
        """The file; needs neither engine nor device, so another thread may do it beside the next render."""
        started = perf_counter()
        image = picture.developed(rendered.pixels, rendered.brought)
        content = picture.png(image, rendered.receipt)
        seconds = rendered.seconds + perf_counter() - started
        return Drawn(content, "image/png", None, rendered.receipt, seconds, rendered.peak)

    def release(self) -> None:
        """Give the device's memory back; the next order loads its model anew."""
        self._warm = None
        place.give_back(self._device)

    def restock(self, stock: Stock) -> None:
        """What lies on the disks has changed. The warm model stays while its entry is the same."""
        self._stock = stock

    def _known(self, order: Order) -> Model:
        catalogue = self._stock.catalogue
        if order.model not in catalogue:
            known = ", ".join(model.id for model in catalogue)
            raise Fault("unknown-model", {"model": order.model, "known": known})
        return catalogue[order.model]

    def _rendered(
        self, model: Model, order: Order, brought: Brought, report: Report, stopped: Asked
    ) -> tuple[Any, Receipt]:
        warm = self._warmed(model, _telling(model, order, report, stopped))
        pipeline = warm.pipeline(order)
        given = arguments(pipeline, model, warm.family, order, brought)
        pixels = render(pipeline, given, order, report, stopped)
        picture.check(pixels, order)
        of = evaluations(pipeline, order)
        report(Progress(job=order.job, phase="saving", step=of, of=of))
        lost = dropped(pipeline, warm.family, order.prompt, _most_tokens(pipeline, given))
        return pixels, receipt(warm.loaded, pipeline, order, lost)

    def _warmed(self, model: Model, told: Callable[[float], None]) -> Warm:
        """The old model goes before the new one comes: there is seldom room for both."""
        if self._warm is None or self._warm.loaded.model != model:
            self.release()
            self._warm = Warm(load(model, plan(self._device), told))
        return self._warm


def _most_tokens(pipeline: Any, given: dict[str, Any]) -> int | None:
    own = parameters(pipeline).get("max_sequence_length")
    most = given.get("max_sequence_length", own.default if own is not None else None)
    return most if isinstance(most, int) else None


def _telling(model: Model, order: Order, report: Report, stopped: Asked) -> Callable[[float], None]:
    def told(share: float) -> None:
        if stopped():
            raise Stopped
        report(Progress(job=order.job, phase="loading", detail=model.name, share=share))

    return told
