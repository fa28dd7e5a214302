"""Prompts and pictures of every length go through what was compiled for the first one."""

from typing import Any

import numpy as np
import pytest
import torch

from gpu_agent.engine.families.known import family
from gpu_agent.engine.speed import compiled
from gpu_agent.engine.speed.rotations import turn
from tests.engine.speed.compiling import APART, ON, PLAN, WORDS, graphs, latents, only_read
from tests.engine.twins import playing
from tests.engine.twins.house import Twins

SIZES = ((64, 64), (96, 64), (64, 128))


@pytest.fixture(autouse=True)
def reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real compiler, up to where it would write code: test_compile.py has all of it."""
    monkeypatch.setattr(compiled, "write_code", only_read)
    torch._dynamo.reset()


@pytest.mark.parametrize("model_id", ["z-image-turbo", "flux-schnell", "qwen-image", "sdxl"])
def test_twenty_lengths_and_three_sizes_compile_nothing_anew(twins: Twins, model_id: str) -> None:
    """By the compiler's own count, after one square picture of one word; and what is drawn stays what it was, also
    where lengths are filled up."""
    model = twins.model(model_id)
    pipeline = playing.loaded(model)
    prompts = [" ".join(WORDS[: 1 + number]) for number in range(20)]
    cases = [(prompt, *SIZES[number % 3]) for number, prompt in enumerate(prompts)]
    before = {case: latents(pipeline, model, *case) for case in cases[::5]}
    assert compiled.pull(pipeline, PLAN, family(model.family), ON).levers == ("compile",)
    none = graphs()
    latents(pipeline, model, *cases[0])
    first = graphs()
    drawn = {case: latents(pipeline, model, *case) for case in cases}
    assert none < first == graphs()
    assert all(np.abs(drawn[case] - before[case]).max() <= APART for case in before)


def test_a_turned_pair_is_the_product_of_two_complex_numbers() -> None:
    """To the last but one bit, for any shape that can be spread over the other's."""
    pairs, angles = torch.randn(2, 5, 3, 4, 2), torch.randn(5, 1, 4, 2)
    expected = torch.view_as_real(torch.view_as_complex(pairs) * torch.view_as_complex(angles))
    assert torch.allclose(turn(pairs, angles), expected, atol=1e-6)


def test_no_complex_product_reaches_the_compiler(twins: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would cut the network in pieces at each of them; other models' graphs have none and are left alone."""
    seen: list[Any] = []

    def looked_at(graph: torch.fx.GraphModule, inputs: Any, *options: Any) -> Any:
        seen.extend(node.target for node in graph.graph.nodes)
        return only_read(graph, inputs, *options)

    monkeypatch.setattr(compiled, "write_code", looked_at)
    model = twins.model("qwen-image")
    pipeline = playing.loaded(model)
    compiled.pull(pipeline, PLAN, family(model.family), ON)
    latents(pipeline, model, "a boat", 64, 64)
    assert turn in seen
    assert torch.view_as_complex not in seen
