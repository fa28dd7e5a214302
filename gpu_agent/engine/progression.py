"""What a scheduler remembers from one step to the next, taken out of it and put back, and what it draws noise from.

The tables of its schedule are no part of that: whoever calls the pipeline again with the same order makes it set the
same tables up again. So is everything else that stays as it was built (the configuration, functions of its own).
"""

import inspect
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import numpy as np
import torch

State = dict[str, Any]  # attribute → None, bool, number, text, tensor, or a list of these
_PLAIN = (bool, int, float, str, torch.Tensor, type(None))


def captured(scheduler: Any) -> State:
    """The state now, tensors by reference: a scheduler makes new ones at each step, while it shifts its lists."""
    held = {name: value for name, value in vars(scheduler).items() if not _table(value)}
    return {name: _copied(value) for name, value in held.items() if _known(value)}


def restored(scheduler: Any, state: State) -> None:
    """The scheduler goes on as if it had made the steps itself. It gets tensors of its own: some add to theirs in
    place, and the state is to be good for another time."""
    for name, value in moved(state, torch.clone).items():
        setattr(scheduler, name, _copied(value))


def seeded(scheduler: Any, generator: torch.Generator) -> None:
    """All noise that the scheduler adds comes from this generator: several pipelines forget to tell theirs, and it
    then draws what no seed brings back."""
    if "generator" in inspect.signature(scheduler.step).parameters:
        scheduler.step = partial(type(scheduler).step, scheduler, generator=generator)


def begun(scheduler: Any) -> None:
    """The scheduler knows at which of its times a render from pure noise begins, as soon as it has them. Where a
    pipeline does not tell, it would look for the first one in the middle of the first step, and a card would have to
    be waited for there."""
    if not (hasattr(scheduler, "set_begin_index") and hasattr(scheduler, "index_for_timestep")):
        return
    own = scheduler.set_timesteps

    @wraps(own)  # pipelines ask which arguments it takes
    def set_timesteps(*given: Any, **named: Any) -> None:
        own(*given, **named)
        scheduler.set_begin_index(scheduler.index_for_timestep(scheduler.timesteps[0]))

    scheduler.set_timesteps = set_timesteps


def moved(state: State, change: Callable[[torch.Tensor], Any]) -> State:
    """The same state with every tensor replaced by what `change` makes of it."""

    def of(value: Any) -> Any:
        if isinstance(value, list):
            return [of(each) for each in value]
        return change(value) if isinstance(value, torch.Tensor) else value

    return {name: of(value) for name, value in state.items()}


def _table(value: Any) -> bool:
    """Noise levels and times of all steps are lines of numbers; what is remembered has the latents' shape, or none."""
    return isinstance(value, np.ndarray) or (isinstance(value, torch.Tensor) and value.ndim == 1)


def _known(value: Any) -> bool:
    return all(map(_known, value)) if isinstance(value, list) else isinstance(value, _PLAIN)


def _copied(value: Any) -> Any:
    return [_copied(each) for each in value] if isinstance(value, list) else value
