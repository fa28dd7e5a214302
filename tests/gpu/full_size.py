"""Pipelines of the full size with random weights: no download, and as much memory and work as the real ones.

How long a dense network takes and what it needs does not hang on the values in it. What it draws does: no picture of
these is looked at. Tokenizers and schedulers are the tiny twins', whose words every large vocabulary has.
"""

# mypy: disable-error-code="no-untyped-call"

from collections.abc import Callable
from typing import Any

import torch
import transformers
from accelerate import init_empty_weights
from accelerate.utils import set_module_tensor_to_device
from torchao.quantization import quantize_

from gpu_agent import catalogue
from gpu_agent.catalogue import Model
from gpu_agent.engine import quantize, rungs
from gpu_agent.engine.families.known import family
from gpu_agent.planner import Plan
from tests.agent.full_sizes import FULL
from tests.engine.twins import playing
from tests.engine.twins.house import Twins

KNOWN = catalogue.load()
_SPREAD = 0.02


def _qwen25_vl() -> Any:
    """With its eyes, which are loaded though a prompt has no use for them."""
    text = {
        "hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28, "num_attention_heads": 28,
        "num_key_value_heads": 4, "vocab_size": 152064, "tie_word_embeddings": False, "rope_theta": 1e6,
        "rope_scaling": {"mrope_section": [16, 24, 24], "rope_type": "default", "type": "default"},
    }  # fmt: skip
    seeing = {"depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16, "out_hidden_size": 3584}
    config = transformers.Qwen2_5_VLConfig(text_config=text, vision_config=seeing, tie_word_embeddings=False)
    return transformers.Qwen2_5_VLForConditionalGeneration(config)


_ALSO: dict[tuple[str, str], Callable[[], Any]] = {("qwen-image", "text_encoder"): _qwen25_vl}


def builder(model_id: str, part: str) -> Callable[[], Any]:
    """How to build this part; one that models share is known by its size, which the catalogue tells of each."""
    known = FULL | _ALSO
    size = _bytes(model_id, part)
    same = (build for (model, name), build in known.items() if _bytes(model, name) == size)
    return known.get((model_id, part)) or next(same)


def _bytes(model_id: str, part: str) -> int:
    return next(each.bytes for each in KNOWN[model_id].parts if each.name == part)


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
        parts[part.name] = filled(builder(model_id, part.name), dtype)
        if plan.format and part.name in denoisers:
            quantize_(parts[part.name], quantize.config(plan.format, dtype).quant_type)
    settings = {name: value for name, value in tiny.config.items() if name not in parts and not name.startswith("_")}
    whole = type(tiny)(**parts, **settings)
    whole.set_progress_bar_config(disable=True)
    rungs.settle(whole, plan, family(model.family))
    return whole


def filled(build: Callable[[], Any], dtype: torch.dtype, seed: int = 0) -> Any:
    """The part in the machine's memory. The card draws the numbers: the processor would take minutes."""
    with init_empty_weights(include_buffers=False):  # tables of sines are no weights, and have to be right
        part = build()
    generator = torch.Generator("cuda").manual_seed(seed)
    for name, empty in list(part.named_parameters()):
        values = torch.empty(empty.shape, dtype=dtype, device="cuda")
        values = values.zero_() if name.endswith("bias") else values.normal_(0, _SPREAD, generator=generator)
        set_module_tensor_to_device(part, name, "cpu", value=values.cpu(), dtype=dtype)
    torch.cuda.empty_cache()
    return part.eval()
