"""The optimizer for matrices and convolutions: each update is made orthogonal, so that no direction of a layer lags
behind. It needs about two thirds of Adam's steps here. PyTorch's own takes plain matrices alone.

After K. Jordan and others, "Muon: an optimizer for hidden layers in neural networks" (2024); the updates are scaled to
the size of Adam's, as in J. Liu and others, "Muon is scalable for LLM training" (2025).
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch

_COEFFICIENTS = 3.4445, -4.7750, 2.0315
_ROUNDS = 5


class Muon(torch.optim.Optimizer):
    """For parameters of two or more dimensions; a convolution counts as a matrix of its output channels."""

    def __init__(self, parameters: Iterable[Any], lr: float, momentum: float = 0.95, decay: float = 0.01) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]  # no closure is ever evaluated here
        """Updates of one shape are made orthogonal together."""
        for group in self.param_groups:
            alike: defaultdict[torch.Size, list[tuple[torch.Tensor, torch.Tensor, bool]]] = defaultdict(list)
            for weights in group["params"]:
                if weights.grad is not None:
                    update = self._momentum(weights, group["momentum"]).flatten(1)
                    tall = update.shape[0] > update.shape[1]
                    update = update.T if tall else update
                    alike[update.shape].append((weights, update, tall))
            for shape, together in alike.items():
                size = group["lr"] * 0.2 * max(shape) ** 0.5
                for (weights, _, tall), update in zip(together, _orthogonal([u for _, u, _ in together]), strict=True):
                    weights.mul_(1 - group["lr"] * group["decay"])
                    weights.add_((update.T if tall else update).reshape(weights.shape), alpha=-size)

    def _momentum(self, weights: torch.Tensor, momentum: float) -> torch.Tensor:
        assert weights.grad is not None
        state = self.state[weights]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(weights)
        state["momentum"].lerp_(weights.grad, 1 - momentum)
        return weights.grad.lerp(state["momentum"], momentum)


def parted(module: torch.nn.Module, outermost: tuple[str, ...]) -> tuple[list[Any], list[Any]]:
    """The parameters that are Muon's, and the rest for another optimizer: vectors, and layers whose names begin with
    `outermost`, which touch the outside and have no directions to be made equal."""
    inner = [p for name, p in module.named_parameters() if p.ndim >= 2 and not name.startswith(outermost)]
    chosen = {id(p) for p in inner}
    return inner, [p for p in module.parameters() if id(p) not in chosen]


def _orthogonal(updates: list[torch.Tensor]) -> torch.Tensor:
    """The nearest matrices whose rows are orthonormal, by a Newton-Schulz iteration that stays true in bfloat16."""
    found = torch.stack(updates)
    found = (found / (found.norm(dim=(1, 2), keepdim=True) + 1e-7)).bfloat16()
    first, second, third = _COEFFICIENTS
    for _ in range(_ROUNDS):
        square = found @ found.mT
        found = first * found + (second * square + third * (square @ square)) @ found
    return found.float()
