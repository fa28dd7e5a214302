"""From nothing to a pipeline's folder, with a handful of scenes and steps."""

from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from PIL import Image

from gpu_agent import shelf
from gpu_agent.engine.tiny import sheet, tokens, train
from gpu_agent.engine.tiny.course import Course
from gpu_agent.engine.tiny.train import Recipe

SMALL = Recipe(
    pictures=6,
    calm=4,
    simple=4,
    general=4,
    autoencoder=Course("autoencoder", steps=2, batch=2, rate=1e-3),
    text=Course("text", steps=2, batch=4, rate=1e-3),
    unet=Course("unet", steps=3, batch=2, rate=1e-3),
    sketches=3,
    sketch=Course("sketch", steps=2, batch=2, rate=1e-2),
    edges=Course("edges", steps=2, batch=2, rate=1e-2),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("tiny")
    train.train(SMALL, place / "work", place / "out", workers=1)
    return place / "out" / "weights"


def test_training_ends_in_an_ordinary_pipeline(folder: Path) -> None:
    """Every part is a safetensors file in half precision, eight megabytes together at most."""
    assert set(shelf.components(folder)) == {"vae", "text_encoder", "tokenizer", "unet", "scheduler"}
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) <= 8_000_000
    pipeline = sheet.pipeline(folder)
    picture = next(sheet.drawn(pipeline, ["a red circle"], 1))
    assert picture.shape == (256, 256, 3)


def test_every_layer_of_the_denoiser_learns(folder: Path) -> None:
    """Each matrix was told where to go: none is cut off from the loss."""
    kept: dict[str, Any] = torch.load(folder.parent.parent / "work" / "unet.pt", weights_only=True)
    steered = [float(state["momentum"].abs().sum()) for state in kept["optimizers"][0]["state"].values()]
    assert len(steered) > 100
    assert min(steered) > 0


def test_the_lora_and_the_controlnet_change_the_picture(folder: Path) -> None:
    """Both load into the pipeline as anybody's would; lines drawn elsewhere give another picture."""
    pipeline = sheet.pipeline(folder)
    plain = next(sheet.drawn(pipeline, ["a red circle"], 1))
    pipeline.load_lora_weights(folder.parent / "loras", weight_name="sketch.safetensors")
    assert not np.array_equal(next(sheet.drawn(pipeline, ["a red circle"], 1)), plain)
    pipeline.unload_lora_weights()
    assert np.array_equal(next(sheet.drawn(pipeline, ["a red circle"], 1)), plain)
    library: Any = diffusers
    net = library.ControlNetModel.from_pretrained(folder.parent / "edges", dtype=torch.float32)
    parts = {**pipeline.components, "image_encoder": None, "feature_extractor": None}
    held: Any = library.StableDiffusionControlNetPipeline(**parts, controlnet=net, requires_safety_checker=False)
    held.set_progress_bar_config(disable=True)
    pictures = [drawn_along(held, left) for left in (40, 160)]
    assert not np.array_equal(*pictures)


def drawn_along(pipeline: Any, left: int) -> Any:
    lines = np.zeros((256, 256, 3), np.uint8)
    lines[:, left] = 255
    seed = torch.Generator("cpu").manual_seed(1)
    return pipeline("a", Image.fromarray(lines), num_inference_steps=2, generator=seed, output_type="np").images[0]


def test_a_second_run_finds_everything_done(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenes, checkpoints and stages are taken up where they lie: no scene is drawn again."""
    before = (folder / "unet" / "diffusion_pytorch_model.safetensors").read_bytes()
    again = folder.parent.parent / "again"

    def drawn(*_: Any) -> None:
        raise AssertionError("a scene was drawn again")

    monkeypatch.setattr("gpu_agent.engine.tiny.pictures._pieces", drawn)
    train.train(SMALL, folder.parent.parent / "work", again, workers=1)
    assert (again / "weights" / "unet" / "diffusion_pytorch_model.safetensors").read_bytes() == before


def test_the_shipped_recipe_in_part_is_smaller_everywhere() -> None:
    """`--share` tries everything out."""
    part = train.SHIPPED.part(0.01)
    assert (part.pictures, part.simple, part.unet.steps) == (60, 200, train.SHIPPED.unet.steps // 100)
    assert (part.autoencoder.batch, part.text.batch) == (24, 128)


def test_a_training_keeps_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Going on, each word has the number that it was learned by."""
    made = tokens.kept(tmp_path)
    monkeypatch.setattr(tokens, "tokenizer", lambda: pytest.fail("made anew"))
    again = tokens.kept(tmp_path)
    assert again.get_vocab() == made.get_vocab()
    assert torch.equal(tokens.numbers(again, ["a red qwopf, 4k"]), tokens.numbers(made, ["a red qwopf, 4k"]))
