"""Which program multiplies attention, and that one which does not agree with torch's own is never used."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.models import attention_dispatch
from diffusers.models.attention_dispatch import AttentionBackendName

from gpu_agent.config import Speed
from gpu_agent.engine.families.known import FAMILIES, family
from gpu_agent.engine.speed import attention
from gpu_agent.engine.speed.attention import Heads
from gpu_agent.engine.speed.pulled import Pulled
from gpu_agent.planner import Plan
from tests.engine.twins import playing
from tests.engine.twins.house import Twins

PLAN = Plan(rung="resident", device="cpu", dtype="float32")
HEADS = (Heads(2, 64),)
APART = 1e-3  # of values 0..1: sums are made in another order, and nothing else differs
OTHER = "_native_math"  # the one that every machine has beside torch's choice
REGISTRY: Any = attention_dispatch._AttentionBackendRegistry
Multiply = Callable[..., torch.Tensor]


def told(part: Any) -> set[Any]:
    """What the layers whose attention can be chosen were told."""
    processors: list[Any] = [getattr(layer, "processor", None) for layer in part.modules()]
    return {each._attention_backend for each in processors if hasattr(each, "_attention_backend")}


def instead(monkeypatch: pytest.MonkeyPatch, name: str, multiply: Multiply) -> None:
    """A program of the library's that is installed here and multiplies like this."""
    backend = AttentionBackendName(name)
    monkeypatch.setitem(REGISTRY._backends, backend, multiply)
    monkeypatch.setitem(REGISTRY._supported_arg_names, backend, {"query", "key", "value", "attn_mask"})


def native(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, attn_mask: Any = None) -> torch.Tensor:
    found: torch.Tensor = attention_dispatch.dispatch_attention_fn(
        query, key, value, attn_mask, backend=AttentionBackendName("native")
    )
    return found


@pytest.mark.parametrize("model_id", ["flux-dev", "z-image-turbo", "qwen-image", "wan22-t2v-a14b"])
def test_another_program_draws_the_same(model_id: str, twins: Twins) -> None:
    """No value moves by a quarter of what eight bits can show; nothing but the denoisers' own layers is told."""
    model = twins.model(model_id)
    pipeline, own = playing.loaded(model), family(model.family)
    before = playing.pixels(pipeline, model)
    pulled = attention.pull(pipeline, PLAN, own, Speed(attention=OTHER))
    assert (pulled.levers, pulled.lossy, pulled.notes) == ((f"{OTHER} attention",), (), ())
    parts = [getattr(pipeline, name) for name in own.denoisers if getattr(pipeline, name, None) is not None]
    assert [told(part) for part in parts] == [{AttentionBackendName(OTHER)}] * len(parts)
    assert REGISTRY.get_active_backend()[0] == "native"
    assert np.abs(playing.pixels(pipeline, model) - before).max() <= APART


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("_flash_3_hub", "its code would have to be fetched from the network"),
        ("_native_cudnn", "No viable backend"),
        ("flash", "flash-attn"),
        ("nonsense", "it is none that the library knows"),
    ],
)
def test_what_cannot_be_had_is_left_out_with_a_sentence(name: str, reason: str, twins: Twins) -> None:
    """And torch's own is used."""
    pipeline = playing.loaded(twins.model("flux-dev"))
    pulled = attention.pull(pipeline, PLAN, FAMILIES["flux"], Speed(attention=name))
    assert pulled.levers == ()
    (note,) = pulled.notes
    assert note.startswith(f"Attention by {name} is left out and torch's own used: ")
    assert reason in note
    assert told(pipeline.transformer) == {None}


def test_a_model_whose_attention_cannot_be_chosen_says_so(twins: Twins) -> None:
    """But only to somebody who chose one."""
    pipeline = playing.loaded(twins.model("sdxl"))
    notes = attention.pull(pipeline, PLAN, FAMILIES["sdxl"], Speed(attention=OTHER)).notes
    assert notes == (
        f"Attention by {OTHER} is left out and torch's own used: this model's attention cannot be chosen.",
    )
    card = Plan(rung="resident", device="cuda", dtype="bfloat16")
    assert attention.pull(pipeline, card, FAMILIES["sdxl"], Speed()).notes == ()


