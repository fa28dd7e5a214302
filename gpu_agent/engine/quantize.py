"""With what a denoiser is loaded so that its weights are short, and which of these ways this machine has.

fp8 and int8 also multiply short numbers: what passes through is rounded at each layer. nf4 and gguf only keep the
weights short. All of them change the picture a little, so the receipt names them.
"""

import logging
from functools import cache
from importlib.util import find_spec
from typing import Any

import diffusers
import torch

from gpu_agent.cards import LIBRARY, LOWEST

_log = logging.getLogger(__name__)


@cache
def lacking(device: str) -> frozenset[str]:
    """The formats that weights cannot be shortened to here. Asked once: a library that is installed later is found
    after a restart."""
    reasons = {name: reason for name in LIBRARY if (reason := _lacks(name, device))}
    for name, reason in reasons.items():
        _log.info("weights are not quantized to %s: %s", name, reason)
    return frozenset(reasons)


def config(name: str, dtype: torch.dtype) -> Any:
    """The `quantization_config` for loading a denoiser of this format, None for one that is not quantized. What is not
    quantized in it, and what comes out of its layers, has `dtype`."""
    if name == "gguf":
        return diffusers.GGUFQuantizationConfig(compute_dtype=dtype)
    if name == "nf4":
        return diffusers.BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype, bnb_4bit_use_double_quant=True
        )
    if name in ("fp8", "int8"):
        return diffusers.TorchAoConfig(_multiplying(name))
    return None


def _multiplying(name: str) -> Any:
    """A scale for each row: one for the whole would let a single large weight coarsen all others."""
    from torchao import quantization

    if name == "int8":
        # Left to itself it would also set the precision of all other products in this process.
        return quantization.Int8DynamicActivationInt8WeightConfig(set_inductor_config=False)
    rows = quantization.PerRow()
    return quantization.Float8DynamicActivationFloat8WeightConfig(granularity=rows)


def _lacks(name: str, device: str) -> str:
    """Why this format cannot be had, or nothing."""
    if find_spec(LIBRARY[name]) is None:
        return f"{LIBRARY[name]} is not installed"
    if not device.startswith("cuda"):
        return "there is no NVIDIA card"
    major, minor = torch.cuda.get_device_capability()
    if 10 * major + minor < LOWEST[name]:
        return "the card is too old for it"
    return ""
