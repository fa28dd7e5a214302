"""A short format that the settings ask for, because a card multiplies it faster."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_agent.cards import GB, PROCESSOR
from gpu_agent.placing import considered, place
from gpu_agent.planner import RUNGS, Plan
from gpu_agent.stock import Gpu, Part, ShelfModel
from tests.agent.test_placing import GIB, MODELS, card, order
from tests.agent.test_placing_laws import Asked, asks, gpus, height
from tests.agent.test_plan_command import run

FORMATS = ["fp8", "int8"]


def plan(model: ShelfModel, gpu: Gpu, quantize: str) -> Plan:
    found = place(model, order(model), gpu, quantize=quantize)
    assert isinstance(found, Plan), found
    return found


def test_what_fits_whole_is_short_only_when_asked() -> None:
    """The same rung with half the denoiser's bytes, and the plan says why."""
    model, gpu = MODELS["flux-dev"], card(141)
    usual, asked = plan(model, gpu, ""), plan(model, gpu, "fp8")
    assert (usual.rung, usual.format, usual.because) == ("resident", "", ())
    assert (asked.rung, asked.format, asked.because) == ("resident", "fp8", ("fp8: asked for in the settings",))
    assert usual.peak - asked.peak == pytest.approx(0.48 * 23.8 * GB, rel=0.02)


def test_an_older_card_has_eight_bits_of_its_own_kind() -> None:
    """Integers from sm75 on, also where the planner itself would take fp8."""
    for size in (24, 141):
        assert plan(MODELS["z-image-turbo"], card(size, arch="sm86"), "int8").format == "int8"
        assert plan(MODELS["z-image-turbo"], card(size, arch="sm90"), "int8").format == "int8"


def _part(**own: Any) -> ShelfModel:
    model = MODELS["z-image-turbo"]
    denoiser = next(part for part in model.parts if part.role == "denoiser")
    rest = [part for part in model.parts if part.role != "denoiser"]
    parts = (Part(**{**denoiser.model_dump(), **own}), *rest)
    return model.model_copy(update={"parts": parts})


@pytest.mark.parametrize(
    ("model", "gpu", "reason"),
    [
        (MODELS["z-image-turbo"], card(24, arch="sm86"), "this device does not multiply such numbers"),
        (MODELS["z-image-turbo"], card(141, lacks=("fp8",)), "what it needs is not installed"),
        (_part(format="gguf"), card(141), "the denoiser's file is quantized already (gguf)"),
        (MODELS["z-image-turbo"].model_copy(update={"fused": True}), card(141), "a LoRA is fused into its weights"),
        (MODELS["demo"], Gpu(name=PROCESSOR, total=16 * GIB, free=16 * GIB), "this device does not multiply"),
    ],
)
def test_where_it_cannot_be_had_the_plan_is_the_usual_one_and_says_why(
    model: ShelfModel, gpu: Gpu, reason: str
) -> None:
    """Nobody is refused for a wish."""
    usual, asked = plan(model, gpu, ""), plan(model, gpu, "fp8")
    assert (asked.rung, asked.format, asked.peak) == (usual.rung, usual.format, usual.peak)
    assert asked.because[0].startswith("fp8: asked for in the settings, but ")
    assert reason in asked.because[0]


def test_a_small_card_still_has_what_fits() -> None:
    """Where the format is too large for a rung, the smaller one is taken there as before."""
    found = plan(MODELS["flux-dev"], card(12), "int8")
    assert (found.rung, found.format) == ("quantized", "nf4")
    assert found.because[0] == "int8: asked for in the settings"
    assert [why.split(":")[0] for why in found.because[1:]] == ["resident", "text-out"]


@given(asks(), gpus(), st.sampled_from(FORMATS))
def test_asking_never_leads_lower(asked: Asked, gpu: Gpu, quantize: str) -> None:
    """What is short takes less; where it cannot be had nothing changes, and what is not asked for is not taken."""
    usual = place(asked.model, asked.order, gpu)
    found = place(asked.model, asked.order, gpu, quantize=quantize)
    assert height(found) <= height(usual)
    assert not isinstance(found, Plan) or (found.peak <= found.budget and found.because[0].startswith(quantize))


@given(asks(), gpus(), st.sampled_from(FORMATS), st.integers(0, 100 * GB))
def test_more_memory_never_leads_lower_with_it_either(asked: Asked, gpu: Gpu, quantize: str, more: int) -> None:
    """The law of all plans."""
    larger = gpu.model_copy(update={"free": gpu.free + more, "total": gpu.total + more})
    found, roomier = (place(asked.model, asked.order, each, quantize=quantize) for each in (gpu, larger))
    assert height(roomier) <= height(found)


def test_every_rung_of_a_card_that_can_has_it() -> None:
    """Also those below, should the upper ones be full; each but those that need something shorter still."""
    found = considered(MODELS["flux-dev"], order(MODELS["flux-dev"]), card(141), quantize="fp8")
    assert [option.plan.rung for option in found] == list(RUNGS)
    assert {option.plan.format for option in found} == {"fp8"}


def test_the_plan_command_knows_the_settings(tmp_path: Path) -> None:
    """Its table and its verdict show the format; the JSON has the reason too."""
    settings = tmp_path / "gpu-agent.toml"
    settings.write_text('[speed]\nquantize = "fp8"\n')
    words = ["flux-dev", "--vram", "140", "--arch", "sm90", "--ram", "200", "--config", str(settings)]
    shown = run(*words)
    assert (shown.exit_code, "fp8: asked for in the settings." in " ".join(shown.stdout.split())) == (0, True)
    told = json.loads(run(*words, "--json").stdout)
    assert (told["plan"]["format"], told["plan"]["because"]) == ("fp8", ["fp8: asked for in the settings"])