@pytest.mark.parametrize("setting", ["auto", "native"])
def test_a_processor_keeps_torchs_own(setting: str, twins: Twins) -> None:
    """Nothing is faster there, and nothing is tried."""
    pipeline = playing.loaded(twins.model("flux-dev"))
    assert attention.pull(pipeline, PLAN, FAMILIES["flux"], Speed(attention=setting)) == Pulled()


@pytest.mark.parametrize(
    ("multiply", "reason"),
    [
        (lambda query, key, value, attn_mask=None: native(query, key, value, attn_mask) * 1.02, "2.0% apart"),
        (lambda query, key, value, attn_mask=None: native(query, key, value), "apart from float32"),
        (lambda query, key, value, attn_mask=None: query * float("nan"), "inf% apart"),
        (lambda query, key, value, attn_mask=None: query[:, :2], "must match the size"),
    ],
)
def test_what_differs_from_torchs_own_is_dropped(
    multiply: Multiply, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scale that is wrong, a mask that is passed over, what is no number, and a wrong shape."""
    instead(monkeypatch, OTHER, multiply)
    name, (note,) = attention.best([OTHER], HEADS, PLAN, masked=True)
    assert name == "native"
    assert reason in note


def test_half_precision_alone_is_no_difference() -> None:
    """What every program rounds is within the tolerance, for the head sizes that models have."""
    plan = Plan(rung="resident", device="cpu", dtype="bfloat16")
    assert attention.fault(OTHER, [Heads(2, 64), Heads(2, 128)], plan, masked=True) == ""


def test_one_that_cannot_leave_tokens_out_will_do_where_none_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fastest programs take no masks; some models never give one."""

    def unmasked(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, attn_mask: Any = None) -> torch.Tensor:
        if attn_mask is not None:
            raise ValueError("no mask is supported")
        return native(query, key, value)

    instead(monkeypatch, OTHER, unmasked)
    assert attention.fault(OTHER, HEADS, PLAN, FAMILIES["flux"].masked) == ""
    assert attention.fault(OTHER, HEADS, PLAN, FAMILIES["z-image"].masked) == "no mask is supported"


def test_the_fastest_wins_and_torchs_own_a_close_race() -> None:
    """A twentieth is the least that is worth other roundings."""
    assert attention.fastest({"native": 1.0, "_native_cudnn": 0.7, "flash": 0.8}) == "_native_cudnn"
    assert attention.fastest({"native": 1.0, "_native_cudnn": 0.96}) == "native"
    assert attention.fastest({"native": 1.0, "_native_cudnn": float("inf")}) == "native"


def test_those_that_agree_are_tried_at_a_pictures_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that agrees with few tokens and fails with many is not taken, and torch's own is."""
    lengths = []

    def small(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, attn_mask: Any = None) -> torch.Tensor:
        lengths.append(query.shape[1])
        if query.shape[1] == 640:
            raise torch.OutOfMemoryError("out of memory")
        return native(query, key, value, attn_mask)

    instead(monkeypatch, OTHER, small)
    assert attention.best([OTHER], HEADS, PLAN, masked=False, length=640) == ("native", ())
    assert lengths == [589, 589, 640]


def test_one_that_shortens_numbers_is_lossy_and_only_taken_by_name(
    twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its tolerance is wider, and the receipt says what it is."""

    def eight_bits(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, attn_mask: Any = None) -> torch.Tensor:
        return native((query * 8).round() / 8, (key * 8).round() / 8, value, attn_mask)

    instead(monkeypatch, "sage", eight_bits)
    monkeypatch.setattr(attention_dispatch, "_CAN_USE_SAGE_ATTN", True)
    pipeline = playing.loaded(twins.model("flux-dev"))
    pulled = attention.pull(pipeline, PLAN, FAMILIES["flux"], Speed(attention="sage"))
    assert (pulled.levers, pulled.lossy, pulled.notes) == (("sage attention",), ("sage attention",), ())
    assert not any("sage" in name for name in attention._EXACT_ONES)
