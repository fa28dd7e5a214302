"""Killed after any step and gone on with: the same picture, byte for byte."""

# mypy: disable-error-code="no-untyped-call"

from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch
from PIL import Image

from gpu_agent.engine import rungs
from gpu_agent.engine.checkpoint_folder import Checkpoints
from gpu_agent.engine.families.known import family
from gpu_agent.engine.fault import Fault
from gpu_agent.planner import RUNGS, Plan
from tests.engine.renders import Killed, Renders
from tests.engine.schedulers import FLOW, NOISE
from tests.engine.twins import chinese, encoders, flux, others, playing, stable, tokens
from tests.engine.twins.house import Twins

# How these schedulers compute their tables, which a later NumPy will not like.
pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")
SIZE = {"width": 64, "height": 64, "num_inference_steps": 4}
READS = {**SIZE, "max_sequence_length": 64}


def _quiet(pipeline: Any) -> Any:
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _hidream() -> Any:
    fourth = {"text_encoder_4": encoders.llama(), "tokenizer_4": tokens.llama()}
    pipeline: Any = diffusers.HiDreamImagePipeline(**{**others.hidream_dev().components, **fourth})
    pipeline.default_sample_size = 64 // pipeline.vae_scale_factor  # it draws as many pixels as this says
    return pipeline


FAMILIES: dict[str, Any] = {
    "flux": (flux.dev, READS),
    "flux2": (flux.klein, READS),
    "hidream": (_hidream, READS),
    "qwen": (chinese.qwen_image, {**SIZE, "negative_prompt": " ", "true_cfg_scale": 2.0}),
    "z-image": (chinese.z_image, {**SIZE, "guidance_scale": 2.0}),
    "wan, two denoisers": (others.wan_text, {**SIZE, "num_frames": 5, "guidance_scale": 3.0, "guidance_scale_2": 2.0}),
    "wan 5b": (others.wan_5b, {**SIZE, "num_frames": 5, "guidance_scale": 3.0}),
}


@pytest.fixture(scope="module")
def one_sdxl() -> Any:
    return _quiet(stable.sdxl())


@pytest.fixture
def sdxl(one_sdxl: Any) -> Any:
    one_sdxl.scheduler = NOISE["ddim"]()
    return one_sdxl


@pytest.fixture(scope="module")
def sd35() -> Any:
    return _quiet(stable.sd35())


def _every_step(renders: Renders, only: int | None = None) -> int:
    """Kill after each step in turn, or after one, and go on from what is on disk; how many steps there were."""
    order = renders.order()
    whole = renders.draw(order)
    assert whole.last is not None
    assert whole.heard == tuple(range(1, whole.last.of + 1))
    for step in whole.heard if only is None else (only,):
        Checkpoints(renders.folder).done(order.job)
        with pytest.raises(Killed):
            renders.draw(order, killed_at=step)
        again = renders.draw(order, renders.last(order))
        assert again.heard[0] == step
        assert again.same(whole), f"another picture after the kill at step {step}"
    return len(whole.heard)


@pytest.mark.parametrize("name", NOISE)
def test_every_scheduler_of_noise(name: str, sdxl: Any, tmp_path: Path) -> None:
    """Whatever a scheduler remembers, and whether it draws noise of its own: no step of a kill changes a byte."""
    given = {**SIZE, "guidance_scale": 2.0}
    sdxl.scheduler = NOISE[name]()
    assert _every_step(Renders(sdxl, given, tmp_path)) >= 4


@pytest.mark.parametrize("name", FLOW)
def test_every_scheduler_of_flow(name: str, sd35: Any, tmp_path: Path) -> None:
    """The same for those that follow a flow."""
    sd35.scheduler = FLOW[name]()
    assert _every_step(Renders(sd35, SIZE, tmp_path)) >= 4


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family(name: str, tmp_path: Path) -> None:
    """Packed latents, clips, a second denoiser that takes over, guidance in one call or in two."""
    made, given = FAMILIES[name]
    assert _every_step(Renders(_quiet(made()), given, tmp_path)) == 4


