"""When a device is at work, seen from outside of its networks."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from gpu_agent import catalogue
from gpu_agent.engine.bench import copies, prompts
from gpu_agent.engine.bench.marks import Busy, idle
from gpu_agent.engine.bench.plain import Plain
from gpu_agent.engine.bench.subject import Subject
from tests.engine.twins import playing
from tests.engine.twins.house import Twins

DEMO = catalogue.load()["demo"].model_copy(update={"steps": 2, "least_steps": 1})


def busy(*times: tuple[float, float]) -> tuple[Busy, ...]:
    return tuple(Busy(0, "denoise", begin, end) for begin, end in times)


@pytest.mark.parametrize(
    ("times", "share"),
    [
        ((), 0.0),
        (((0, 4),), 0.0),
        (((0, 1), (3, 4)), 0.5),
        (((0, 3), (1, 2), (3, 4)), 0.0),
        (((0, 2), (1, 3), (4, 5)), 0.2),
    ],
)
def test_idle_is_what_nothing_covers(times: tuple[tuple[float, float], ...], share: float) -> None:
    """Work that overlaps is counted once, and only gaps between the first and the last of it are idle."""
    assert idle(busy(*times)) == pytest.approx(share)


@pytest.fixture(scope="module")
def subject() -> Subject:
    found = Subject(DEMO, "cpu", random=False)
    assert found.ready()
    return found


def test_text_comes_before_the_steps_and_the_decoder_after_them(subject: Subject) -> None:
    """All three of each picture are seen, and told apart by picture."""
    way = Plain(copies.shared(subject.whole), DEMO, "cpu")
    for number in (4, 5):
        way.draw(subject.order(number), number)
    seen = way.watch.busy()
    for number in (4, 5):
        mine = [each for each in seen if each.picture == number]
        assert [each.what for each in mine if each.what != "text"] == ["denoise", "decode"]
        assert mine[0].what == "text"
        assert max(each.end for each in mine if each.what == "text") <= mine[-2].begin
        assert mine[-2].end <= mine[-1].begin
        assert all(way.watch.seconds(number).values())


def test_a_copy_shares_the_numbers_and_nothing_that_is_laid_on_them(subject: Subject) -> None:
    """Neither another layout nor a watch on one is seen by the other, and both draw the same, bit for bit."""
    first, second = copies.shared(subject.whole), copies.shared(subject.whole)
    for name, weights in first.unet.named_parameters():
        assert weights.data_ptr() == second.unet.get_parameter(name).data_ptr()
    first.unet.to(memory_format=torch.channels_last)
    assert first.unet.conv_in.weight.stride() != second.unet.conv_in.weight.stride()
    one, other = Plain(second, DEMO, "cpu"), Plain(copies.shared(subject.whole), DEMO, "cpu")
    pixels = [way.draw(subject.order(1), 1)[2] for way in (one, other)]
    np.testing.assert_array_equal(*pixels)
    assert not subject.whole.unet._forward_hooks


def test_no_prompt_comes_twice_and_neighbours_differ_in_length() -> None:
    """Otherwise encoders would be skipped, or shapes be the same."""
    all_of_them = [prompts.prompt(number) for number in range(700)]
    assert len(set(all_of_them)) == 700
    lengths = [len(prompt.split()) for prompt in all_of_them]
    assert all(one != next_one for one, next_one in pairwise(lengths))
    assert max(map(len, all_of_them)) <= DEMO.prompt_limit


def test_random_weights_draw_a_picture_from_settings_alone(twins: Twins) -> None:
    """Finite, and not of one colour: nothing has to be repaired, which would be timed, too. They are as many as the
    real ones."""
    found = Subject(twins.model("flux-schnell"), "cpu", random=True)
    assert found.ready()
    real = playing.loaded(found.model)
    for name in ("transformer", "vae", "text_encoder", "text_encoder_2"):
        random, own = getattr(found.whole, name), getattr(real, name)
        assert random.num_parameters() == own.num_parameters()
    _, _, pixels = Plain(found.whole, found.model, "cpu").draw(found.order(0), 0)
    assert np.isfinite(pixels).all()
    assert pixels.std() > 0
