"""One stage of training: so many steps, a rate that falls at the end, an average of the weights, checkpoints.

Each step draws its own numbers from (seed, step), so that a stage that was stopped and resumed learns the same as one
that was not.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import cos, pi
from pathlib import Path
from random import Random
from typing import Any

import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

WARM = 100
_EVEN = 0.4  # the share of steps before the rate falls


@dataclass(frozen=True)
class Course:
    """`rate` is the highest learning rate, `keep` how many steps a crash may cost."""

    name: str
    steps: int
    batch: int
    rate: float
    seed: int = 0
    keep: int = 500
    average: float = 0.999

    def rate_at(self, step: int) -> float:
        """Rising, even, then down to nothing along a cosine."""
        share = step / self.steps
        fall = 1.0 if share < _EVEN else 0.5 * (1 + cos(pi * (share - _EVEN) / (1 - _EVEN)))
        return self.rate * min(1.0, (step + 1) / WARM) * (fall * 0.99 + 0.01)

    def lot(self, step: int) -> Random:
        """The numbers of this step."""
        return Random(self.seed * 1_000_003 + step)


class Averaged:
    """A running average of the weights of some modules, which draws better than the last of them."""

    def __init__(self, modules: Mapping[str, torch.nn.Module], decay: float) -> None:
        self._modules, self._decay = modules, decay
        self.weights = {
            name: {key: value.detach().clone() for key, value in module.named_parameters()}
            for name, module in modules.items()
        }

    @torch.no_grad()
    def follow(self, step: int) -> None:
        """One step nearer to the weights as they are; the first steps go faster."""
        near = 1 - min(self._decay, (1 + step) / (10 + step))
        for name, module in self._modules.items():
            torch._foreach_lerp_(
                list(self.weights[name].values()), [value.detach() for value in module.parameters()], near
            )


Modules = Mapping[str, torch.nn.Module]
Optimizers = list[torch.optim.Optimizer]


def run(
    course: Course, folder: Path, modules: Modules, optimizers: Optimizers, one: Callable[[int, Random], torch.Tensor]
) -> None:
    """Take `one(step, lot)`, which gives the loss, through the course; the modules end as their average.

    Goes on from `folder/NAME.pt` if that is there. A finished stage is only loaded.
    """
    file = folder / f"{course.name}.pt"
    averaged = Averaged(modules, course.average)
    start = _resumed(file, modules, optimizers, averaged)
    seen = 0.0
    with _bars() as bars:
        bar = bars.add_task(course.name, total=course.steps, completed=start, loss="")
        for step in range(start, course.steps):
            for optimizer in optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = course.rate_at(step) * group.get("share", 1.0)
            torch.manual_seed(course.seed * 7919 + step)
            loss = _descended(one(step, course.lot(step)), modules, optimizers)
            averaged.follow(step)
            seen = loss if step == start else seen * 0.98 + loss * 0.02
            bars.update(bar, advance=1, loss=f"{seen:.4f}")
            if (step + 1) % course.keep == 0 or step + 1 == course.steps:
                _save(file, step + 1, modules, optimizers, averaged, seen)
    for name, module in modules.items():
        module.load_state_dict(averaged.weights[name], strict=False)


def _descended(loss: torch.Tensor, modules: Modules, optimizers: Optimizers) -> float:
    for optimizer in optimizers:
        optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_([p for module in modules.values() for p in module.parameters()], 1.0)
    for optimizer in optimizers:
        optimizer.step()
    return float(loss.detach())


def _bars() -> Progress:
    words = "{task.description}", "{task.fields[loss]}"
    return Progress(
        TextColumn(words[0]), BarColumn(), MofNCompleteColumn(), TextColumn(words[1]), TimeRemainingColumn()
    )


def _resumed(file: Path, modules: Modules, optimizers: Optimizers, averaged: Averaged) -> int:
    if not file.exists():
        return 0
    device = next(next(iter(modules.values())).parameters()).device
    kept: dict[str, Any] = torch.load(file, weights_only=True, map_location=device)
    for name, module in modules.items():
        module.load_state_dict(kept["modules"][name])
    for optimizer, state in zip(optimizers, kept["optimizers"], strict=True):
        optimizer.load_state_dict(state)
    averaged.weights = kept["averaged"]
    return int(kept["step"])


def _save(file: Path, step: int, modules: Modules, optimizers: Optimizers, averaged: Averaged, loss: float) -> None:
    """Beside it first: a checkpoint is whole or the one before."""
    kept = {
        "step": step,
        "loss": loss,
        "modules": {name: module.state_dict() for name, module in modules.items()},
        "optimizers": [optimizer.state_dict() for optimizer in optimizers],
        "averaged": averaged.weights,
    }
    torch.save(kept, file.with_suffix(".new"))
    os.replace(file.with_suffix(".new"), file)
