"""What ships beside the weights: a LoRA that draws in pencil, and a ControlNet that holds on to lines."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import ControlNetModel, StableDiffusionControlNetPipeline
from PIL import Image, ImageDraw

from gpu_agent import catalogue
from gpu_agent.engine.tiny import judge, sheet
from gpu_agent.presence import home
from tests.engine.tiny.shown import PLAIN, pictures, vivid

SIDE, HALF = 256, 52
PLACES = ((76, 84), (180, 84), (76, 172), (180, 172))


def test_the_lora_draws_in_pencil(weights: Path) -> None:
    """The same things at the same seeds, in another hand: nearly without colour, on paper."""
    found = sheet.pipeline(weights)
    plain = pictures(found, PLAIN)
    found.load_lora_weights(weights.parent / "loras", weight_name="sketch.safetensors")
    pencil = pictures(found, PLAIN)
    assert vivid(pencil) < vivid(plain) / 2
    assert np.median(pencil) > 180


@pytest.fixture(scope="module")
def held(weights: Path) -> Any:
    """The pipeline with the ControlNet of its catalogue entry."""
    net: Any = ControlNetModel
    pipeline: Any = StableDiffusionControlNetPipeline
    lines = net.from_pretrained(home(catalogue.load()["demo"].controlnets["canny"]), dtype=torch.float32)
    found = pipeline(**sheet.pipeline(weights).components, controlnet=lines)
    found.set_progress_bar_config(disable=True)
    return found


@pytest.mark.parametrize("place", PLACES)
def test_a_thing_stands_where_its_lines_are(held: Any, place: tuple[int, int]) -> None:
    """One seed, one prompt, a circle's line at four places."""
    lot = torch.Generator("cpu").manual_seed(7)
    shown = held(
        PLAIN[0], ring(*place), num_inference_steps=sheet.STEPS, guidance_scale=sheet.GUIDANCE, generator=lot,
        output_type="np",
    )  # fmt: skip
    (seen,) = judge.seen_things((shown.images[0] * 255).round().astype(np.uint8))
    assert seen.across == pytest.approx(place[0] / SIDE, abs=0.06)


def ring(x: int, y: int) -> Image.Image:
    """A line of one pixel, as an edge detector leaves it."""
    image = Image.new("RGB", (SIDE, SIDE))
    ImageDraw.Draw(image).ellipse((x - HALF, y - HALF, x + HALF, y + HALF), outline=(255, 255, 255))
    return image
