"""A picture is decoded beside the steps of the next one, in a thread and (on a card) a stream of its own.

What goes wrong there is mended as ever, but by whoever has the turn at the device: mending changes the decoder, and
takes the memory that a render needs.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from threading import Condition
from traceback import clear_frames
from typing import Any

from gpu_agent import estimate
from gpu_agent.catalogue import Model, described
from gpu_agent.config import Speed
from gpu_agent.engine import repair
from gpu_agent.engine.checkpoint import Checkpoint
from gpu_agent.engine.fault import out_of_memory
from gpu_agent.engine.repair import Decoded
from gpu_agent.engine.tail import Undecoded
from gpu_agent.order import Order, Receipt
from gpu_agent.planner import Plan

_LOOK = 0.005  # seconds


@dataclass(frozen=True)
class Coming:
    """Pixels that are on their way, and the receipt once it is known what they needed. `seconds` is what the device
    took up to the decoder."""

    found: "Future[Decoded]"
    receipt: Callable[[Decoded], Receipt]
    seconds: float


class Decoder:
    """One picture at a time. `turn` is held by whoever uses the device in any other way."""

    def __init__(self, turn: Condition) -> None:
        self._turn = turn
        self._lane = ThreadPoolExecutor(1, thread_name_prefix="decoder")
        self._given: list[Future[Decoded]] = []

    def take(self, undecoded: Undecoded, model: str, last: Callable[[], Checkpoint | None]) -> "Future[Decoded]":
        """Begins at once, or after the one before. The compiler's settings, and for which job it is, go along."""
        found = self._lane.submit(copy_context().run, self._decoded, undecoded, model, last)
        self._given = [each for each in self._given if not each.done()] + [found]
        return found

    def settle(self) -> None:
        """Waits until nothing is being decoded; the turn, if it is one's own, is given away meanwhile. Nobody calls:
        for that, the thread that decodes would have to wait for the turn itself."""
        with self._turn:
            while not all(each.done() for each in self._given):
                self._turn.wait(_LOOK)

    def _decoded(self, undecoded: Undecoded, model: str, last: Callable[[], Checkpoint | None]) -> Decoded:
        pixels = _tried(undecoded)
        if pixels is not None and not repair.cause(pixels):
            return Decoded(pixels)
        with self._turn:
            vae = undecoded.pipeline.vae
            return repair.decoded(undecoded.pipeline, model, lambda _: undecoded.pixels(vae.decode), last)


def may(speed: Speed, model: Model, order: Order, plan: Plan) -> bool:
    """Is this picture one that may be left to the decoder, or drawn while another one is decoded? Only where nothing
    but the steps is to be done at the device, and there is memory for both."""
    plain = order.frames == 1 and not order.inputs and order.start is None
    simple = plan.rung == "resident" and not plan.tiled and not plan.sliced
    wanted = speed.overlap and not speed.graphs and not speed.step_cache
    return plain and simple and wanted and plan.device in ("cpu", "cuda") and _room(model, order, plan)


def _room(model: Model, order: Order, plan: Plan) -> bool:
    """Of a model that says nothing of its parts, nobody knows what it takes of a card."""
    if plan.device != "cpu" and not model.parts:
        return False
    return plan.peak + estimate.needs(described(model, present=True), order).decode <= plan.budget


def _tried(undecoded: Undecoded) -> Any:
    """None where memory ran out: a neighbour may have taken it."""
    try:
        return undecoded.pixels()
    except Exception as error:
        if not out_of_memory(error):
            raise
        clear_frames(error.__traceback__)
        return None