@pytest.mark.parametrize("mode", ["StableDiffusionXLImg2ImgPipeline", "StableDiffusionXLInpaintPipeline"])
def test_an_image_that_is_changed(mode: str, sdxl: Any, tmp_path: Path) -> None:
    """Fewer steps than asked for, noise drawn over an image, and pixels that the mask keeps."""
    pipeline = _quiet(getattr(diffusers, mode)(**sdxl.components))
    image, mask = Image.new("RGB", (64, 64), "teal"), Image.new("L", (64, 64), 255)
    mask.paste(0, (0, 0, 32, 64))
    given = {**SIZE, "image": image, "strength": 0.8}
    if "Inpaint" in mode:
        given["mask_image"] = mask
    assert _every_step(Renders(pipeline, given, tmp_path)) == 3


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("model_id", ["sdxl", "wan22-t2v-a14b"])
def test_wherever_a_plan_puts_the_parts(model_id: str, rung: str, twins: Twins, tmp_path: Path) -> None:
    """What brings a part to the device when it is called sleeps while its answers are thrown away, and wakes again."""
    model = twins.model(model_id)
    pipeline = playing.loaded(model)
    text = {"resident": "card", "leaf-offload": "streamed", "sequential": "streamed"}.get(rung, "out")
    placed: dict[str, Any] = {"rung": rung, "device": "cpu", "dtype": "float32", "text": text}
    rungs.settle(pipeline, Plan(**placed), family(model.family))
    given = {**SIZE, "num_frames": 5} if model.frames > 1 else SIZE
    assert _every_step(Renders(pipeline, given, tmp_path), only=2) == 4


def test_what_a_controlnet_says(sdxl: Any, tmp_path: Path) -> None:
    """A ControlNet that acts in the first half only, and runs no more than once where its answer is thrown away."""
    net = diffusers.ControlNetModel.from_unet(sdxl.unet)
    torch.manual_seed(0)
    for each in (*net.controlnet_down_blocks, net.controlnet_mid_block):
        torch.nn.init.normal_(each.weight)
    pipeline = _quiet(diffusers.StableDiffusionXLControlNetPipeline(**sdxl.components, controlnet=net))
    given = {**SIZE, "image": Image.effect_noise((64, 64), 90).convert("RGB"), "control_guidance_end": 0.5}
    renders = Renders(pipeline, given, tmp_path)
    assert _every_step(renders) == 4
    ran: list[int] = []
    net.conv_in.register_forward_hook(lambda *_: ran.append(1))
    renders.draw(renders.order(), renders.draw(renders.order()).last)
    assert len(ran) == 4 + 1


def test_the_steps_that_are_done_are_not_done_again(sdxl: Any, tmp_path: Path) -> None:
    """To go on after three of four steps takes the fourth, and one run to learn the form of the answers."""
    renders = Renders(sdxl, SIZE, tmp_path)
    with pytest.raises(Killed):
        renders.draw(renders.order(), killed_at=3)
    ran: list[int] = []
    hook = sdxl.unet.conv_in.register_forward_hook(lambda *_: ran.append(1))
    renders.draw(renders.order(), renders.last(renders.order()))
    hook.remove()
    assert len(ran) == 2


def test_only_the_decoder_again(sdxl: Any, tmp_path: Path) -> None:
    """From the last step's latents, as they are in memory, the picture is decoded again without another step."""
    renders = Renders(sdxl, SIZE, tmp_path)
    whole = renders.draw(renders.order())
    again = renders.draw(renders.order(), whole.last)
    assert again.heard == (4,)
    assert again.same(whole)


def test_nothing_is_left_behind(sdxl: Any, tmp_path: Path) -> None:
    """Gone on with or killed on the way, the networks answer for themselves afterwards."""
    renders = Renders(sdxl, SIZE, tmp_path)
    whole = renders.draw(renders.order())
    renders.draw(renders.order(), whole.last)
    with pytest.raises(Killed):
        renders.draw(renders.order(), whole.last, killed_at=4)
    assert "forward" not in vars(sdxl.unet)
    assert renders.draw(renders.order()).same(whole)


def test_a_run_of_another_length_is_no_place_to_go_on(sdxl: Any, tmp_path: Path) -> None:
    """A checkpoint after the fourth step of four fits neither a run of two steps nor one of other latents."""
    last = Renders(sdxl, SIZE, tmp_path).draw(Renders(sdxl, SIZE, tmp_path).order()).last
    for other in ({"num_inference_steps": 2}, {"num_inference_steps": 6}, {"width": 80}):
        renders = Renders(sdxl, {**SIZE, **other}, tmp_path)
        with pytest.raises(Fault) as found:
            renders.draw(renders.order(), last)
        assert found.value.kind == "checkpoint-unfit"
        assert found.value.facts["job"] == "j1"
