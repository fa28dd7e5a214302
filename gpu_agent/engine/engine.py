"""The whole way from an order to a finished file, with the last models kept warm.

    known → inputs there → planned → loaded → dressed for the order → steps → pixels | → file

Everything up to the bar holds the device; the rest may be done beside the next render. A plan that runs out of memory
gives way to a lower one, once.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Condition, RLock
from time import perf_counter
from traceback import clear_frames
from typing import Any

from gpu_agent.catalogue import Model, described
from gpu_agent.config import Config
from gpu_agent.engine import ahead, fall, later, picture, place, timeline
from gpu_agent.engine.ahead import Ahead, Underway
from gpu_agent.engine.checkpoint_folder import Checkpoints
from gpu_agent.engine.fault import Fault, Stopped, as_fault, out_of_memory
from gpu_agent.engine.inputs import Brought, Inputs
from gpu_agent.engine.later import Coming, Decoder
from gpu_agent.engine.load import Loaded, Loading, load
from gpu_agent.engine.once import Asking, Made, Studio
from gpu_agent.engine.render import Asked, Report
from gpu_agent.engine.speed import artifacts, fidelity
from gpu_agent.engine.speed.artifacts import Artifacts
from gpu_agent.engine.timeline import Timeline
from gpu_agent.engine.warm import Warm
from gpu_agent.engine.warmth import WarmModels
from gpu_agent.measured import Notebook
from gpu_agent.order import Order, Receipt
from gpu_agent.planner import Plan
from gpu_agent.shelf import Stock
from gpu_agent.stock import Gpu
from gpu_agent.wire import Progress

_GB = 10**9
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rendered:
    """Pixels as float array (height, width, 3), values 0..1, or one with frames before that; the order's inputs; frames
    a second, 0 for a picture; the receipt; seconds from order to pixels; bytes of memory; who is told of the rest. Of
    pixels that are `coming` it is known how, and nothing more; `timed` hears of the seconds once they are there."""

    pixels: Any
    brought: Brought
    fps: int
    receipt: Receipt
    seconds: float
    peak: int
    report: Report
    coming: Coming | None = None
    timed: Callable[[float], None] = lambda seconds: None


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
    measured here; `loading` may bring models from elsewhere than the disk."""

    def __init__(self, stock: Stock, config: Config, root: Path, loading: Loading = load) -> None:
        self._loading = loading
        self._device = place.device()
        self._most = int(config.card.vram_gb * _GB) if config.card.vram_gb is not None else None
        self._inputs = Inputs(root / "inputs")
        known = fidelity.Fidelity(root / fidelity.FILE)
        made = Artifacts(root / artifacts.FOLDER)
        self._studio = Studio(stock, Checkpoints(root / "checkpoints"), config.checkpoints.seconds, known, made)
        self._speed = config.speed
        self._notebook = Notebook(root / "measured.json")
        self._warm = WarmModels()
        self._turn = Condition(RLock())
        self._decoder = Decoder(self._turn)
        self.timeline = Timeline()
        self._ahead = Ahead(self.timeline, self._read)
        place.leave_a_core()
        place.return_large_blocks()

    def restock(self, stock: Stock) -> None:
        """What is on disk has changed."""
        self._studio = replace(self._studio, stock=stock)

    def draw(self, order: Order, report: Report, stopped: Asked = lambda: False) -> Drawn:
        """The whole way. Raises Fault, or Stopped within a step of `stopped()` becoming true."""
        drawn = self.finish(self.render(order, report, stopped))
        self.kept(order.job)
        return drawn

    def render(
        self, order: Order, report: Report, stopped: Asked = lambda: False, *, leaving: bool = False
    ) -> Rendered:
        """Everything that needs the device; or, if `leaving` and it can be, all but the decoder, which then works
        beside the next render while `finish` waits for it. Raises as `draw` does."""
        started = perf_counter()
        self._ahead.settle()
        with self._turn, self._faults(order), self.timeline.working_on(order.job):
            place.start_measuring(self._device)
            model = self._known(order)
            self._inputs.require(order.inputs)
            brought = self._inputs.brought(order)
            try:
                made, timed = self._made(model, Asking(order, brought, report, stopped), leaving)
            finally:
                self._ahead.over()
            report(Progress(job=order.job, phase="saving", step=made.of, of=made.of))
        fps = model.fps if order.frames > 1 else 0
        seconds, peak = perf_counter() - started, place.peak(self._device)
        return Rendered(made.pixels, brought, fps, made.receipt, seconds, peak, report, made.coming, timed)

    def expect(self, order: Order) -> None:
        """This order comes after the one that is drawn. From any thread; what can be is prepared beside."""
        if self._speed.overlap and not self._speed.graphs:  # a graph is recorded of all that a card does meanwhile
            self._ahead.expect(order)

    def finish(self, rendered: Rendered) -> Drawn:
        """The file. It needs no device, so another thread may do it beside the next render. Raises Fault clip-large,
        and those of pixels that were still to come."""
        started = perf_counter()
        if rendered.coming is not None:
            rendered = self._come(rendered, rendered.coming)
        told, poster, media = rendered.receipt, None, "image/png"
        with self.timeline.working_on(told.order.job), timeline.span("png"):
            if rendered.fps:
                from gpu_agent.engine import video  # its codecs are not carried about by those who draw pictures

                clip = video.clip(rendered.pixels, rendered.fps, told, told=_saving(rendered))
                content, poster, media, told = clip.content, clip.poster, video.MEDIA, clip.receipt
            else:
                content = picture.png(picture.developed(rendered.pixels, rendered.brought), told)
        return Drawn(content, media, poster, told, rendered.seconds + perf_counter() - started, rendered.peak)

    def kept(self, job: str) -> None:
        """Its file is where it belongs, or nobody wants it: the checkpoints that led to it are needed no more."""
        self._studio.checkpoints.done(job)
        if self._device == "cpu":
            place.trim()  # what the steps needed goes back to the machine

    def release(self) -> None:
        """Give the device's memory back; the next order loads its model anew."""
        with self._turn:
            self._ahead.settle()
            self._decoder.settle()
            self._warm.release()
            place.give_back(self._device)

    def _known(self, order: Order) -> Model:
        catalogue = self._studio.stock.catalogue
        if order.model not in catalogue:
            known = ", ".join(model.id for model in catalogue)
            raise Fault("unknown-model", {"model": order.model, "known": known})
        return catalogue[order.model]

    @contextmanager
    def _faults(self, order: Order) -> Iterator[None]:
        """Whatever goes wrong leaves as a fault, and only what may be tried again leaves checkpoints behind."""
        try:
            yield
        except Stopped:
            self._studio.checkpoints.done(order.job)
            raise
        except Exception as error:
            fault = as_fault(error, order)
            if out_of_memory(error):
                clear_frames(error.__traceback__)  # they hold the tensors that filled the memory
                self.release()
            if not fault.worth_retrying:
                self._studio.checkpoints.done(order.job)
            raise fault from error

    def _made(self, model: Model, asking: Asking, leaving: bool) -> tuple[Made, Callable[[float], None]]:
        """As planned, or on a lower rung if that runs out of memory; and who hears how long it took, if that comes
        later."""
        card = self._card()
        plan = self._warm.as_it_lies(model, self._placed(model, asking.order, card))

        def lower(failed: Plan) -> Plan:
            self._notebook.ran_out(asking.order, fall.whatever_the_decoder(failed), card)
            return self._placed(model, asking.order, card, below=failed.rung)

        def attempt(plan: Plan) -> tuple[Made, Plan]:
            may = later.may(self._speed, model, asking.order, plan)
            if not may:
                self._decoder.settle()
            warm = self._warmed(model, plan, asking)
            begun = partial(self._underway, warm, plan, asking.order)
            made = self._studio.make(warm, plan, asking, begun, self._decoder if leaving and may else None)
            self._measured(asking.order, plan, card, made)
            return made, plan

        (made, plan), fell = fall.falling(attempt, plan, lower, self.release)
        if fell:
            made = replace(made, receipt=made.receipt.model_copy(update={"fell": fell}))
        return made, lambda seconds: self._notebook.rendered(asking.order, plan, card, 0, seconds)

    def _underway(self, warm: Warm, plan: Plan, order: Order, pipeline: Any) -> None:
        self._ahead.underway(Underway(warm, pipeline, plan, order))

    def _come(self, rendered: Rendered, coming: Coming) -> Rendered:
        """The pixels are there, as good as if they had been waited for."""
        order, began = rendered.receipt.order, perf_counter()
        with self._faults(order):
            found = coming.found.result()
            picture.check(found.pixels, order)
        if not found.repaired:
            rendered.timed(coming.seconds + perf_counter() - began)
        receipt = coming.receipt(found).model_copy(update={"fell": rendered.receipt.fell})
        return replace(rendered, pixels=found.pixels, receipt=receipt, coming=None)

    def _read(self, order: Order) -> None:
        """A model that is not loaded is read ahead."""
        model = self._known(order)
        if not self._warm.holds(model):
            ahead.read(model)

    def _card(self) -> Gpu:
        """The device as it is now, and this process held to what it may have of it."""
        card = place.card(self._device, self._most)
        place.cap(self._device, card, self._most)
        return card

    def _placed(self, model: Model, order: Order, card: Gpu, below: str = "") -> Plan:
        loras = tuple(found.shelf for found in self._studio.stock.loras)
        wished: dict[str, Any] = {"below": below, "loras": loras, "quantize": self._speed.quantize}
        return fall.placed(described(model, present=True), order, card, self._notebook, **wished)

    def _measured(self, order: Order, plan: Plan, card: Gpu, made: Made) -> None:
        if made.ran_out:
            self._notebook.ran_out(order, plan, card)
        elif made.seconds:
            peak = place.peak(self._device) if self._device == "cuda" else 0
            self._notebook.rendered(order, plan, card, peak, made.seconds)

    def _warmed(self, model: Model, plan: Plan, asking: Asking) -> Warm:
        """The model as the plan wants it; what else is loaded goes first, as far as there is no room for both."""
        warm = self._warm.serving(model, plan)
        if warm is None:
            self._decoder.settle()
            self._warm.make_room(model, plan)
            place.give_back(self._device)
            told = _telling(model, asking)
            with timeline.span("load"):
                warm = self._warm.keep(Warm(self._loading(model, plan, told), self._speed))
            _say_times(warm.loaded)
            told(1.0)
        return warm


def _saving(rendered: Rendered) -> Callable[[float], None]:
    """A word for each tenth of a clip that is encoded."""
    said = 0

    def told(share: float) -> None:
        nonlocal said
        if int(share * 10) != said:
            said = int(share * 10)
            job = rendered.receipt.order.job
            rendered.report(Progress(job=job, phase="saving", detail="encoding the clip", share=share))

    return told


def _say_times(loaded: Loaded) -> None:
    """For whoever wonders whether the drive is what a first picture waits for."""
    times = loaded.times
    if times.bytes:
        words = "%s: %.1f GB read at %.2f GB a second; the parts were built in %.1f s"
        _log.info(words, loaded.model.id, times.bytes / _GB, times.rate / _GB, times.built)


def _telling(model: Model, asking: Asking) -> Callable[[float], None]:
    def told(share: float) -> None:
        if asking.stopped():
            raise Stopped
        asking.report(Progress(job=asking.order.job, phase="loading", detail=model.name, share=share))

    return told
