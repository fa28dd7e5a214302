"""While one order is drawn, the next one is prepared beside it: its words are encoded, where its model is the one that
draws, or else its model's files are read into the machine's memory.

It is given up without a word where something is in the way: the order itself will meet that, and tell.
"""

import copy
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import torch

from gpu_agent.catalogue import Model
from gpu_agent.engine import weights
from gpu_agent.engine.families.family import Family
from gpu_agent.engine.inputs import Brought
from gpu_agent.engine.parts import Parts
from gpu_agent.engine.render import arguments
from gpu_agent.engine.timeline import Timeline, span
from gpu_agent.engine.warm import Warm
from gpu_agent.order import Order
from gpu_agent.planner import Plan

_ROOM = 10**9 // 2  # bytes that encoders take while they work
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Underway:
    """What is being drawn, with which pipeline."""

    warm: Warm
    pipeline: Any
    plan: Plan
    order: Order


class Ahead:
    """One order at a time is prepared, in threads beside; which one comes next may be told at any time. `read` reads
    the files of an order's model, unless it is loaded."""

    def __init__(self, timeline: Timeline, read: Callable[[Order], None]) -> None:
        self._timeline, self._read = timeline, read
        self._encoder = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self._lock = Lock()
        self._expected: Order | None = None
        self._now: Underway | None = None
        self._encoding: Future[None] | None = None

    def expect(self, order: Order) -> None:
        """This one comes next; from any thread."""
        with self._lock:
            self._expected = order
            self._begin()

    def underway(self, now: Underway) -> None:
        """The first step is done, and the device has enough to do."""
        with self._lock:
            self._now = now
            self._begin()

    def over(self) -> None:
        """The device is done with its order; what is told from now on waits for the next one to be under way."""
        with self._lock:
            self._now = None

    def settle(self) -> None:
        """Nothing is encoded any more. Files may still be read."""
        self.over()
        if self._encoding is not None:
            self._encoding.result()

    def _begin(self) -> None:
        if self._expected is None or self._now is None:
            return
        order, now, self._expected = self._expected, self._now, None
        if encodes(order, now):
            self._encoding = self._encoder.submit(self._prepared, order, lambda: encode(order, now))
        else:
            self._reader.submit(self._prepared, order, lambda: self._read(order))

    def _prepared(self, order: Order, prepare: Callable[[], None]) -> None:
        try:
            with self._timeline.working_on(order.job):
                prepare()
        except Exception as error:
            _log.warning("job %s was not prepared ahead: %s: %s", order.job, type(error).__name__, error)


def encodes(order: Order, now: Underway) -> bool:
    """Can the words of the order be encoded beside? Only by encoders that lie where they work and will wear what they
    wear now, and where there is memory for it."""
    plan, same = now.plan, order.model == now.order.model and order.loras == now.order.loras
    plain = order.mode == now.order.mode and not order.inputs and not now.order.inputs
    there = plan.rung == "resident" and plan.text == "card" and plan.device in ("cpu", "cuda")
    return same and plain and there and plan.peak + _ROOM <= plan.budget


def encode(order: Order, now: Underway) -> None:
    """The pipeline is called for the order, by a twin of it over the same parts, and left where it would draw noise.
    What it encoded is known when the order itself comes."""
    twin = copy.copy(now.pipeline)
    family, model = now.warm.family, now.warm.loaded.model
    scheduler = twin.scheduler
    twin.__dict__.update(
        {name: _Silent(getattr(twin, name)) for name in family.denoisers if getattr(twin, name, None) is not None},
        scheduler=type(scheduler).from_config(scheduler.config),
        prepare_latents=_enough,
    )
    with _apart(now.plan):
        try:
            twin(**_told(twin, model, family, order))
        except _Enough:
            return


def read(model: Model) -> None:
    """The model's files lie in the machine's memory afterwards, and their digests are known; where there is room."""
    parts = Parts(model, weights.require(model))
    if 2 * sum(parts.heavy().values()) <= psutil.virtual_memory().available:
        with span("read"):
            weights.digests(model, parts)


class _Enough(Exception):
    """The words are encoded."""


def _enough(*_given: Any, **_named: Any) -> Any:
    raise _Enough


class _Silent:
    """A network that can be asked about but never runs."""

    def __init__(self, own: Any) -> None:
        self._own = own

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def __call__(self, *_given: Any, **_named: Any) -> Any:
        raise _Enough


def _told(pipeline: Any, model: Model, family: Family, order: Order) -> dict[str, Any]:
    own = arguments(pipeline, model, family, order, Brought())
    return {**own, "generator": torch.Generator("cpu").manual_seed(order.seed), "output_type": "np"}


def _apart(plan: Plan) -> Any:
    """On a card in a stream beside the steps'."""
    return torch.cuda.stream(_stream() if plan.device == "cuda" else None)


@cache
def _stream() -> Any:
    """One for all orders: each stream keeps memory for itself."""
    return torch.cuda.Stream()
