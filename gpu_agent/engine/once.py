"""One order through one warm model: dressed, drawn, looked at, and told about in a receipt."""

from dataclasses import dataclass
from time import perf_counter
from typing import Any

from gpu_agent.engine import picture, repair
from gpu_agent.engine.checkpoint import Checkpoint, Origin
from gpu_agent.engine.checkpoint_folder import Checkpoints
from gpu_agent.engine.inputs import Brought
from gpu_agent.engine.receipt import receipt, setting
from gpu_agent.engine.render import Asked, Drawing, Keeping, Report, arguments, evaluations, most_tokens, taken
from gpu_agent.engine.speed.fidelity import Fidelity
from gpu_agent.engine.warm import Dressed, Warm
from gpu_agent.engine.words import dropped
from gpu_agent.order import Order, Receipt
from gpu_agent.planner import Plan
from gpu_agent.shelf import Stock


@dataclass(frozen=True)
class Asking:
    """An order with all that comes along: its images, who is told, and whether it is to stop."""

    order: Order
    brought: Brought
    report: Report
    stopped: Asked


@dataclass(frozen=True)
class Made:
    """`pixels` as `Drawing.pixels` gives them, after `of` evaluations. `seconds` is of the pipeline's call alone, 0
    where that was not a whole one; `ran_out` says that memory did not do for decoding in one piece."""

    pixels: Any
    of: int
    receipt: Receipt
    seconds: float
    ran_out: bool


@dataclass(frozen=True)
class Studio:
    """What all orders share: the stock, the folder of checkpoints, the seconds of work a crash may cost, and what was
    measured of lossy levers."""

    stock: Stock
    checkpoints: Checkpoints
    every: float
    fidelity: Fidelity

    def make(self, warm: Warm, plan: Plan, asking: Asking) -> Made:
        """Raises Fault or Stopped."""
        order, loaded = asking.order, warm.loaded
        dressed = warm.dressed(order, asking.brought, plan, self.stock)
        own = arguments(dressed.pipeline, loaded.model, warm.family, order, asking.brought)
        given = own | taken(dressed.pipeline, dressed.arguments)
        keeping = Keeping(self.checkpoints, _origin(warm, dressed, order), self.every)
        drawing = Drawing(warm, dressed.pipeline, given, keeping, asking.report, asking.stopped)
        start = self._start(keeping.origin, plan.device)
        began = perf_counter()
        with warm.skipping(dressed.pipeline, order) as skipping:
            found = _decoded(drawing, dressed, order, start)
        seconds = perf_counter() - began if start is None and not found.repaired else 0.0
        picture.check(found.pixels, order)
        told = receipt(
            loaded,
            warm.pulled + skipping,
            self.fidelity,
            dressed,
            order,
            dropped=dropped(dressed.pipeline, warm.family, order.prompt, most_tokens(dressed.pipeline, given)),
            resumed_at=start.step if start is not None else None,
            repaired=found.repaired,
            tiled=plan.tiled or found.tiled,
        )
        return Made(found.pixels, evaluations(dressed.pipeline, order), told, seconds, found.tiled)

    def _start(self, origin: Origin, device: str) -> Checkpoint | None:
        """Where this very render stood when it was interrupted, else where its order wants to go on from."""
        last = self.checkpoints.last(origin, device)
        if last is not None or origin.order.start is None:
            return last
        return self.checkpoints.at(origin.order.start, origin, device)


def _decoded(drawing: Drawing, dressed: Dressed, order: Order, start: Checkpoint | None) -> repair.Decoded:
    def draw(checkpoint: Checkpoint | None) -> Any:
        return drawing.pixels(checkpoint or start)

    return repair.decoded(dressed.pipeline, order.model, draw, drawing.last)


def _origin(warm: Warm, dressed: Dressed, order: Order) -> Origin:
    loaded = warm.loaded
    return Origin(
        order=order,
        weights_sha256=loaded.digests.whole,
        pipeline=type(dressed.pipeline).__name__,
        scheduler=type(loaded.pipeline.scheduler).__name__,
        loras=dressed.worn,
        setting=setting(loaded),
    )
