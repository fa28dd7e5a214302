"""A picture that came to nothing, or did not fit when it was decoded, is decoded again; no step is made twice."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gpu_agent.engine import repair, rungs
from gpu_agent.engine.checkpoint import Checkpoint
from gpu_agent.engine.fault import Fault
from tests.engine import spoilt
from tests.engine.renders import Renders
from tests.engine.twins import flux, stable

STEPS = 3
GIVEN = {"width": 64, "height": 64, "num_inference_steps": STEPS}


class Drawing:
    """Renders of one pipeline, as `repair` asks for them."""

    def __init__(self, pipeline: Any, place: Path) -> None:
        pipeline.set_progress_bar_config(disable=True)
        self.pipeline = pipeline
        self._renders = Renders(pipeline, GIVEN, place)
        self.order = self._renders.order()
        self.begun: list[int] = []
        self.reached: Checkpoint | None = None

    @property
    def block(self) -> Any:
        """What really computes at every step."""
        return self.pipeline.transformer.transformer_blocks[0]

    def draw(self, checkpoint: Checkpoint | None) -> Any:
        self.begun.append(0 if checkpoint is None else checkpoint.step)
        return self._renders.draw(self.order, checkpoint).pixels[0]

    def last(self) -> Checkpoint | None:
        try:
            return self._renders.last(self.order)
        except AssertionError:
            return None

    def decoded(self) -> repair.Decoded:
        return repair.decoded(self.pipeline, "tiny", self.draw, self.last)


@pytest.fixture
def drawing(tmp_path: Path) -> Drawing:
    return Drawing(flux.schnell(), tmp_path)


@pytest.fixture
def half(tmp_path: Path) -> Drawing:
    """In float16, with a decoder that overflows there."""
    pipeline = flux.schnell()
    spoilt.overflowing(pipeline.vae)
    return Drawing(pipeline.to(torch.float16), tmp_path)


def test_a_decoder_that_overflows_is_taken_in_float32(half: Drawing) -> None:
    """From the last step's latents: the denoiser runs no step again. What comes out is what that decoder gives."""
    assert repair.cause(half.draw(None)) == "not-a-number"
    half.begun.clear()
    with spoilt.counted(half.block) as calls:
        found = half.decoded()
    assert (found.repaired, found.tiled) == ("float32-vae", False)
    assert half.begun == [0, STEPS]
    assert len(calls) == STEPS + 1  # asked once for the form of its answer
    assert (found.pixels == _by_hand(half)).all()


def _by_hand(half: Drawing) -> Any:
    """The last latents through a decoder that is float32 as a whole."""
    last = half.last()
    assert last is not None
    pipeline, vae = half.pipeline, half.pipeline.vae
    latents = pipeline._unpack_latents(last.latents, 64, 64, pipeline.vae_scale_factor)
    latents = latents / vae.config.scaling_factor + vae.config.shift_factor
    with torch.no_grad():
        image = vae.float().decode(latents.float(), return_dict=False)[0]
    return pipeline.image_processor.postprocess(image, output_type="np")[0]


def test_after_a_repair_the_decoder_is_as_it_was(half: Drawing) -> None:
    """Its weights bit for bit, its precision, and its own way to decode."""
    before = {name: values.clone() for name, values in half.pipeline.vae.state_dict().items()}
    half.decoded()
    after = half.pipeline.vae.state_dict()
    assert all(after[name].dtype == values.dtype == torch.float16 for name, values in before.items())
    assert all(torch.equal(after[name], values) for name, values in before.items())
    assert "decode" not in vars(half.pipeline.vae)
    assert repair.cause(half.draw(None)) == "not-a-number"


def test_a_decoder_that_takes_turns_is_repaired_too(half: Drawing) -> None:
    """Its hooks stay, and bring it when it is asked."""
    rungs.take_turns([half.pipeline.transformer, half.pipeline.vae], "cpu")
    assert half.decoded().repaired == "float32-vae"


def test_numbers_that_were_lost_before_cannot_be_repaired(half: Drawing) -> None:
    """One more decoding, then the fault names what came out."""
    with torch.no_grad():
        half.pipeline.transformer.proj_out.weight.fill_(torch.inf)
    with pytest.raises(Fault) as fault:
        half.decoded()
    assert (fault.value.kind, fault.value.facts) == ("picture-black", {"model": "tiny", "cause": "not-a-number"})
    assert half.begun == [0, STEPS]


