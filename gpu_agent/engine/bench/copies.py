"""The same network once more: over the same numbers, so that two ways of running it need the room of one, or without
any numbers, so that it can be counted."""

import copy
from collections.abc import Callable
from typing import Any

import torch

from gpu_agent.engine import modes


def shared(pipeline: Any) -> Any:
    """Another pipeline over the same numbers: what is laid on its parts, the first one's do not wear. For pipelines
    that wear nothing yet."""
    return _over(pipeline, torch.Tensor.detach)


def weightless(pipeline: Any) -> Any:
    """A pipeline whose parts know their shapes and hold nothing."""
    return _over(pipeline, lambda numbers: torch.empty_like(numbers, device="meta"))


def _over(pipeline: Any, become: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    parts = pipeline.components.items()
    copied = {name: _copied(part, become) for name, part in parts if isinstance(part, torch.nn.Module)}
    scheduler = type(pipeline.scheduler).from_config(pipeline.scheduler.config)
    return modes.over(pipeline, type(pipeline), **copied, scheduler=scheduler)


def _copied(part: torch.nn.Module, become: Callable[[torch.Tensor], torch.Tensor]) -> torch.nn.Module:
    """A deep copy that finds its numbers there already. What two names share, they go on sharing."""
    there: dict[int, Any] = {id(buffer): become(buffer) for buffer in part.buffers()}
    for numbers in part.parameters():
        there[id(numbers)] = torch.nn.Parameter(become(numbers), requires_grad=False)
    return copy.deepcopy(part, there)
