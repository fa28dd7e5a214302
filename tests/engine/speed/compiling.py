"""Compiling in tests: what it is counted by, and a compiler that only reads."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch._dynamo.utils import counters

from gpu_agent.catalogue import Model
from gpu_agent.config import Speed
from gpu_agent.planner import Plan

ON = Speed(compile="on")
PLAN = Plan(rung="resident", device="cpu", dtype="float32")
APART = 1e-4  # of latents as large as ten: sums are made in another order
TEXT = (
    "a red boat on the grey sea near an old white lighthouse with one lamp and many gulls over it in the late evening"
)
WORDS = TEXT.split()


def graphs() -> int:
    """How many the compiler has made since the process began, by its own count."""
    return int(counters["stats"]["unique_graphs"])


def only_read(graph: torch.fx.GraphModule, inputs: Sequence[Any], *_options: Any) -> Callable[..., Any]:
    """Stands for the writing of code: what was read is run as it was read. When something is compiled, and for which
    sizes, is decided before that."""
    return graph.forward


def latents(pipeline: Any, model: Model, prompt: str, width: int, height: int, steps: int = 2) -> Any:
    """What the pipeline has before its decoder, of always the same noise."""
    own = {"max_sequence_length": 64} if "max_sequence_length" in model.arguments else {}
    drawn = pipeline(
        prompt=prompt,
        width=width,
        height=height,
        num_inference_steps=steps,
        generator=torch.Generator("cpu").manual_seed(3),
        output_type="latent",
        **{model.guidance_argument: model.guidance},
        **own,
    ).images
    return np.stack([np.asarray(each) for each in drawn])
