"""Wherever a plan puts a model, it draws the same picture."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from gpu_agent.engine import rungs
from gpu_agent.engine.families.known import family
from gpu_agent.planner import RUNGS, Plan
from tests.engine.twins import build, playing
from tests.engine.twins.house import Twins

LOWER = [rung for rung in RUNGS if rung not in ("resident", "quantized")]
# One of each family, and one with two denoisers; those of a family differ in weights, not in parts.
MODELS = ["demo", "sdxl", "sd35-large", "flux-dev", "flux2-klein-4b", "hidream-fast", "z-image-turbo", "qwen-image"]
MODELS += ["wan22-t2v-a14b", "wan22-ti2v-5b"]


def plan(rung: str, **own: Any) -> Plan:
    text = {"resident": "card", "leaf-offload": "streamed", "sequential": "streamed"}.get(rung, "out")
    return Plan(**{"rung": rung, "device": "cpu", "dtype": "float32", "text": text, **own})


def settled(twins: Twins, model_id: str, by: Plan) -> Any:
    model = twins.model(model_id)
    pipeline = playing.loaded(model)
    rungs.settle(pipeline, by, family(model.family))
    return pipeline


def denoisers(pipeline: Any, model_id: str, twins: Twins) -> list[Any]:
    names = family(twins.model(model_id).family).denoisers
    return [part for name in names if (part := getattr(pipeline, name, None)) is not None]


def hook(rung: str, part: nn.Module) -> bool:
    """Is there what brings this part to the device?"""
    inner = list(part.modules())
    if rung in ("streamed", "leaf-offload", "sequential"):
        held: list[Any] = [module for module in inner if hasattr(module, "_diffusers_hook")]
        return any(module._diffusers_hook.get_hook("group_offloading") is not None for module in held)
    return isinstance(getattr(part, "_hf_hook", None), rungs.Turn)


@pytest.fixture(scope="module")
def resident(twins: Twins) -> dict[str, playing.Pixels]:
    """The picture of each model that lies on the device as a whole."""
    return {name: playing.pixels(settled(twins, name, plan("resident")), twins.model(name)) for name in MODELS}


@pytest.mark.parametrize("rung", LOWER)
@pytest.mark.parametrize("model_id", MODELS)
def test_every_rung_draws_the_same_bytes(
    model_id: str, rung: str, twins: Twins, resident: dict[str, playing.Pixels]
) -> None:
    """The second picture too, when all is where the first one left it."""
    pipeline = settled(twins, model_id, plan(rung))
    found = denoisers(pipeline, model_id, twins)
    hooked = [hook(rung, part) for part in found]
    assert hooked == [rung != "text-out" or len(found) > 1] * len(found)
    for _ in range(2):
        drawn = playing.pixels(pipeline, twins.model(model_id))
        assert drawn.tobytes() == resident[model_id].tobytes()


@pytest.mark.parametrize("model_id", ["sdxl", "hidream-fast"])
def test_text_encoders_that_are_out_are_brought_leaf_by_leaf(model_id: str, twins: Twins) -> None:
    """All of them, and nothing else."""
    pipeline = settled(twins, model_id, plan("text-out"))
    parts = {name: part for name, part in pipeline.components.items() if isinstance(part, nn.Module)}
    brought = {name for name, part in parts.items() if hook("leaf-offload", part)}
    assert brought == {name for name in parts if name.startswith("text_encoder")}


def test_a_model_on_the_shelf_of_every_family_was_tried() -> None:
    """A new family has to be added above."""
    from gpu_agent import catalogue

    known = catalogue.load()
    assert {known[name].family for name in MODELS} == {known[name].family for name in build.MODELS}


class Moved(nn.Linear):
    """Writes down where it is sent."""

    def __init__(self, name: str, log: list[tuple[str, str]]) -> None:
        super().__init__(2, 2)
        self.name, self.log = name, log

    def to(self, *given: Any, **_: Any) -> "Moved":
        self.log.append((self.name, str(given[0])))
        return self


def test_of_those_that_take_turns_one_is_on_the_device() -> None:
    """All others leave before it comes: also those that a render which ended half way left there."""
    log: list[tuple[str, str]] = []
    one, other, third = parts = [Moved(name, log) for name in ("one", "other", "third")]
    rungs.take_turns(parts, "cpu:0")
    assert log == [("one", "cpu"), ("other", "cpu"), ("third", "cpu")]
    log.clear()
    for part in (one, third, other):
        part(torch.ones(1, 2))
    assert log == [
        *(("other", "cpu"), ("third", "cpu"), ("one", "cpu:0")),
        *(("one", "cpu"), ("other", "cpu"), ("third", "cpu:0")),
        *(("one", "cpu"), ("third", "cpu"), ("other", "cpu:0")),
    ]


@pytest.mark.parametrize("model_id", ["demo", "flux-schnell", "flux2-klein-4b", "qwen-image", "wan22-ti2v-5b"])
def test_tiles_are_used_and_left_again(model_id: str, twins: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    """Smaller ones than the picture are seen in its pixels; without them it is the same as before."""
    pipeline, model = settled(twins, model_id, plan("resident")), twins.model(model_id)
    whole = playing.pixels(pipeline, model)
    monkeypatch.setattr(rungs, "TILE", 32)
    rungs.tile(pipeline, plan("resident", tiled=True, sliced=True))
    assert pipeline.vae.use_tiling
    assert pipeline.vae.use_slicing
    assert playing.pixels(pipeline, model).tobytes() != whole.tobytes()
    rungs.tile(pipeline, plan("resident"))
    assert playing.pixels(pipeline, model).tobytes() == whole.tobytes()


def test_tiles_change_a_picture_by_less_than_the_eye_sees(twins: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a model that learned to draw, cut in four: a hundredth of the range on average, a tenth at most places."""
    pipeline, model = settled(twins, "demo", plan("resident")), twins.model("demo")
    whole = playing.pixels(pipeline, model)
    monkeypatch.setattr(rungs, "TILE", 128)
    rungs.tile(pipeline, plan("resident", tiled=True))
    tiled = playing.pixels(pipeline, model)
    assert 0 < np.abs(tiled - whole).mean() < 0.01
    assert np.quantile(np.abs(tiled - whole), 0.99) < 0.1


