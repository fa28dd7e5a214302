"""Small pictures of a render that is under way."""

# mypy: disable-error-code="no-untyped-call"

from io import BytesIO
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from PIL import Image

from gpu_agent import catalogue, shelf
from gpu_agent.engine import preview
from gpu_agent.engine.families.family import Family, middle
from gpu_agent.engine.families.known import family
from gpu_agent.engine.preview import Previews
from gpu_agent.order import Order
from tests.engine.twins import others


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def demo() -> Any:
    place = shelf.folder(catalogue.load()["demo"])
    pipeline = diffusers.DiffusionPipeline.from_pretrained(place, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def order(**own: Any) -> Order:
    usual = {"job": "j1", "model": "demo", "prompt": "a red circle on a white background", "seed": 5, "steps": 12}
    return Order(**{**usual, "width": 256, "height": 256, "guidance": 2.0, **own})


def _rendered(pipeline: Any, wanted: Order, previews: Previews, each: float, clock: Clock) -> tuple[Any, list[bytes]]:
    """The picture, and what was to see after each step, of which each takes so many seconds."""
    seen: list[bytes] = []

    def ended(_pipeline: Any, _index: int, _time: Any, values: dict[str, Any]) -> dict[str, Any]:
        clock.now += each
        seen.append(previews.of(values["latents"])())
        return values

    generator = torch.Generator("cpu").manual_seed(wanted.seed)
    given = {"prompt": wanted.prompt, "guidance_scale": wanted.guidance, "num_inference_steps": wanted.steps}
    drawn = pipeline(**given, width=wanted.width, height=wanted.height, generator=generator, callback_on_step_end=ended)
    return drawn.images[0], seen


def test_the_last_preview_looks_like_the_picture(demo: Any) -> None:
    """Where the picture is light, dark or coloured, so is its preview."""
    clock = Clock()
    previews = Previews(demo, family("sd"), order(), clock)
    picture, seen = _rendered(demo, order(), previews, 1.0, clock)
    shown = Image.open(BytesIO(seen[-1]))
    assert shown.size == (256, 256)
    ours, theirs = (np.asarray(each.resize((16, 16), Image.Resampling.BOX)).ravel() for each in (shown, picture))
    assert np.corrcoef(ours, theirs)[0, 1] > 0.9


@pytest.mark.parametrize(("each", "expected"), [(0.09, 1), (0.25, 3), (1.0, 12), (5.0, 12), (0.01, 0)])
def test_at_most_one_a_second(demo: Any, each: float, expected: int) -> None:
    """However fast the steps are; and a render that is done within a second sends none."""
    clock = Clock()
    _, seen = _rendered(demo, order(), Previews(demo, family("sd"), order(), clock), each, clock)
    assert len(seen) == 12
    assert sum(bool(content) for content in seen) == expected


@pytest.mark.parametrize("size", [(8192, 8192), (1024, 512), (64, 8192), (8, 8)])
def test_noise_of_any_size_stays_small(size: tuple[int, int]) -> None:
    """The worst that a JPEG can be asked for is within 20 KB and 256 pixels, in the picture's own proportions."""
    seen = torch.rand((3, 256, 256), generator=torch.Generator("cpu").manual_seed(0))
    content = preview.jpeg(seen, *size)
    shown = Image.open(BytesIO(content))
    assert len(content) <= 20 * 1024
    assert max(shown.size) == min(256, max(size))
    assert shown.width == max(1, round(size[0] * max(shown.size) / max(size)))


def test_the_autoencoder_is_looked_at_once(demo: Any) -> None:
    """The second render of a model asks its autoencoder nothing, and neither does any step."""
    asked: list[int] = []
    preview.line(demo.vae)
    hook = demo.vae.encoder.register_forward_hook(lambda *_: asked.append(1))
    clock = Clock()
    _rendered(demo, order(steps=3), Previews(demo, family("sd"), order(steps=3), clock), 2.0, clock)
    hook.remove()
    assert asked == []


def test_a_clip_shows_its_middle() -> None:
    """Five frames of latents, each of another kind: the third is what is seen."""
    pipeline = others.wan_text()
    wanted = order(model="wan", frames=17, width=64, height=64)
    generator = torch.Generator("cpu").manual_seed(0)
    clip = torch.randn((1, 16, 5, 8, 8), generator=generator)
    only = clip[:, :, 2:3]
    both = []
    for latents in (clip, only):
        clock = Clock()
        previews = Previews(pipeline, family("wan"), wanted, clock)
        clock.now = 1.0
        both.append(previews.of(latents)())
    assert both[0] == both[1] != b""


def test_what_cannot_be_shown_does_not_stop_the_render(demo: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Latents of another form than the family says: one line in the log, no preview, and the picture is drawn."""
    clock = Clock()
    wrong = Family(latents=middle)
    picture, seen = _rendered(demo, order(), Previews(demo, wrong, order(), clock), 1.0, clock)
    assert set(seen) == {b""}
    assert len(caplog.records) == 1
    assert picture.size == (256, 256)
