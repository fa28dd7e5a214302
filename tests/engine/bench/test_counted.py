"""Floors are counted from the networks themselves, at their real size, without computing anything."""

import pytest

from gpu_agent import catalogue
from gpu_agent.catalogue import Model
from gpu_agent.engine.bench import plain
from gpu_agent.engine.bench.counted import Work, counted
from gpu_agent.engine.bench.subject import Subject
from gpu_agent.engine.families.known import family

KNOWN = catalogue.load()


def work(model: Model, size: tuple[int, int] | None = None) -> Work:
    subject = Subject(model, "cpu", random=True, size=size)
    shape = subject.weightless()
    return counted(shape, family(model.family), plain.arguments(shape, model, subject.order(3)))


@pytest.fixture(scope="module")
def demo() -> Work:
    return work(KNOWN["demo"])


def test_a_full_size_model_is_counted_as_its_layers_say() -> None:
    """FLUX schnell at 1024x1024: each of 57 blocks multiplies twelve squares of its width for each of 4096 + 256
    tokens, and lets all of them look at one another."""
    found = work(KNOWN["flux-schnell"])
    width, tokens, blocks = 3072, 4096 + 256, 19 + 38
    wanted = 2 * 12 * width**2 * tokens * blocks + 4 * tokens**2 * width * blocks
    assert found.evaluations == 4
    assert found.denoiser / found.evaluations == pytest.approx(wanted, rel=0.005)
    assert found.decoder == pytest.approx(10.5e12, rel=0.01)
    assert found.whole == found.text + found.denoiser + found.decoder


def test_twice_the_steps_are_twice_the_denoiser_and_the_same_decoder(demo: Work) -> None:
    """Calls of the same shapes count as much as the first one, though they are not gone through again."""
    model = KNOWN["demo"]
    half = work(model.model_copy(update={"steps": model.steps // 2}))
    assert demo.evaluations == model.steps
    assert demo.denoiser == 2 * half.denoiser
    assert (demo.decoder, demo.text) == (half.decoder, half.text)


def test_guidance_counts(demo: Work) -> None:
    """Without it the denoiser sees half as much."""
    assert demo.denoiser == 2 * work(KNOWN["demo"].model_copy(update={"guidance": 1.0})).denoiser


def test_what_is_counted_is_the_size_that_is_drawn(demo: Work) -> None:
    """A larger picture is more work for denoiser and decoder, and none for the text."""
    small = work(KNOWN["demo"], (96, 96))
    assert small.denoiser < demo.denoiser
    assert small.decoder < demo.decoder
    assert small.text > 0
