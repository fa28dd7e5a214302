"""From an order to a picture, with the shipped model."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from gpu_agent.engine.engine import Engine
from gpu_agent.engine.fault import Stopped
from gpu_agent.engine.picture import read_receipt
from gpu_agent.wire import Progress
from tests.agent.engine.conftest import Draw, into, silent
from tests.agent.tiny_models import order


def _share_of(png: bytes, channel: int) -> float:
    """The share of pixels in which this colour channel is far above both others."""
    pixels = np.asarray(Image.open(BytesIO(png))).astype(int)
    others = np.delete(pixels, channel, axis=2).max(axis=2)
    return float((pixels[:, :, channel] > others + 60).mean())


def test_the_same_seed_gives_the_same_bytes(draw: Draw) -> None:
    """The same order, on the same machine, is the same file."""
    assert draw(order()).content == draw(order()).content


def test_another_seed_gives_another_picture(draw: Draw) -> None:
    """A reroll with a new seed shows something new."""
    first, second = (np.asarray(Image.open(BytesIO(draw(order(seed=seed)).content))) for seed in (5, 6))
    assert not np.array_equal(first, second)


@pytest.mark.parametrize(("colour", "channel"), [("red", 0), ("green", 1), ("blue", 2)])
def test_the_prompt_decides_the_colour(draw: Draw, colour: str, channel: int) -> None:
    """A circle of the asked colour, and of no other, stands on the white background."""
    png = draw(order(prompt=f"a {colour} circle on a white background", steps=20, width=256, height=256)).content
    shares = [_share_of(png, each) for each in range(3)]
    assert shares[channel] > 0.05
    assert sum(shares) - shares[channel] < 0.01


def test_a_negative_prompt_changes_the_picture(draw: Draw) -> None:
    """The catalogue says that negative prompts act on this model, and they do."""
    assert draw(order()).content != draw(order(negative="a white background")).content


def test_the_receipt_inside_the_picture_gives_the_picture_again(draw: Draw) -> None:
    """What the PNG says about itself is enough to render it again, byte for byte."""
    png = draw(order(prompt="zwei Häuser, 雪", seed=77, negative="night", width=136, height=96)).content
    again = draw(read_receipt(png).order)
    assert again.content == png
    assert again.receipt == read_receipt(png)


def test_progress_comes_at_every_step_in_order(engine: Engine) -> None:
    """Loading, with its share; then encoding before the first step; each step once; then decoding and saving."""
    engine.release()
    told: list[Progress] = []
    engine.draw(order(steps=6), into(told))
    phases = list(dict.fromkeys(progress.phase for progress in told))
    assert phases == ["loading", "encoding", "rendering", "decoding", "saving"]
    loading = [progress.share or 0.0 for progress in told if progress.phase == "loading"]
    assert (loading[0], loading[-1]) == (0.0, 1.0)
    assert loading == sorted(loading)
    steps = [(progress.step, progress.of) for progress in told if progress.phase == "rendering"]
    assert steps == [(step, 6) for step in range(1, 7)]


def test_a_cancel_takes_effect_at_the_next_step(engine: Engine) -> None:
    """Once asked to stop, the engine reports no further step, decodes nothing, and draws the next order as ever."""
    undisturbed = engine.draw(order(), silent).content
    told: list[Progress] = []
    with pytest.raises(Stopped):
        engine.draw(order(steps=50), into(told), stopped=lambda: bool(told) and told[-1].step == 3)
    assert told[-1].step == 3
    assert {progress.phase for progress in told} == {"encoding", "rendering"}
    assert engine.draw(order(), silent).content == undisturbed


def test_a_cancel_is_heard_while_the_model_loads(engine: Engine) -> None:
    """Loading a large model takes long: it too ends when asked to, and the next order loads the model again."""
    engine.release()
    told: list[Progress] = []
    with pytest.raises(Stopped):
        engine.draw(order(), into(told), stopped=lambda: len(told) == 2)
    assert [progress.phase for progress in told] == ["loading", "loading"]
    assert engine.draw(order(), into(told)).receipt.order == order()


def test_a_prompt_longer_than_the_tokenizer_reads_is_reported(draw: Draw) -> None:
    """Thirty words are read whole, two hundred letters are not, and the receipt says which it was."""
    assert not draw(order(prompt="a red star " * 10)).receipt.prompt_truncated
    assert draw(order(prompt="a red star " * 11)).receipt.prompt_truncated


def test_a_render_tells_its_cost(draw: Draw) -> None:
    """Seconds and bytes of memory are measured, not zero."""
    drawn = draw(order())
    assert drawn.seconds > 0
    assert drawn.peak > 100 * 2**20


@pytest.mark.parametrize(("width", "height"), [(96, 96), (320, 320), (104, 152)])
def test_every_size_of_the_catalogue_can_be_drawn(draw: Draw, width: int, height: int) -> None:
    """Smallest, largest and an odd multiple come out at exactly the size asked for."""
    assert Image.open(BytesIO(draw(order(width=width, height=height, steps=2)).content)).size == (width, height)
