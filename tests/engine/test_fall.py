"""What runs out of memory goes on a rung lower, once, and that is remembered: the picture is the same."""

import gc
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from diffusers.models.autoencoders.vae import Decoder
from diffusers.models.transformers.transformer_flux import FluxTransformerBlock
from transformers import T5EncoderModel

from gpu_agent.catalogue import Catalogue, Model
from gpu_agent.config import Config
from gpu_agent.engine import fall
from gpu_agent.engine.engine import Engine, Rendered
from gpu_agent.engine.fault import Fault
from gpu_agent.measured import Notebook
from gpu_agent.order import Order
from gpu_agent.planner import Plan
from gpu_agent.shelf import Stock
from gpu_agent.stock import Gpu
from tests.agent.engine.conftest import silent
from tests.engine import spoilt
from tests.engine.twins.house import Twins

CARD = Gpu(name="NVIDIA H200", total=141 * 10**9, free=140 * 10**9, arch="sm90", ram=512 * 10**9, ram_free=500 * 10**9)
PLACES: dict[str, tuple[Any, str, int]] = {
    "load": (diffusers.FluxTransformer2DModel, "to", 1),
    "encode": (T5EncoderModel, "forward", 1),
    "denoise": (FluxTransformerBlock, "forward", 2),
}


class OnACard(Engine):
    """Plans for a large card, and computes on the processor."""

    def _card(self) -> Gpu:
        return CARD

    def _placed(self, model: Model, order: Order, card: Gpu, below: str = "") -> Plan:
        return replace(super()._placed(model, order, card, below), device="cpu", dtype="float32")


def engine(twins: Twins, root: Path) -> OnACard:
    return OnACard(Stock(Catalogue({"flux-schnell": twins.model("flux-schnell")})), Config(), root)


def order(job: str = "j1", **own: Any) -> Order:
    usual = {"model": "flux-schnell", "prompt": "a red boat", "seed": 5, "width": 64, "height": 64}
    return Order(**{**usual, "job": job, "steps": 3, "guidance": 0.0, **own})


def full(monkeypatch: pytest.MonkeyPatch, part: Any, method: str, at: int = 1, times: int = 1) -> list[int]:
    """Memory is full at the `at`-th call of this method, whoever has loaded the part. Gives the calls."""
    calls: list[int] = []
    real = getattr(part, method)

    def refuse(self: Any, *given: Any, **named: Any) -> Any:
        calls.append(len(calls) + 1)
        if at <= len(calls) < at + times:
            raise torch.OutOfMemoryError(spoilt.WORDS)
        return real(self, *given, **named)

    monkeypatch.setattr(part, method, refuse)
    return calls


