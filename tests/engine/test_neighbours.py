"""What neighbours do beside a render: the last picture is decoded, the next one's words are encoded; and every picture
is the one that would have been drawn alone, bit for bit."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Timer
from typing import Any

import numpy as np
import pytest
import torch

from gpu_agent.catalogue import Catalogue
from gpu_agent.config import Config, Speed
from gpu_agent.engine.engine import Engine, Rendered
from gpu_agent.engine.fault import Fault
from gpu_agent.engine.timeline import Span, What
from gpu_agent.order import Order
from gpu_agent.shelf import Stock
from gpu_agent.wire import Progress
from tests.agent.engine.conftest import silent
from tests.engine import spoilt
from tests.engine.orders import Orders
from tests.engine.test_encode import encoders_run
from tests.engine.twins.house import Twins

STILLS = (
    "demo",
    "sdxl",
    "sd35-medium",
    "flux-schnell",
    "flux2-klein-4b",
    "hidream-fast",
    "z-image-turbo",
    "qwen-image",
)
LONG = 60  # seconds until a test that waits for a thread gives up
SOON = 0.5


class Room:
    """An engine with one twin, and orders for it."""

    def __init__(self, twins: Twins, model_id: str, root: Path, speed: Speed | None = None) -> None:
        self.model = twins.model(model_id)
        config = Config(speed=speed or Speed(compile="off"))
        self.engine = Engine(Stock(Catalogue({model_id: self.model})), config, root)
        self.orders = Orders(root / "inputs")

    def order(self, job: str, way: str = "text", **own: Any) -> Order:
        return self.orders.order(self.model, way, job, **{"prompt": job, **own})

    def alone(self, order: Order) -> bytes:
        return np.asarray(self.engine.render(order, silent).pixels).tobytes()

    def left(self, order: Order, report: Any = silent) -> Rendered:
        rendered = self.engine.render(order, report, leaving=True)
        assert rendered.coming is not None
        return rendered

    def span(self, job: str, what: What) -> Span:
        return self.engine.timeline.of(job, what)[-1]

    @property
    def pipeline(self) -> Any:
        return self.engine._warm._kept[-1].loaded.pipeline


def pixels(rendered: Rendered) -> bytes:
    assert rendered.coming is not None
    return np.asarray(rendered.coming.found.result(LONG).pixels).tobytes()


@pytest.fixture
def room(twins: Twins, tmp_path: Path) -> Room:
    """One that has drawn a picture."""
    room = Room(twins, "flux-schnell", tmp_path)
    room.alone(room.order("warm"))
    return room


def after_step(job: str, done: Callable[[], object]) -> Any:
    """A report that does this after the job's first step."""

    def told(progress: Progress, _preview: bytes = b"") -> None:
        if (progress.job, progress.phase, progress.step) == (job, "rendering", 1):
            done()

    return told


@pytest.mark.parametrize("model_id", STILLS)
def test_a_picture_that_was_left_to_the_decoder_is_the_same(twins: Twins, tmp_path: Path, model_id: str) -> None:
    """For every family that draws pictures: left before its decoder after the first picture, and no bit is another."""
    room = Room(twins, model_id, tmp_path)
    assert room.engine.render(room.order("first"), silent, leaving=True).coming is None
    waited = room.alone(room.order("same"))
    assert pixels(room.left(room.order("same"))) == waited


@pytest.fixture
def gate(room: Room) -> Iterator[Event]:
    """The decoder waits until this is open."""
    opened = Event()
    handle = room.pipeline.vae.decoder.register_forward_pre_hook(lambda *_: opened.wait(LONG) and None)
    yield opened
    opened.set()
    handle.remove()


def test_the_next_denoises_while_the_last_is_decoded(room: Room, gate: Event) -> None:
    """The first is at its decoder until the second has done a step; both end as they should, and the timeline shows
    it: decoding of the one and denoising of the other overlap."""
    first = room.left(room.order("a"))
    second = room.left(room.order("b"), after_step("b", gate.set))
    drawn = [room.engine.finish(each).receipt.order.job for each in (first, second)]
    assert drawn == ["a", "b"]
    assert room.span("a", "decode").overlaps(room.span("b", "denoise"))
    assert room.span("a", "denoise").end <= room.span("b", "denoise").begin
    assert room.span("a", "decode").end <= room.span("b", "decode").begin
    assert room.span("a", "decode").end <= room.span("a", "png").begin


def test_what_uses_the_decoder_waits_for_it(room: Room, gate: Event) -> None:
    """An order with an image of its own encodes that: it begins when the picture before it is decoded."""
    first = room.left(room.order("a"))
    begun: list[bool] = []
    report = after_step("b", lambda: begun.append(first.coming is not None and first.coming.found.done()))
    Timer(SOON, gate.set).start()
    room.engine.render(room.order("b", "image"), report, leaving=True)
    assert begun == [True]
    assert room.span("a", "decode").end <= room.span("b", "denoise").begin


