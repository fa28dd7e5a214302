"""Prompts are encoded once: the text encoders run for new words only, and what they said is given back as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.modules.module import register_module_forward_hook
from transformers import PreTrainedModel

from gpu_agent.catalogue import Catalogue
from gpu_agent.config import Config
from gpu_agent.engine.encode import MOST, Embeddings
from gpu_agent.engine.engine import Engine
from gpu_agent.order import Order
from gpu_agent.shelf import Stock
from tests.agent.engine.conftest import silent
from tests.engine.orders import Orders
from tests.engine.twins.build import MODELS
from tests.engine.twins.house import Twins


@contextmanager
def encoders_run() -> Iterator[list[str]]:
    """The classes of the text encoders that ran in here, outermost ones only."""
    ran: list[str] = []

    def heard(module: Any, _given: Any, _answer: Any) -> None:
        if isinstance(module, PreTrainedModel) and module.name_or_path:
            ran.append(type(module).__name__)

    handle = register_module_forward_hook(heard)
    try:
        yield ran
    finally:
        handle.remove()


def _engine(twins: Twins, model_id: str, root: Path) -> tuple[Engine, Order]:
    model = twins.model(model_id)
    way = "animate" if model.modes == ("animate",) else "text"
    return Engine(Stock(Catalogue({model_id: model})), Config(), root), Orders(root / "inputs").order(model, way)


@pytest.mark.parametrize("model_id", MODELS)
def test_the_same_words_are_encoded_once(twins: Twins, tmp_path: Path, model_id: str) -> None:
    """The second picture of a prompt runs no text encoder and has the pixels of the first; another prompt runs them
    again, and then the first one is still known."""
    engine, order = _engine(twins, model_id, tmp_path)
    counts, pixels = [], []
    for prompt in ("a red boat", "a red boat", "green birds", "a red boat"):
        with encoders_run() as ran:
            made = engine.render(order.model_copy(update={"prompt": prompt}), silent)
        counts.append(len(ran))
        pixels.append(np.asarray(made.pixels).tobytes())
    assert counts[0] > 0
    assert counts == [counts[0], 0, counts[2], 0]
    assert counts[2] > 0
    assert pixels[0] == pixels[1] == pixels[3] != pixels[2]


def test_what_was_known_goes_with_the_model(twins: Twins, tmp_path: Path) -> None:
    """After the memory was given back, words are encoded anew: nothing is held for a model that is not there."""
    engine, order = _engine(twins, "sdxl", tmp_path)
    engine.render(order, silent)
    engine.release()
    with encoders_run() as ran:
        engine.render(order, silent)
    assert ran


class _Pipeline:
    """Encodes by counting, into a list of tensors as some families do."""

    def __init__(self) -> None:
        self.asked = 0

    def encode_prompt(
        self, prompt: str, most: int = 8, prompt_embeds: torch.Tensor | None = None
    ) -> list[torch.Tensor]:
        self.asked += 1
        return [torch.full((most,), float(self.asked))]


def _attached(worn: tuple[str, ...] = ()) -> tuple[_Pipeline, Embeddings]:
    pipeline, embeddings = _Pipeline(), Embeddings()
    embeddings.attach(pipeline, worn)
    return pipeline, embeddings


def test_a_pipeline_may_spoil_what_it_was_given() -> None:
    """What a pipeline does to its embeddings is not there the next time."""
    pipeline, _ = _attached()
    pipeline.encode_prompt("a")[0].zero_()
    assert pipeline.encode_prompt("a")[0].tolist() == [1.0] * 8
    assert pipeline.asked == 1


def test_other_limits_and_other_loras_are_other_questions() -> None:
    """A longer limit, and a text encoder that wears something, give other embeddings for the same words."""
    pipeline, embeddings = _attached()
    pipeline.encode_prompt("a")
    pipeline.encode_prompt("a", most=9)
    embeddings.attach(pipeline, ("lora",))
    pipeline.encode_prompt("a")
    assert pipeline.asked == 3
    embeddings.attach(pipeline, ())
    pipeline.encode_prompt(prompt="a", most=9)
    assert pipeline.asked == 3


def test_embeddings_that_are_brought_along_are_not_remembered() -> None:
    """Tensors are no words: such a call goes through as it is."""
    pipeline, _ = _attached()
    for _ in range(2):
        pipeline.encode_prompt("a", prompt_embeds=torch.zeros(1))
    assert pipeline.asked == 2


def test_only_so_many_prompts_are_remembered() -> None:
    """The one that was longest not asked for is forgotten first."""
    pipeline, _ = _attached()
    for number in range(MOST):
        pipeline.encode_prompt(str(number))
    pipeline.encode_prompt("0")
    pipeline.encode_prompt("one more")
    assert pipeline.asked == MOST + 1
    pipeline.encode_prompt("0")
    assert pipeline.asked == MOST + 1
    pipeline.encode_prompt("1")
    assert pipeline.asked == MOST + 2
