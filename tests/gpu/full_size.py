"""Pipelines of the full size with random weights over the tiny twins' tokenizers and schedulers, placed by a plan.

How long a dense network takes and what it needs does not hang on the values in it. What it draws does: no picture of
these is looked at.
"""

from typing import Any

import torch
from torchao.quantization import quantize_

from gpu_agent.catalogue import Model
from gpu_agent.engine import quantize, rungs
from gpu_agent.engine.bench import furnished
from gpu_agent.engine.bench.sizes import KNOWN, builder
from gpu_agent.engine.families.known import family
from gpu_agent.planner import Plan
from tests.engine.twins import playing
from tests.engine.twins.house import Twins


def at_full_size(model: Model) -> Model:
    """The twin's entry with the sizes and steps of the shipped one, but few of the latter."""
    real = KNOWN[model.id]
    names = ("width", "height", "frames", "guidance", "arguments", "tokens", "largest", "most_frames")
    return model.model_copy(update={name: getattr(real, name) for name in names})


def pipeline(twins: Twins, model_id: str, plan: Plan, dtype: torch.dtype = torch.bfloat16) -> Any:
    """The whole model, placed by this plan."""
    model = twins.model(model_id)
    tiny = playing.loaded(model)
    denoisers = family(model.family).denoisers
    parts = dict(tiny.components)
    for part in KNOWN[model_id].parts:
        parts[part.name] = furnished.filled(builder(model_id, part.name), dtype, "cpu", drawn_on="cuda")
        torch.cuda.empty_cache()
        if plan.format and part.name in denoisers:
            quantize_(parts[part.name], quantize.config(plan.format, dtype).quant_type)
    settings = {name: value for name, value in tiny.config.items() if name not in parts and not name.startswith("_")}
    whole = type(tiny)(**parts, **settings)
    whole.set_progress_bar_config(disable=True)
    rungs.settle(whole, plan, family(model.family))
    return whole