@pytest.fixture(scope="module")
def undisturbed(twins: Twins, tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    return engine(twins, tmp_path_factory.mktemp("undisturbed")).render(order(), silent)


@pytest.mark.parametrize("at", PLACES)
def test_the_job_goes_on_a_rung_lower(
    at: str, twins: Twins, tmp_path: Path, undisturbed: Rendered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same pixels; the receipt names both rungs. The next order starts there, after a restart as well."""
    part, method, call = PLACES[at]
    drawing = engine(twins, tmp_path)
    calls = full(monkeypatch, part, method, call)
    found = drawing.render(order(), silent)
    assert len(calls) > call
    assert (undisturbed.receipt.plan, undisturbed.receipt.fell) == ("resident", "")
    assert (found.receipt.plan, found.receipt.fell) == ("text-out", "resident")
    assert np.array_equal(found.pixels, undisturbed.pixels)
    for later in (drawing, engine(twins, tmp_path)):
        receipt = later.render(order("j2", seed=6), silent).receipt
        assert (receipt.plan, receipt.fell) == ("text-out", "")


def test_a_smaller_picture_may_still_try_the_upper_rung(
    twins: Twins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is remembered holds for pictures as large, and for this model."""
    drawing = engine(twins, tmp_path)
    full(monkeypatch, FluxTransformerBlock, "forward")
    assert drawing.render(order(), silent).receipt.fell == "resident"
    receipt = engine(twins, tmp_path).render(order(width=48, height=48), silent).receipt
    assert (receipt.plan, receipt.fell) == ("resident", "")


def test_full_memory_while_decoding_costs_no_step(
    twins: Twins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tiles on the same rung. The next order has them from the beginning, and draws the same."""
    large: dict[str, Any] = {"width": 576, "height": 576}
    with monkeypatch.context() as patched:
        decodings = full(patched, Decoder, "forward")
        steps = full(patched, FluxTransformerBlock, "forward", at=0, times=0)
        found = engine(twins, tmp_path).render(order(**large), silent)
        assert (len(decodings), len(steps)) == (1 + 4, 3 + 1)
    assert (found.receipt.plan, found.receipt.fell, found.receipt.repaired) == ("resident", "", "tiled-vae")
    decodings = full(monkeypatch, Decoder, "forward", at=0, times=0)
    again = engine(twins, tmp_path).render(order("j2", **large), silent)
    assert (again.receipt.plan, again.receipt.fell, again.receipt.repaired) == ("resident", "", "")
    assert len(decodings) == 4
    assert np.array_equal(again.pixels, found.pixels)
    assert again.receipt.lossy == found.receipt.lossy
    assert any("tile" in loss for loss in again.receipt.lossy)


def test_the_second_time_is_the_end_and_the_engine_stays_up(
    twins: Twins, tmp_path: Path, undisturbed: Rendered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault that may pass, told with the size; the order after it is drawn."""
    drawing = engine(twins, tmp_path)
    with monkeypatch.context() as patched:
        full(patched, FluxTransformerBlock, "forward", times=2)
        with pytest.raises(Fault) as fault:
            drawing.render(order(), silent)
    assert (fault.value.kind, fault.value.worth_retrying) == ("out-of-memory", True)
    assert (fault.value.facts["width"], fault.value.facts["height"]) == (64, 64)
    assert np.array_equal(drawing.render(order(), silent).pixels, undisturbed.pixels)


class Large:
    """Stands for what fills the memory."""


def test_what_the_first_attempt_held_is_gone_before_the_second() -> None:
    """An error keeps its frames, and they the tensors: nothing of them is left when the model is placed anew."""
    held: list[weakref.ref[Large]] = []
    left: list[Large | None] = []

    def attempt(plan: Plan) -> str:
        large = Large()
        held.append(weakref.ref(large))
        if plan.rung == "resident":
            raise torch.OutOfMemoryError(spoilt.WORDS)
        return plan.rung

    def free() -> None:
        gc.collect()
        left.extend(each() for each in held)

    plans = {rung: Plan(rung=rung, device="cpu", dtype="float32") for rung in ("resident", "text-out")}
    found = fall.falling(attempt, plans["resident"], lambda plan: plans["text-out"], free)
    assert found == ("text-out", "resident")
    assert left == [None]


@pytest.mark.parametrize("error", [RuntimeError("shapes do not match"), Fault("input-missing", {}), ValueError("x")])
def test_other_errors_are_no_reason_to_fall(error: Exception) -> None:
    """They would come again."""

    def attempt(plan: Plan) -> None:
        raise error

    def never(*_: Any) -> Any:
        pytest.fail("fell")

    with pytest.raises(type(error)) as caught:
        fall.falling(attempt, Plan(rung="resident", device="cpu", dtype="float32"), never, never)
    assert caught.value is error


def test_an_order_that_no_rung_can_draw_is_a_fault_with_the_planners_words(twins: Twins, tmp_path: Path) -> None:
    """The kind and the facts that its sentence needs."""
    from gpu_agent.catalogue import described

    model = described(twins.model("flux-schnell"), present=True)
    small = CARD.model_copy(update={"total": 5 * 10**8, "free": 5 * 10**8})
    with pytest.raises(Fault) as fault:
        fall.placed(model, order(), small, Notebook(tmp_path / "measured.json"))
    assert fault.value.kind == "does-not-fit"
    assert fault.value.facts["nearest"]
