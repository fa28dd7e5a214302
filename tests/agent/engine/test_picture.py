"""The PNG: what it says about itself, and pictures that are none."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gpu_agent.engine import picture
from gpu_agent.engine.fault import Fault, as_fault
from tests.agent import tiny_models
from tests.agent.engine.conftest import Draw, silent
from tests.agent.tiny_models import engine, models_file, order


def test_other_tools_read_how_it_was_made(draw: Draw) -> None:
    """The `parameters` text has prompt, negative prompt and settings, each where A1111-style readers look."""
    drawn = draw(order(prompt="a star\nover the sea, Größe", negative="night", seed=9, guidance=2.5))
    text = Image.open(BytesIO(drawn.content)).info["parameters"]
    weights, library = drawn.receipt.weights_sha256[:10], drawn.receipt.versions["diffusers"]
    assert text == (
        "a star\nover the sea, Größe\n"
        "Negative prompt: night\n"
        "Steps: 6, Sampler: Euler a, CFG scale: 2.5, Seed: 9, Size: 128x128, "
        f"Model hash: {weights}, Model: demo, Version: Darkroom, diffusers {library}"
    )


def test_without_a_negative_prompt_there_is_no_line_for_it(draw: Draw) -> None:
    """Readers take an empty line as a negative prompt of nothing; there is none."""
    lines = picture.parameters(draw(order()).receipt).splitlines()
    assert [line.split(":")[0] for line in lines] == ["a red circle on a white background", "Steps"]


def test_the_file_holds_no_time_and_no_path(draw: Draw) -> None:
    """Nothing but the two texts and the pixels is in the file."""
    image = Image.open(BytesIO(draw(order()).content))
    image.load()
    assert set(image.info) == {"darkroom", "parameters"}


@pytest.mark.parametrize("harm", [b"", b"not a picture", "cut", "foreign", "lie"])
def test_a_picture_without_our_receipt_is_refused(draw: Draw, harm: bytes | str) -> None:
    """No PNG, half a PNG, somebody else's, and one with a receipt that is none."""
    png = draw(order()).content
    plain = BytesIO()
    Image.new("RGB", (8, 8)).save(plain, "PNG")
    others = {"cut": png[: len(png) // 2], "foreign": plain.getvalue(), "lie": png.replace(b'"order"', b'"ordre"')}
    with pytest.raises(ValueError, match=r"."):
        picture.read_receipt(harm if isinstance(harm, bytes) else others[harm])


def _broken_numbers(pipeline: Any) -> None:
    pipeline.vae.decoder.conv_out.bias.fill_(float("nan"))


def _darkness(pipeline: Any) -> None:
    pipeline.vae.decoder.conv_out.weight.zero_()
    pipeline.vae.decoder.conv_out.bias.fill_(-10)


@pytest.mark.parametrize(("harm", "cause"), [(_broken_numbers, "not-a-number"), (_darkness, "all-black")])
def test_a_black_picture_is_a_failure(tmp_path: Path, harm: Any, cause: str) -> None:
    """A model whose numbers overflow, and one that draws nothing, fail with that cause instead of a black file."""
    folder = tiny_models.stable_diffusion(tmp_path / "sd", harm)
    drawing = engine(models_file(tmp_path, {"folder": folder}))
    with pytest.raises(Fault) as caught:
        drawing.draw(order("tiny"), silent)
    assert (caught.value.kind, caught.value.facts) == ("picture-black", {"model": "tiny", "cause": cause})


def test_a_picture_of_another_size_is_a_failure() -> None:
    """A pipeline that rounds sizes on its own does not pass for one that obeyed."""
    with pytest.raises(Fault) as caught:
        picture.check(np.ones((64, 56, 3)), order("tiny", width=64, height=64))
    assert caught.value.facts == {"model": "tiny", "asked": "64x64", "got": "56x64"}


def test_full_memory_is_told_apart_and_worth_another_try() -> None:
    """The processor's allocator and a card say the same thing in different words; another error is not that."""
    with pytest.raises(RuntimeError) as full:
        torch.empty(2**60, dtype=torch.uint8)
    faults = [as_fault(error, order()) for error in (full.value, torch.OutOfMemoryError("full"), RuntimeError("x\ny"))]
    assert [fault.kind for fault in faults] == ["out-of-memory", "out-of-memory", "render-failed"]
    assert [fault.worth_retrying for fault in faults] == [True, True, False]
    assert faults[2].facts == {"model": "demo", "fault": "RuntimeError: x"}
    assert (faults[0].facts["width"], faults[0].facts["height"]) == (128, 128)
