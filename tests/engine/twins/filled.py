"""Weights for an untrained network: the same in every run, and none of them zero."""

from typing import Any

import torch


def filled(module: Any, seed: int = 0) -> Any:
    """Everything with two or more dimensions is drawn anew at a scale that keeps what passes through at its size.

    Many parts of these networks begin at zero so that training begins gently; untrained, they would let nothing
    through, and no input would matter.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weights in module.named_parameters():
            if weights.ndim >= 2:
                fan = max(weights[0].numel(), 1)
                weights.normal_(0.0, fan**-0.5, generator=generator)
            elif name.endswith("bias"):
                weights.normal_(0.0, 0.02, generator=generator)
    return module.eval()
