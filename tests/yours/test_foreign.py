"""What a picture from elsewhere says of itself is read as text, however strange it is, and never run."""

import json
from typing import Any

import pytest

from bot.review import foreign
from bot.review.foreign import NOTHING, Said
from tests.yours import elsewhere


@pytest.mark.parametrize("data", [elsewhere.a1111(), elsewhere.jpeg()], ids=["png", "jpeg"])
def test_the_line_of_a1111_is_read(data: bytes) -> None:
    """In PNG and JPEG alike; words of several lines become one."""
    assert foreign.read(data) == Said(
        "a red boat, (sunny:1.2) on the sea", "fog", 4242, 20, 7.0, "Euler a", "dreamy_v3"
    )


def test_a_graph_of_comfyui_is_walked_to_its_words() -> None:
    """Through whatever stands between the sampler and the text."""
    assert foreign.read(elsewhere.comfy()) == Said("a fox", "blur", 99, 8, 1.5, "euler", "sdxl.safetensors")


def test_words_alone_are_a_prompt() -> None:
    """Some programs write no settings."""
    assert foreign.parameters("a boat\nNegative prompt: fog") == Said("a boat", "fog")


ROUND: dict[str, Any] = {
    "1": {"class_type": "KSampler", "inputs": {"positive": ["2", 0], "seed": ["2", 0], "steps": True}},
    "2": {"class_type": "X", "inputs": {"more": ["2", 0], "text": ["1", 0]}},
}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 5000,
        "{",
        "[]",
        '{"1": 7}',
        json.dumps(ROUND),
        json.dumps({str(n): {} for n in range(3000)}),
        '{"1": {"class_type": "KSampler", "inputs": {"positive": ["1"], "seed": "NaN", "cfg": 1e999}}}',
    ],
)
def test_a_hostile_graph_says_nothing(text: str) -> None:
    """Circles, depth, size, and values of other kinds end in silence."""
    assert foreign.graph(text) == NOTHING


@pytest.mark.parametrize("seed", ["-1", str(2**63), "1.5", "x", ""])
def test_a_seed_that_no_model_takes_is_none(seed: str) -> None:
    """Rather than another one."""
    assert foreign.parameters(f"a\nSteps: 2, Seed: {seed}").seed is None


def test_control_characters_do_not_come_along() -> None:
    """Nor right-to-left marks, nor more than is kept."""
    said = foreign.parameters("a\x07b \u202ec\u200b" + "x" * 10_000)
    assert said.prompt.startswith("a b c x")
    assert len(said.prompt) == 8000


def test_what_is_no_picture_says_nothing() -> None:
    """It is refused where the picture is looked at."""
    assert foreign.read(b"GIF89a not really") == NOTHING