@pytest.mark.parametrize("model_id", ["flux-schnell", "qwen-image"])
def test_a_tile_is_512_pixels_wide_whatever_an_autoencoder_was_made_for(model_id: str, twins: Twins) -> None:
    """One that was trained at 1024 pixels would else decode the usual picture in one piece."""
    vae = playing.loaded(twins.model(model_id)).vae
    if hasattr(vae, "tile_latent_min_size"):
        vae.tile_sample_min_size, vae.tile_latent_min_size = 1024, 128
    for _ in range(2):
        rungs.in_tiles(vae)
    if hasattr(vae, "tile_latent_min_size"):
        assert (vae.tile_sample_min_size, vae.tile_latent_min_size) == (512, 64)
    else:
        assert (vae.tile_sample_min_height, vae.tile_sample_min_width) == (512, 512)


def test_a_model_stays_as_it_lies_unless_its_place_changes() -> None:
    """Tiles are no matter of place; rung, precision, format and where the text encoders are, are."""
    one = plan("streamed")
    assert rungs.same_place(one, plan("streamed", tiled=True, peak=5, because=("x",)))
    changes: list[dict[str, Any]] = [{"dtype": "bfloat16"}, {"format": "fp8"}, {"text": "card"}, {"device": "mps"}]
    assert not any(rungs.same_place(one, plan("streamed", **change)) for change in changes)
    assert not rungs.same_place(one, plan("text-out"))


@pytest.mark.parametrize("rung", RUNGS)
def test_what_comes_later_is_placed_as_the_rest_is(rung: str) -> None:
    """On the rungs where no whole network fits, a ControlNet is no exception."""
    part = nn.Sequential(nn.Linear(2, 2))
    for _ in range(2):  # it is used again
        assert rungs.join(part, plan(rung)) is part
    assert hook("leaf-offload", part) is (rung in ("leaf-offload", "sequential"))
