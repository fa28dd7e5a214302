"""The engine as the daemon's worker uses it, over numbers that lie on the device already."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import torch._dynamo

from gpu_agent.catalogue import Catalogue, Model
from gpu_agent.config import Config, Speed
from gpu_agent.engine.bench import rate
from gpu_agent.engine.bench.marks import Watch
from gpu_agent.engine.engine import Drawn, Engine, Rendered
from gpu_agent.engine.families.known import family
from gpu_agent.engine.load import Loaded, Report
from gpu_agent.order import Order, Receipt
from gpu_agent.planner import Plan
from gpu_agent.shelf import Stock
from gpu_agent.wire import Progress

Loads = Callable[[Model, Plan, Report], Loaded]


class Ours:
    """An engine that knows one model. `loads` brings it; `root` is where it keeps what it learns."""

    def __init__(self, model: Model, loads: Loads, device: str, config: Config, speed: Speed, root: Path) -> None:
        self._loads, self._device, self._model = loads, device, model
        self.watch: Watch | None = None
        self._picture = 0
        self.pipeline: Any = None
        self.receipt: Receipt | None = None
        stock = Stock(Catalogue({model.id: model}))
        self._engine = Engine(stock, config.model_copy(update={"speed": speed}), root, self._loading)

    def draw(self, order: Order, number: int) -> tuple[float, float, Any]:
        """The picture of this number: seconds to the pixels, seconds from there to the file, and the pixels, floats
        0..1. Raises Fault."""
        rate.settled(self._device)
        began = perf_counter()
        rendered = self.render(order, number)
        rate.settled(self._device)
        drawn_at = perf_counter()
        self.finish(rendered)
        return drawn_at - began, perf_counter() - drawn_at, rendered.pixels

    def expect(self, order: Order) -> None:
        """This one comes after the one that is rendered next."""
        self._engine.expect(order)

    def render(self, order: Order, number: int, leaving: bool = False) -> Rendered:
        """As the worker does if `leaving`: the decoder may then work beside the next picture."""
        self._picture = number
        if self.watch is not None:
            self.watch.picture = number
        rendered = self._engine.render(order, _unheard, leaving=leaving)
        self.receipt = rendered.receipt
        return rendered

    def finish(self, rendered: Rendered) -> Drawn:
        drawn = self._engine.finish(rendered)
        self._engine.kept(rendered.receipt.order.job)
        return drawn

    def release(self) -> None:
        """Give the device's memory back. What was compiled is forgotten, too: no engine is to profit from another."""
        self.watch, self.pipeline = None, None
        self._engine.release()
        torch._dynamo.reset()

    def _loading(self, model: Model, plan: Plan, report: Report) -> Loaded:
        loaded = self._loads(model, plan, report)
        self.pipeline = loaded.pipeline
        self.watch = Watch(loaded.pipeline, family(model.family), self._device)
        self.watch.picture = self._picture
        return loaded


def _unheard(_progress: Progress, _preview: bytes = b"") -> None:
    """Progress is made and told to nobody."""
