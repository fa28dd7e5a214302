"""What a card computes: the same on every rung, and near what more precise numbers give."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gpu_agent.engine import lora, quantize, reference, rungs
from gpu_agent.engine.bench.sizes import KNOWN
from gpu_agent.engine.families.known import family
from gpu_agent.planner import RUNGS, Plan
from tests.engine.twins import playing, wearing
from tests.engine.twins.house import Twins
from tests.gpu import full_size

MODELS = ["sdxl", "flux-dev", "z-image-turbo", "qwen-image", "wan22-t2v-a14b"]
LOWER = [rung for rung in RUNGS if rung not in ("resident", "quantized")]


def plan(rung: str, **own: Any) -> Plan:
    text = "card" if rung == "resident" else "out"
    return Plan(**{"rung": rung, "device": "cuda", "dtype": "bfloat16", "text": text, **own})


def settled(twins: Twins, model_id: str, by: Plan, dtype: torch.dtype = torch.bfloat16) -> Any:
    """A twin placed by this plan, at this precision, after its first render: in that one the order in which layers are
    asked is learned."""
    model = twins.model(model_id)
    pipeline = playing.loaded(model)
    for name, part in pipeline.components.items():
        if isinstance(part, torch.nn.Module):
            if name in family(model.family).denoisers:  # some layers of these stay at 32 bits, which only loading knows
                kind: Any = type(part)
                how = {"dtype": dtype, "quantization_config": quantize.config(by.format, dtype)}
                setattr(pipeline, name, kind.from_pretrained(twins.folder(model_id) / name, **how))
            else:
                part.to(dtype)
    rungs.settle(pipeline, by, family(model.family))
    playing.pixels(pipeline, model)
    return pipeline


def drawn(twins: Twins, model_id: str, by: Plan, dtype: torch.dtype = torch.bfloat16) -> playing.Pixels:
    return playing.pixels(settled(twins, model_id, by, dtype), twins.model(model_id))


@pytest.mark.parametrize("rung", LOWER)
@pytest.mark.parametrize("model_id", MODELS)
def test_every_rung_draws_the_same_on_a_card(model_id: str, rung: str, twins: Twins) -> None:
    """Streams bring the weights in time: whatever was not there yet would be seen."""
    wanted = drawn(twins, model_id, plan("resident"))
    found = drawn(twins, model_id, plan(rung))
    np.testing.assert_allclose(found, wanted, atol=1 / 255)


@pytest.mark.parametrize("rung", LOWER)
def test_a_lora_and_a_reference_on_every_rung_of_a_card(rung: str, twins: Twins, tmp_path: Path) -> None:
    """Layers that were added after the weights were made ready for sending are sent with them."""
    model = twins.model("flux-dev")
    found = playing.found(wearing.lora(twins.folder("flux-dev"), tmp_path / "a.safetensors"), model.family)
    pictures = []
    for each in ("resident", rung):
        pipeline, referral = settled(twins, "flux-dev", plan(each)), reference.Referral()
        lora.wear(pipeline, [(found, 0.8)], (), model.family)
        referral.refer(pipeline, model, 0.8)
        seen = reference.picture(pipeline, model, Image.linear_gradient("L").convert("RGB"))
        pictures.append(playing.pixels(pipeline, model, **seen))
    np.testing.assert_allclose(pictures[1], pictures[0], atol=1 / 255)


@pytest.mark.parametrize("model_id", MODELS)
def test_sixteen_bits_draw_nearly_what_thirty_two_draw(model_id: str, twins: Twins) -> None:
    """On average within a twentieth of the range, for networks that nobody trained to be calm."""
    precise = drawn(twins, model_id, plan("resident"), torch.float32)
    short = drawn(twins, model_id, plan("resident"))
    assert np.abs(precise - short).mean() < 0.05


@pytest.mark.parametrize("name", ["fp8", "int8"])
def test_short_formats_draw_nearly_the_same(name: str, twins: Twins) -> None:
    """As far as this card and its libraries have them."""
    if name in quantize.lacking("cuda"):
        pytest.skip(f"{name} cannot be had here")
    whole = drawn(twins, "z-image-turbo", plan("resident"))
    short = drawn(twins, "z-image-turbo", plan("quantized", format=name))
    assert np.abs(whole - short).mean() < 0.05


@pytest.mark.parametrize("model_id", ["sdxl", "z-image-turbo"])
def test_a_full_size_denoiser_says_nearly_the_same_at_sixteen_bits(model_id: str, twins: Twins) -> None:
    """Its first answer at the size that is really used: the same direction, to eight degrees."""
    needed = 2 * sum(part.bytes for part in KNOWN[model_id].parts)
    if torch.cuda.mem_get_info()[0] < 1.3 * needed:
        pytest.skip(f"at 32 bits {model_id} takes {needed / 10**9:.0f} GB and more, which this card has not")
    answers: list[torch.Tensor] = []
    for dtype in (torch.float32, torch.bfloat16):
        answers.append(_first_answer(twins, model_id, dtype))
        torch.cuda.empty_cache()
    assert torch.nn.functional.cosine_similarity(answers[0], answers[1], dim=0) > 0.99


def _first_answer(twins: Twins, model_id: str, dtype: torch.dtype) -> torch.Tensor:
    """What the denoiser says to the first noise, as one line of numbers."""
    said: list[torch.Tensor] = []

    def keep(_part: Any, _given: Any, answer: Any) -> None:
        first = answer[0]
        said.append((first[0] if isinstance(first, list) else first).float().flatten().cpu())

    whole = full_size.pipeline(twins, model_id, plan("resident"), dtype)
    model = full_size.at_full_size(twins.model(model_id))
    getattr(whole, family(model.family).denoisers[0]).register_forward_hook(keep)
    playing.pixels(whole, model)
    return said[0]
