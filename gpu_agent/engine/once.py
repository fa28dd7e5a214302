"""One order through one warm model: dressed, drawn, looked at, and told about in a receipt."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from gpu_agent.engine import picture, repair
from gpu_agent.engine.checkpoint import Checkpoint, Origin
from gpu_agent.engine.checkpoint_folder import Checkpoints
from gpu_agent.engine.inputs import Brought
from gpu_agent.engine.later import Coming, Decoder
from gpu_agent.engine.receipt import receipt, setting
from gpu_agent.engine.render import Asked, Drawing, Keeping, Report, arguments, evaluations, most_tokens, taken
from gpu_agent.engine.speed.artifacts import Artifacts
from gpu_agent.engine.speed.fidelity import Fidelity
from gpu_agent.engine.speed.pulled import Pulled
from gpu_agent.engine.warm import Dressed, Warm
from gpu_agent.engine.words import dropped
from gpu_agent.order import Order, Receipt
from gpu_agent.planner import Plan
from gpu_agent.shelf import Stock

Begun = Callable[[Any], None]


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
    where that was not a whole one; `ran_out` says that memory did not do for decoding in one piece. Pixels that are
    `coming` are None, and the receipt is as it will be if the decoder needs nothing."""

    pixels: Any
    of: int
    receipt: Receipt
    seconds: float
    ran_out: bool
    coming: Coming | None = None


@dataclass(frozen=True)
class Studio:
    """What all orders share: the stock, the folder of checkpoints, the seconds of work a crash may cost, what was
    measured of lossy levers, and what was compiled."""

    stock: Stock
    checkpoints: Checkpoints
    every: float
    fidelity: Fidelity
    artifacts: Artifacts

    def make(self, warm: Warm, plan: Plan, asking: Asking, underway: Begun, decoder: Decoder | None = None) -> Made:
        """`underway` hears of the pipeline after the first step. With a `decoder`, pixels may be left to that.

        Raises Fault or Stopped.
        """
        order, loaded = asking.order, warm.loaded
        dressed = warm.dressed(order, asking.brought, plan, self.stock)
        own = arguments(dressed.pipeline, loaded.model, warm.family, order, asking.brought)
        given = own | taken(dressed.pipeline, dressed.arguments)
        keeping = Keeping(self.checkpoints, _origin(warm, dressed, order), self.every)
        drawing = Drawing(warm, dressed.pipeline, given, keeping, asking.report, asking.stopped, underway)
        start = self._start(keeping.origin, plan.device)
        unread = dropped(dressed.pipeline, warm.family, order.prompt, most_tokens(dressed.pipeline, given))
        began = perf_counter()
        known = self.artifacts.around(loaded.digests.whole, warm.pulled)
        with known, warm.skipping(dressed.pipeline, order) as skipping:
            future = _left(drawing, decoder, order) if decoder is not None and start is None else None
            found = _decoded(drawing, dressed, order, start) if future is None else repair.Decoded(None)
        took = perf_counter() - began
        words = {"dropped": unread, "resumed_at": start.step if start is not None else None}
        telling = _Telling(warm, warm.pulled + skipping, self.fidelity, dressed, plan, order, words)
        of = evaluations(dressed.pipeline, order)
        if future is not None:
            return Made(None, of, telling.receipt(found), 0.0, False, Coming(future, telling.receipt, took))
        picture.check(found.pixels, order)
        seconds = took if start is None and not found.repaired else 0.0
        return Made(found.pixels, of, telling.receipt(found), seconds, found.tiled)

    def _start(self, origin: Origin, device: str) -> Checkpoint | None:
        """Where this very render stood when it was interrupted, else where its order wants to go on from."""
        last = self.checkpoints.last(origin, device)
        if last is not None or origin.order.start is None:
            return last
        return self.checkpoints.at(origin.order.start, origin, device)


@dataclass(frozen=True)
class _Telling:
    """All that a receipt is made of, but for what the decoder needed. `words` are what only this render knows."""

    warm: Warm
    pulled: Pulled
    fidelity: Fidelity
    dressed: Dressed
    plan: Plan
    order: Order
    words: dict[str, Any]

    def receipt(self, found: repair.Decoded) -> Receipt:
        return receipt(
            self.warm.loaded,
            self.pulled,
            self.fidelity,
            self.dressed,
            self.order,
            repaired=found.repaired,
            tiled=self.plan.tiled or found.tiled,
            **self.words,
        )


def _left(drawing: Drawing, decoder: Decoder, order: Order) -> "Future[repair.Decoded] | None":
    """The pixels to come, or None where this pipeline cannot be left before its decoder."""
    found: list[Future[repair.Decoded]] = []
    left = drawing.left(lambda undecoded: found.append(decoder.take(undecoded, order.model, drawing.last)))
    return found[0] if left else None


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
        setting=(*setting(loaded), *warm.pulled.levers),
    )
