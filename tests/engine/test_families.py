"""What the families' adapters say, held against what the pipelines really do."""

from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch

from gpu_agent import catalogue
from gpu_agent.catalogue import Catalogue
from gpu_agent.config import Config
from gpu_agent.engine.engine import Engine
from gpu_agent.engine.families import colours
from gpu_agent.engine.families.known import FAMILIES, PLAIN, family
from gpu_agent.engine.inputs import Brought
from gpu_agent.engine.modes import parameters
from gpu_agent.engine.render import arguments, taken
from gpu_agent.order import Order
from gpu_agent.shelf import Stock
from tests.agent.engine.conftest import silent
from tests.engine.orders import Orders
from tests.engine.twins.build import MODELS
from tests.engine.twins.house import Twins
from tests.engine.twins.playing import loaded

SHIPPED = catalogue.load()


@pytest.mark.parametrize("model", SHIPPED, ids=lambda model: model.id)
def test_every_shipped_family_is_known(model: Any) -> None:
    """No entry is drawn by the adapter for models that nobody knows."""
    assert model.family in FAMILIES
    assert family(model.family) is not PLAIN


def _usual(twins: Twins, model_id: str, inputs: Path, **own: Any) -> Order:
    model = twins.model(model_id)
    return Orders(inputs).order(model, "animate" if model.modes == ("animate",) else "text", **own)


@pytest.mark.parametrize("model_id", MODELS)
def test_what_is_dropped_is_what_shapes_nothing(twins: Twins, tmp_path: Path, model_id: str) -> None:
    """Without the words that the receipt calls dropped the pixels are the same, and one word less changes them."""
    engine = Engine(Stock(Catalogue({model_id: twins.model(model_id)})), Config(), tmp_path)
    words = [f"{colour} star and" for colour in ("red", "green", "blue", "yellow")] * 60
    order = _usual(twins, model_id, tmp_path / "inputs", prompt=" ".join(words), steps=2)
    whole = engine.render(order, silent)
    lost = whole.receipt.dropped
    assert lost
    kept = order.prompt.removesuffix(lost).rstrip()
    assert kept != order.prompt
    read = engine.render(order.model_copy(update={"prompt": kept}), silent)
    less = engine.render(order.model_copy(update={"prompt": kept.rsplit(" ", 2)[0]}), silent)
    pixels = [np.asarray(each.pixels) for each in (whole, read, less)]
    # Qwen-Image encodes all of it and cuts then: other sums, rounded otherwise
    assert np.abs(pixels[0] - pixels[1]).max() < 1e-4 < np.abs(pixels[1] - pixels[2]).max()
    assert (read.receipt.dropped, read.receipt.prompt_truncated) == ("", False)


class _Seen:
    """Keeps the last latents that a pipeline's callback gets."""

    def __init__(self) -> None:
        self.latents = torch.empty(0)

    def __call__(self, _pipeline: Any, _index: int, _time: Any, values: dict[str, Any]) -> dict[str, Any]:
        self.latents = values["latents"]
        return values


@pytest.mark.parametrize("model_id", [name for name in MODELS if name != "wan22-i2v-a14b"])
def test_latents_come_out_as_the_decoder_takes_them(twins: Twins, tmp_path: Path, model_id: str) -> None:
    """After the last step, what the adapter gives decodes to the pipeline's own picture."""
    model = twins.model(model_id)
    own, pipeline, seen = family(model.family), loaded(model), _Seen()
    order = _usual(twins, model_id, tmp_path, steps=2, frames=1, width=96 if model_id != "demo" else 128)
    own.sized(pipeline, order)
    given = taken(pipeline, {**arguments(pipeline, model, own, order, Brought()), "num_frames": 1})
    generator = torch.Generator("cpu").manual_seed(1)
    drawn = pipeline(**given, generator=generator, callback_on_step_end=seen, output_type="np")
    pixels = np.asarray((drawn.images if hasattr(drawn, "images") else drawn.frames)[0])
    latents = colours.for_decoder(pipeline.vae, own.latents(pipeline, seen.latents, order))
    clip = hasattr(pipeline.vae.config, "temperal_downsample")
    with torch.no_grad():
        decoded = pipeline.vae.decode(latents[None, :, None] if clip else latents[None]).sample
    image = (decoded[0, :, 0] if clip else decoded[0]).permute(1, 2, 0).numpy() / 2 + 0.5
    assert np.abs(image.clip(0, 1) - pixels.reshape(image.shape)).max() < 1e-4


def test_colours_without_the_decoder_are_near_the_decoders(twins: Twins) -> None:
    """For an autoencoder that learned something: the fitted line gives back a picture that it has not seen."""
    vae = loaded(twins.model("demo")).vae
    line = colours.fitted(vae)
    image = torch.zeros(1, 3, 128, 128)
    image[:, 0, :, 64:], image[:, 2, 64:, :] = 1, 1
    with torch.no_grad():
        latents = vae.encode(image * 2 - 1).latents[0]
    seen = colours.shown(latents, line)
    wanted = torch.nn.functional.interpolate(image, size=seen.shape[-2:], mode="area")[0]
    assert (seen - wanted).abs().mean() < 0.25  # one grey for all would be off by a half


@pytest.mark.parametrize("size", [(64, 64), (96, 64), (64, 224)])
def test_hidream_draws_the_size_that_was_asked(twins: Twins, tmp_path: Path, size: tuple[int, int]) -> None:
    """Its pipeline brings every size to one area, unless it is told the order's."""
    engine = Engine(Stock(Catalogue({"hidream-dev": twins.model("hidream-dev")})), Config(), tmp_path)
    order = _usual(twins, "hidream-dev", tmp_path, width=size[0], height=size[1], steps=1)
    assert np.asarray(engine.render(order, silent).pixels).shape == (size[1], size[0], 3)


def _given(twins: Twins, model_id: str, **own: Any) -> dict[str, Any]:
    model = twins.model(model_id)
    pipeline = getattr(diffusers, model.pipelines["text"])
    order = _usual(twins, model_id, Path("unused"), **own)
    return arguments(pipeline, model, family(model.family), order, Brought())


@pytest.mark.parametrize(
    ("model_id", "own", "negative"),
    [
        ("sdxl", {"guidance": 5.0, "negative": "grey"}, "grey"),
        ("sdxl", {"guidance": 1.0, "negative": "grey"}, None),
        ("sdxl", {"guidance": 5.0}, None),
        ("flux-schnell", {"guidance": 5.0, "negative": "grey"}, None),
        ("qwen-image", {"guidance": 4.0}, " "),
        ("qwen-image", {"guidance": 1.0}, None),
        ("qwen-image", {"guidance": 4.0, "negative": "grey"}, "grey"),
    ],
)
def test_negative_prompts_go_where_they_act(
    twins: Twins, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, model_id: str, own: dict[str, Any], negative: Any
) -> None:
    """Not to models that have none, nor where there is no guidance; Qwen-Image guides only where it is given one."""
    monkeypatch.chdir(tmp_path)
    assert _given(twins, model_id, **own).get("negative_prompt") == negative


def test_only_what_a_pipeline_takes_is_given(twins: Twins, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every argument of every entry is one of its pipeline's, and the entry's own constants are among them."""
    monkeypatch.chdir(tmp_path)
    for model_id in (name for name in MODELS if "text" in twins.model(name).pipelines):
        model = twins.model(model_id)
        pipeline = getattr(diffusers, model.pipelines["text"])
        given = _given(twins, model_id)
        assert set(given) <= set(parameters(pipeline)), model_id
        assert set(model.arguments) <= set(given), model_id
