"""What a model draws at all: every limit refuses with facts that name what would do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_agent.order import Control, Lora, Order, Reference, Start
from gpu_agent.planner import Refusal, nearest_size, refuse, refuse_loras
from gpu_agent.stock import ShelfLora, ShelfModel
from gpu_agent.value import Facts
from tests import made

PICTURE = "0" * 64
STILL = made.shelf_model(
    modes=("text", "image", "control"),
    controls=("canny",),
    multiple=16,
    most_pixels=256 * 128,
    least_steps=4,
    most_steps=20,
)
CLIP = made.shelf_model(modes=("video",), frames=33, most_frames=81)


def order(**own: Any) -> Order:
    usual: dict[str, Any] = {"job": "a", "model": "demo", "prompt": "a boat", "seed": 0, "guidance": 2.0}
    return Order(**{**usual, "width": 128, "height": 128, "steps": 8, **own})


@pytest.mark.parametrize(
    ("model", "asked", "kind", "facts"),
    [
        (STILL, {"width": 32}, "size-range", {"nearest": "64x128"}),
        (STILL, {"width": 300}, "size-range", {"nearest": "256x128"}),
        (STILL, {"width": 130}, "size-multiple", {"nearest": "128x128", "multiple": 16}),
        (STILL, {"width": 256, "height": 256}, "size-pixels", {"nearest": "176x176", "most": 256 * 128}),
        (STILL, {"steps": 3}, "steps-range", {"nearest": 4}),
        (STILL, {"steps": 21}, "steps-range", {"nearest": 20}),
        (STILL, {"start": Start(job="b", step=8)}, "start-late", {"step": 8, "steps": 8}),
        (STILL, {"prompt": " "}, "prompt-empty", {"model": "demo"}),
        (STILL, {"prompt": "x" * 301}, "prompt-length", {"limit": 300}),
        (
            STILL,
            {"source": PICTURE, "mask": PICTURE},
            "mode-missing",
            {"mode": "inpaint", "modes": "text, image, control"},
        ),
        (STILL, {"frames": 33}, "mode-missing", {"mode": "video"}),
        (STILL, {"control": Control(kind="pose", image=PICTURE)}, "control-missing", {"controls": "canny"}),
        (STILL, {"reference": Reference(image=PICTURE)}, "reference-missing", {"model": "demo"}),
        (CLIP, {}, "mode-missing", {"mode": "text", "modes": "video"}),
        (CLIP, {"frames": 85}, "frames-range", {"nearest": 81, "most": 81}),
        (CLIP, {"frames": 34}, "frames-step", {"nearest": 33, "step": 4}),
        (CLIP, {"frames": 2}, "frames-step", {"nearest": 5}),
    ],
)
def test_each_limit_refuses_and_says_what_would_do(
    model: ShelfModel, asked: dict[str, Any], kind: str, facts: Facts
) -> None:
    """The kind picks the sentence, and the facts are what it needs."""
    refusal = refuse(model, order(**asked))
    assert refusal is not None
    assert refusal.kind == kind
    assert {name: refusal.facts[name] for name in facts} == facts


def test_what_is_within_every_limit_is_not_refused() -> None:
    """The limits themselves are allowed."""
    assert refuse(STILL, order(width=256, steps=4, prompt="x" * 300)) is None
    assert refuse(STILL, order(steps=20, start=Start(job="b", step=19))) is None
    assert refuse(STILL, order(control=Control(kind="canny", image=PICTURE))) is None
    assert refuse(CLIP, order(frames=81)) is None
    assert refuse(made.shelf_model(reference=True), order(reference=Reference(image=PICTURE))) is None


@given(
    width=st.integers(8, 8192),
    height=st.integers(8, 8192),
    multiple=st.sampled_from([8, 16, 32]),
    most=st.sampled_from([0, 256**2, 512 * 300, 1024**2]),
)
def test_the_nearest_size_can_always_be_drawn(width: int, height: int, multiple: int, most: int) -> None:
    """A refusal never sends a person from one wrong size to another."""
    model = made.shelf_model(multiple=multiple, smallest=256, largest=1024, most_pixels=most)
    nearer = [int(side) for side in nearest_size(width, height, model).split("x")]
    assert refuse(model, order(width=nearer[0], height=nearer[1])) is None


SHELF = (
    ShelfLora(id="ink", family="sdxl", bytes=1),
    ShelfLora(id="wool", family="flux", bytes=1),
    ShelfLora(id="odd", family="", bytes=1),
)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ("ink", None),
        ("odd", None),
        ("wool", Refusal("lora-family", {"lora": "wool", "family": "flux", "model": "demo", "known": "ink"})),
        ("none-such", Refusal("unknown-lora", {"lora": "none-such", "model": "demo", "known": "ink"})),
    ],
)
def test_a_lora_must_be_there_and_of_the_models_family(asked: str, refusal: Refusal | None) -> None:
    """A LoRA of another architecture would fail after the minutes of loading; one of unknown family may try."""
    model = made.shelf_model(family="sdxl")
    assert refuse_loras(order(loras=(Lora(id="ink"), Lora(id=asked))), model, SHELF) == refusal
