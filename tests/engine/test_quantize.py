"""Short weights: which a machine can have, and what comes of them."""

import logging
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from torchao.quantization import Int8Tensor

from gpu_agent.engine import quantize, rungs
from gpu_agent.engine.families.known import family
from gpu_agent.planner import Plan
from tests.engine.twins import playing
from tests.engine.twins.house import Twins

MODELS = ["demo", "flux-dev", "z-image-turbo", "wan22-ti2v-5b"]
RUNGS = {"quantized": "out", "streamed": "out", "leaf-offload": "streamed", "model-offload": "out"}


def short(twins: Twins, model_id: str, rung: str = "quantized") -> Any:
    """The twin with a denoiser of int8, settled on this rung."""
    model = twins.model(model_id)
    pipeline = playing.loaded(model)
    for name in family(model.family).denoisers:
        if (part := getattr(pipeline, name, None)) is not None:
            how = {"dtype": torch.float32, "quantization_config": quantize.config("int8", torch.float32)}
            setattr(pipeline, name, type(part).from_pretrained(twins.folder(model_id) / name, **how))
    plan = Plan(rung=rung, device="cpu", dtype="float32", format="int8", text=RUNGS[rung])  # type: ignore[arg-type]
    rungs.settle(pipeline, plan, family(model.family))
    return pipeline


@pytest.mark.parametrize("model_id", MODELS)
def test_eight_bits_draw_nearly_the_same(model_id: str, twins: Twins) -> None:
    """What multiplies short numbers is seen in the picture, and does not make another one of it."""
    pipeline, model = short(twins, model_id), twins.model(model_id)
    denoiser = getattr(pipeline, family(model.family).denoisers[0])
    quantized = [isinstance(weights, Int8Tensor) for weights in denoiser.parameters()]
    assert any(quantized)
    assert not all(quantized)
    apart = np.abs(playing.pixels(pipeline, model) - playing.pixels(playing.loaded(model), model))
    assert 0 < apart.mean() < 0.03


@pytest.mark.parametrize("rung", [rung for rung in RUNGS if rung != "quantized"])
def test_short_weights_can_be_sent_to_the_card_as_well(rung: str, twins: Twins) -> None:
    """A rung below draws the same bytes, also the second time."""
    model = twins.model("flux-dev")
    whole = playing.pixels(short(twins, "flux-dev"), model)
    pipeline = short(twins, "flux-dev", rung)
    assert [playing.pixels(pipeline, model).tobytes() for _ in range(2)] == [whole.tobytes()] * 2


def test_eight_bits_leave_the_precision_of_everything_else_alone(twins: Twins) -> None:
    """The library would set it for the whole process, and other pictures would change."""
    before = torch.get_float32_matmul_precision()
    short(twins, "flux-dev")
    assert torch.get_float32_matmul_precision() == before


def test_each_format_is_loaded_with_its_own_settings() -> None:
    """What is not quantized stays at the plan's precision; no format, no settings."""
    gguf, fp8 = (quantize.config(name, torch.bfloat16) for name in ("gguf", "fp8"))
    assert (type(gguf), gguf.compute_dtype) == (diffusers.GGUFQuantizationConfig, torch.bfloat16)
    assert type(fp8.quant_type).__name__ == "Float8DynamicActivationFloat8WeightConfig"
    assert quantize.config("", torch.bfloat16) is None


def test_four_bits_keep_their_scales_short_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library looks up its own version when it is asked for settings."""
    monkeypatch.setattr("importlib.metadata.version", lambda name: "0.50.2")
    nf4 = quantize.config("nf4", torch.bfloat16)
    assert (nf4.load_in_4bit, nf4.bnb_4bit_quant_type, nf4.bnb_4bit_compute_dtype) == (True, "nf4", torch.bfloat16)
    assert nf4.bnb_4bit_use_double_quant


@pytest.fixture
def fresh() -> None:
    quantize.lacking.cache_clear()


@pytest.mark.usefixtures("fresh")
def test_without_a_card_nothing_is_shortened_and_the_log_says_why(caplog: pytest.LogCaptureFixture) -> None:
    """Asked many times, it looks once."""
    with caplog.at_level(logging.INFO):
        assert {quantize.lacking("cpu") for _ in range(3)} == {frozenset({"fp8", "int8", "nf4"})}
    assert sorted(record.getMessage() for record in caplog.records) == [
        "weights are not quantized to fp8: there is no NVIDIA card",
        "weights are not quantized to int8: there is no NVIDIA card",
        "weights are not quantized to nf4: " + quantize._lacks("nf4", "cpu"),
    ]


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize(
    ("capability", "missing", "lacking"),
    [
        ((8, 6), "", {"fp8"}),
        ((8, 9), "", set()),
        ((9, 0), "bitsandbytes", {"nf4"}),
        ((12, 0), "torchao", {"fp8", "int8"}),
        ((7, 0), "", {"fp8", "int8", "nf4"}),
    ],
)
def test_a_format_needs_its_library_and_a_card_that_multiplies_it(
    capability: tuple[int, int], missing: str, lacking: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plans are made from that, so that nothing is planned which could not be loaded."""
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: capability)
    monkeypatch.setattr(quantize, "find_spec", lambda library: None if library == missing else object())
    assert quantize.lacking("cuda") == lacking
    quantize.lacking.cache_clear()
