"""Channels last: which parts are turned around, and that the picture stays."""

from typing import Any

import numpy as np
import pytest
import torch

from gpu_agent.config import Speed
from gpu_agent.engine import rungs
from gpu_agent.engine.families.known import family
from gpu_agent.engine.speed import layout
from gpu_agent.planner import Plan
from tests.engine.twins import playing
from tests.engine.twins.house import Twins

ON = Speed(channels_last="on")
PLAN = Plan(rung="resident", device="cpu", dtype="float32")
APART = 1e-3  # of values 0..1: sums are made in another order, and nothing else differs


def turned(part: Any) -> set[bool]:
    """Of all convolutions of more than one channel, whether they lie with the channels last."""
    found = set()
    for each in part.modules():
        if (
            isinstance(each, torch.nn.Conv2d | torch.nn.Conv3d)
            and min(each.weight.shape[1], *each.weight.shape[-2:]) > 1
        ):
            three = isinstance(each, torch.nn.Conv3d)
            last = torch.channels_last_3d if three else torch.channels_last
            found.add(each.weight.is_contiguous(memory_format=last))
    return found


@pytest.mark.parametrize("model_id", ["sdxl", "flux-dev", "qwen-image", "wan22-ti2v-5b"])
def test_the_picture_stays(model_id: str, twins: Twins) -> None:
    """One of convolutions, one behind a transformer, those of clips: a quarter of what eight bits can show at most."""
    model = twins.model(model_id)
    pipeline = playing.loaded(model)
    before = playing.pixels(pipeline, model)
    assert layout.pull(pipeline, PLAN, family(model.family), ON).levers == ("channels-last",)
    assert turned(pipeline.vae) == {True}
    assert np.abs(playing.pixels(pipeline, model) - before).max() <= APART


def test_a_convolving_denoiser_is_turned_and_a_transformer_is_not(twins: Twins) -> None:
    """A transformer has nothing to gain."""
    for model_id, name, expected in (("sdxl", "unet", {True}), ("sd35-large", "transformer", {False})):
        pipeline = playing.loaded(twins.model(model_id))
        layout.pull(pipeline, PLAN, family(twins.model(model_id).family), ON)
        assert turned(getattr(pipeline, name)) == expected


def test_what_is_sent_to_the_card_piece_by_piece_stays_as_it_is(twins: Twins) -> None:
    """It comes from copies that were made before; the autoencoder lies on the card, and is turned."""
    model = twins.model("sdxl")
    pipeline = playing.loaded(model)
    plan = Plan(rung="leaf-offload", device="cpu", dtype="float32", text="out")
    rungs.settle(pipeline, plan, family(model.family))
    assert layout.pull(pipeline, plan, family(model.family), ON).levers == ("channels-last",)
    assert (turned(pipeline.unet), turned(pipeline.vae)) == ({False}, {True})


@pytest.mark.parametrize(
    ("device", "setting", "expected"),
    [
        ("cuda", "auto", True),
        ("cuda", "off", False),
        ("cpu", "auto", True),
        ("cpu", "off", False),
        ("mps", "auto", False),
        ("mps", "on", True),
    ],
)
def test_it_is_for_what_has_been_measured_unless_somebody_says_otherwise(
    device: str, setting: Any, expected: bool
) -> None:
    """On Apple's card it may cost time, too."""
    plan = Plan(rung="resident", device=device, dtype="bfloat16")
    assert layout.wanted(plan, Speed(channels_last=setting)) is expected
