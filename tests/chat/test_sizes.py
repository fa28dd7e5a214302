"""The size of a command: words and numbers become pixels, and what is offered can be drawn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import sizes
from bot.errors import BadSize
from bot.texts import failures
from gpu_agent.order import Order
from gpu_agent.planner import refuse
from gpu_agent.stock import ShelfModel
from tests import made


def shelf_model(multiple: int = 8, smallest: int = 64, largest: int = 1024, width: int = 256) -> ShelfModel:
    return made.shelf_model(multiple=multiple, smallest=smallest, largest=largest, width=width, height=width)


@given(multiple=st.sampled_from([8, 16, 32, 64]), least=st.integers(1, 8), more=st.integers(0, 60), data=st.data())
def test_every_offered_size_can_be_drawn(multiple: int, least: int, more: int, data: st.DataObject) -> None:
    """Whatever limits a model has, the planner takes each size that is offered for it."""
    default = multiple * data.draw(st.integers(least, least + more))
    model = shelf_model(multiple, multiple * least, multiple * (least + more), default)
    for width, height in sizes.named(model).values():
        order = Order(job="a", model="demo", prompt="x", seed=0, width=width, height=height, steps=1, guidance=0)
        assert refuse(model, order) is None


def test_shapes_keep_the_number_of_pixels_and_turn_the_right_way() -> None:
    """Portrait is higher than wide, landscape wider than high, each about as many pixels as the default."""
    named = sizes.named(shelf_model())
    assert named["default"] == named["square"] == (256, 256)
    assert named["portrait"] == (208, 312)
    assert named["landscape"] == (312, 208)


@pytest.mark.parametrize(
    ("text", "size"),
    [("768x512", (768, 512)), (" 768 × 512 ", (768, 512)), ("64X65", (64, 65)), ("Portrait", (208, 312))],
)
def test_numbers_and_names_are_read(text: str, size: tuple[int, int]) -> None:
    """Numbers are taken as they stand; whether they fit is for the planner to say."""
    assert sizes.parse(text, shelf_model()) == size


@pytest.mark.parametrize(
    "text", ["", "big", "768", "768x", "-1x5", "1e3x1e3", "768x512x3", "٣x٣", "999999x1", "@everyone"]
)
def test_anything_else_is_refused_with_the_words_that_would_do(text: str) -> None:
    """The sentence names what was typed and what can be typed instead."""
    with pytest.raises(BadSize) as refused:
        sizes.parse(text, shelf_model())
    sentence = failures.sentence(refused.value.kind, refused.value.facts)
    assert "default, square, portrait, landscape" in sentence
    assert "@everyone" not in sentence
