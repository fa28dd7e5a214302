"""Orders that start from a checkpoint: finishing it, or branching off with another prompt or seed."""

# mypy: disable-error-code="no-untyped-call"

from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from PIL import Image

from gpu_agent.engine.checkpoint import Checkpoint
from gpu_agent.engine.checkpoint_folder import Checkpoints
from gpu_agent.order import Start
from tests.engine.renders import Outcome, Renders
from tests.engine.schedulers import FLOW, NOISE
from tests.engine.twins import stable

# How these schedulers compute their tables, which a later NumPy will not like.
pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")
SIZE = {"width": 64, "height": 64, "num_inference_steps": 4}


@pytest.fixture(scope="module")
def one_sdxl() -> Any:
    pipeline = stable.sdxl()
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@pytest.fixture(scope="module")
def sd35() -> Any:
    pipeline = stable.sd35()
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@pytest.fixture
def sdxl(one_sdxl: Any) -> Any:
    one_sdxl.scheduler = NOISE["ddim"]()
    return one_sdxl


def _kept(renders: Renders, step: int, **own: Any) -> tuple[Outcome, Checkpoint]:
    """A whole render that keeps a checkpoint at this step, and that checkpoint after the job is done."""
    order = renders.order(keep_at=(step,), **own)
    whole = renders.draw(order)
    folder = Checkpoints(renders.folder)
    folder.done(order.job)
    return whole, folder.at(Start(job=order.job, step=step), renders.origin(renders.order(job="j2")), "cpu")


def _apart(one: Outcome, other: Outcome) -> float:
    return float(np.abs(one.pixels - other.pixels).mean())


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_finished_from_any_step(sdxl: Any, tmp_path: Path, step: int) -> None:
    """Long after the job is done, under another job's name: the same picture."""
    renders = Renders(sdxl, SIZE, tmp_path)
    whole, checkpoint = _kept(renders, step)
    again = renders.draw(renders.order(job="j2"), checkpoint)
    assert again.heard[0] == step
    assert again.same(whole)


def test_another_prompt_from_a_step_on(sdxl: Any, tmp_path: Path) -> None:
    """The later the branch, the more of the first picture is left; from the last step on all of it."""
    renders = Renders(sdxl, {**SIZE, "guidance_scale": 5.0}, tmp_path)
    apart = []
    for step in (1, 3, 4):
        whole, checkpoint = _kept(renders, step)
        apart.append(_apart(whole, renders.draw(renders.order(job="j2", prompt="a blue star"), checkpoint)))
    assert apart[0] > apart[1] > apart[2] == 0.0


@pytest.mark.parametrize("name", NOISE)
def test_another_seed_under_every_scheduler_of_noise(name: str, sdxl: Any, tmp_path: Path) -> None:
    """Also those that draw no noise of their own: each seed its own picture, and the same one again."""
    sdxl.scheduler = NOISE[name]()
    _branches(Renders(sdxl, SIZE, tmp_path))


@pytest.mark.parametrize("name", FLOW)
def test_another_seed_under_every_scheduler_of_flow(name: str, sd35: Any, tmp_path: Path) -> None:
    """The same for those that follow a flow."""
    sd35.scheduler = FLOW[name]()
    _branches(Renders(sd35, SIZE, tmp_path))


def _branches(renders: Renders) -> None:
    whole, checkpoint = _kept(renders, 2)
    six, again, seven = (renders.draw(renders.order(job="j2", seed=seed), checkpoint) for seed in (6, 6, 7))
    assert np.isfinite(six.pixels).all()
    assert six.same(again)
    assert not six.same(seven)
    assert not six.same(whole)


def test_a_branch_stays_near_what_it_left(sdxl: Any, tmp_path: Path) -> None:
    """Another seed from the third of four steps on changes less than another seed from the beginning."""
    renders = Renders(sdxl, SIZE, tmp_path)
    whole, checkpoint = _kept(renders, 3)
    branch = renders.draw(renders.order(job="j2", seed=6), checkpoint)
    anew = renders.draw(renders.order(job="j3", seed=6))
    assert 0 < _apart(whole, branch) < _apart(whole, anew) / 2


def test_nothing_is_left_to_branch_after_the_last_step(sdxl: Any, tmp_path: Path) -> None:
    """Another seed there is the same picture."""
    renders = Renders(sdxl, SIZE, tmp_path)
    whole, checkpoint = _kept(renders, 4)
    assert renders.draw(renders.order(job="j2", seed=6), checkpoint).same(whole)


def test_the_random_numbers_are_the_checkpoints(sdxl: Any, tmp_path: Path) -> None:
    """An image is changed from where a render from text stood: what was drawn for the image in between is forgotten."""
    sdxl.scheduler = NOISE["euler ancestral"]()
    whole, checkpoint = _kept(Renders(sdxl, {**SIZE, "guidance_scale": 5.0}, tmp_path), 2)
    changing: Any = diffusers.StableDiffusionXLImg2ImgPipeline(**sdxl.components)
    changing.set_progress_bar_config(disable=True)
    encode, drawn = changing.vae.encode, []

    def encoded(*given: Any, **named: Any) -> Any:
        drawn.append(1)
        return encode(*given, **named)

    changing.vae.encode = encoded
    given = {"num_inference_steps": 4, "image": Image.new("RGB", (64, 64), "teal"), "strength": 1.0}
    renders = Renders(changing, {**given, "guidance_scale": 5.0}, tmp_path)
    again = renders.draw(renders.order(job="j2"), checkpoint)
    del changing.vae.encode
    assert drawn == [1]
    assert again.same(whole)


def test_noise_of_a_branch_is_as_strong_as_its_step(sdxl: Any, sd35: Any) -> None:
    """0.3 of what the latents hold there, by the scheduler's own measure: less the later it is."""
    from gpu_agent.engine.resume import BRANCH, branched

    for scheduler in (NOISE["ddim"](), NOISE["euler"](), FLOW["euler"](), FLOW["unipc"]()):
        scheduler.set_timesteps(10)
        strengths = []
        for step in (2, 5, 8):
            if hasattr(scheduler, "_step_index"):
                scheduler._step_index = step
            nothing = torch.zeros(1, 4, 64, 64)
            kept = Checkpoint(None, step, 10, nothing, {}, torch.empty(0))  # type: ignore[arg-type]
            noisy = branched(scheduler, nothing, kept, torch.Generator().manual_seed(1))
            strengths.append(float(noisy.std()) / BRANCH)
        levels = [float(scheduler.sigmas[step]) for step in (2, 5, 8)] if hasattr(scheduler, "sigmas") else strengths
        assert strengths == pytest.approx(levels, rel=0.02)
        assert strengths == sorted(strengths, reverse=True)