def test_memory_that_is_given_back_waits_for_the_decoder(room: Room, gate: Event) -> None:
    """A picture that is being decoded is not lost by a release."""
    first = room.left(room.order("a"))
    Timer(SOON, gate.set).start()
    room.engine.release()
    assert first.coming is not None
    assert first.coming.found.done()
    assert room.engine.finish(first).receipt.order.job == "a"


def test_a_decoder_that_runs_out_of_memory_beside_is_asked_again_in_tiles(room: Room) -> None:
    """As if it had been waited for: the receipt says so, and no step is made twice."""
    with spoilt.full(room.pipeline.vae.decoder, times=2), spoilt.counted(room.pipeline.transformer) as steps:
        drawn = room.engine.finish(room.left(room.order("a")))
    assert drawn.receipt.repaired == "tiled-vae"
    assert [words for words in drawn.receipt.lossy if words.startswith("decoded in tiles")]
    assert len(steps) == drawn.receipt.order.steps
    assert room.alone(room.order("b")) == room.alone(room.order("b"))


def test_memory_that_was_short_for_a_moment_changes_nothing(room: Room) -> None:
    """A neighbour may have taken it: the second try is in one piece."""
    alone = room.alone(room.order("a"))
    with spoilt.full(room.pipeline.vae.decoder):
        found = room.left(room.order("a"))
        assert pixels(found) == alone
    assert room.engine.finish(found).receipt.repaired == ""


def test_a_picture_that_is_nothing_fails_as_ever(room: Room) -> None:
    """The fault of a decoder that gives nothing is told by who finishes, and the next picture is drawn."""
    handle = room.pipeline.vae.decoder.register_forward_hook(
        lambda _module, _given, out: torch.full_like(out, float("nan"))
    )
    left = room.left(room.order("a"))
    with pytest.raises(Fault) as fault:
        room.engine.finish(left)
    handle.remove()
    assert fault.value.kind == "picture-black"
    assert room.engine.finish(room.left(room.order("b"))).receipt.repaired == ""


@pytest.mark.parametrize("speed", [{"overlap": False}, {"graphs": True}])
def test_it_is_waited_for_where_that_was_asked(twins: Twins, tmp_path: Path, speed: dict[str, bool]) -> None:
    """Without overlap, and where shapes are fixed in graphs, every render ends with its pixels."""
    room = Room(twins, "flux-schnell", tmp_path, Speed(**{"compile": "off", **speed}))
    room.alone(room.order("warm"))
    assert room.engine.render(room.order("a"), silent, leaving=True).coming is None


def test_the_next_orders_words_are_encoded_beside_the_steps(room: Room) -> None:
    """While "a" is drawn "b" is told of: its encoders run then, and not when it comes; its pixels are the same."""
    order = room.order("b")
    with encoders_run() as ran:
        room.engine.render(room.order("a"), after_step("a", lambda: room.engine.expect(order)))
        room.engine._ahead.settle()
        before = len(ran)
        drawn = room.alone(order)
        assert len(ran) == before
    assert len(room.engine.timeline.of("b", "encode")) == 1
    assert room.span("b", "encode").begin < room.span("a", "decode").end
    room.engine.release()
    assert room.alone(order) == drawn


def test_an_order_told_before_the_first_step_is_prepared_after_it(room: Room) -> None:
    """It is kept in mind until the device has enough to do."""
    room.engine.expect(room.order("b"))
    room.engine.render(room.order("a"), silent)
    room.engine._ahead.settle()
    with encoders_run() as ran:
        room.engine.render(room.order("b"), silent)
    assert ran == []


def test_words_for_other_ways_of_drawing_are_not_encoded_ahead(room: Room) -> None:
    """An order with an image waits for its turn."""
    room.engine.expect(room.order("b", "image"))
    room.engine.render(room.order("a"), silent)
    room.engine._ahead.settle()
    assert room.engine.timeline.of("b", "encode") == ()


def test_another_models_files_are_read_beside(twins: Twins, tmp_path: Path) -> None:
    """While one model draws, the files of the next order's model are read; loading it then reads none again."""
    room = Room(twins, "demo", tmp_path)
    other = twins.model("sd35-medium")
    catalogue = Catalogue({"demo": room.model, "sd35-medium": other})
    room.engine.restock(Stock(catalogue))
    order = room.orders.order(other, "text", "b")
    room.engine.expect(order)
    room.engine.render(room.order("a"), silent)
    room.engine._ahead._reader.submit(int).result(LONG)  # whoever stands in line after it knows that it is done
    assert len(room.engine.timeline.of("b", "read")) == 1
    room.engine.render(order, silent)
    assert room.engine._warm._kept[-1].loaded.times.bytes == 0