def test_a_decoder_of_32_bits_is_not_asked_again(drawing: Drawing) -> None:
    """It would give the same."""
    with torch.no_grad():
        drawing.pipeline.vae.decoder.conv_out.weight.zero_()
        drawing.pipeline.vae.decoder.conv_out.bias.fill_(-2)
    with pytest.raises(Fault) as fault:
        drawing.decoded()
    assert fault.value.facts["cause"] == "all-black"
    assert drawing.begun == [0]


def test_what_is_right_is_left_as_it_is(drawing: Drawing) -> None:
    """One render, its pixels, and nothing to tell."""
    whole = drawing.draw(None)
    found = drawing.decoded()
    assert (found.repaired, found.tiled, drawing.begun) == ("", False, [0, 0])
    assert (found.pixels == whole).all()


def test_full_memory_while_decoding_is_met_with_tiles(drawing: Drawing, monkeypatch: pytest.MonkeyPatch) -> None:
    """The picture is the one that tiles give; the denoiser runs no step again."""
    monkeypatch.setattr(rungs, "TILE", 32)
    with spoilt.full(drawing.pipeline.vae.decoder), spoilt.counted(drawing.block) as calls:
        found = drawing.decoded()
    assert (found.repaired, found.tiled) == ("tiled-vae", True)
    assert drawing.begun == [0, STEPS]
    assert len(calls) == STEPS + 1  # asked once for the form of its answer
    assert drawing.pipeline.vae.use_tiling
    assert (found.pixels == drawing.draw(None)).all()
    drawing.pipeline.vae.disable_tiling()
    assert not (found.pixels == drawing.draw(None)).all()


def test_full_memory_in_the_float32_decoder_is_met_with_tiles_as_well(half: Drawing) -> None:
    """It takes twice as much."""
    with spoilt.full(half.pipeline.vae.decoder, at=2):
        found = half.decoded()
    assert (found.repaired, found.tiled) == ("float32-vae", True)
    assert half.begun == [0, STEPS, STEPS]


@pytest.mark.parametrize(("part", "at"), [("transformer", 2), ("text_encoder_2", 1)])
def test_full_memory_before_the_last_step_is_not_the_decoders(part: str, at: int, drawing: Drawing) -> None:
    """Tiles would not help: it goes on to whoever can place the model anew."""
    with spoilt.full(getattr(drawing.pipeline, part), at=at), pytest.raises(torch.OutOfMemoryError):
        drawing.decoded()
    assert drawing.begun == [0]
    assert not drawing.pipeline.vae.use_tiling


def test_full_memory_in_tiles_is_the_end_of_what_can_be_done_here(drawing: Drawing) -> None:
    """Once in tiles, not again and again."""
    with spoilt.full(drawing.pipeline.vae.decoder, times=9), pytest.raises(torch.OutOfMemoryError):
        drawing.decoded()
    assert drawing.begun == [0, STEPS]


@pytest.mark.filterwarnings("ignore:`upcast_vae`:FutureWarning")  # diffusers warns of its own way
def test_a_pipeline_that_upcasts_by_itself_is_not_disturbed(tmp_path: Path) -> None:
    """Stable Diffusion XL's own way with float16: what it does comes first, and gives a picture."""
    pipeline = stable.sdxl()
    spoilt.overflowing(pipeline.vae)
    pipeline.vae.register_to_config(force_upcast=True)
    drawing = Drawing(pipeline.to(torch.float16), tmp_path)
    assert drawing.decoded().repaired == ""


@pytest.mark.parametrize(
    ("pixels", "cause"),
    [
        (np.full((4, 4, 3), np.nan), "not-a-number"),
        (np.where(np.arange(48).reshape(4, 4, 3) == 7, np.inf, 0.5), "not-a-number"),
        (np.zeros((4, 4, 3)), "all-black"),
        (np.ones((4, 4, 3)), "one-colour"),
        (np.broadcast_to([0.1, 0.2, 0.3], (2, 4, 4, 3)), "one-colour"),
        (np.where(np.arange(48).reshape(4, 4, 3) == 7, 0.01, 0.0), ""),
    ],
)
def test_what_is_no_picture(pixels: Any, cause: str) -> None:
    """Nothing but one colour, or what is no number anywhere; one pixel that differs is a picture."""
    assert repair.cause(pixels) == cause
