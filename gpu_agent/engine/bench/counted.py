"""The floating point operations of one picture: every network is asked what it would do, and does nothing.

The pipeline itself runs as ever on the processor, so it is also what decides about shapes, evaluations and guidance;
its networks are weightless, and answer with zeros of the right shape. A call whose shapes were met before is not gone
through again.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import torch
from torch.utils._pytree import tree_flatten, tree_map
from torch.utils.flop_counter import FlopCounterMode

from gpu_agent.engine.families.family import Family


@dataclass(frozen=True)
class Work:
    """Operations (a product and its sum are two) of one picture; `evaluations` is how often a denoiser was called."""

    text: float
    denoiser: float
    decoder: float
    evaluations: int

    @property
    def whole(self) -> float:
        return self.text + self.denoiser + self.decoder


def counted(ghost: Any, family: Family, given: dict[str, Any], decoded: bool = True) -> Work:
    """What the call ghost(**given) computes, of a pipeline without weights that is not used again; if asked for, up to
    the decoder's end. Raises whatever a network raises that looks at numbers."""
    texts, denoisers = [], []
    for name, part in ghost.components.items():
        if not isinstance(part, torch.nn.Module):
            continue
        hook: Any = SimpleNamespace(execution_device=torch.device("cpu"))  # where the pipeline believes to be
        part._hf_hook = hook
        if name.startswith("text_encoder"):
            texts.append(_haunt(part, "forward", blind=True))
        elif name in family.denoisers:
            denoisers.append(_haunt(part, "forward"))
    decoder = _haunt(ghost.vae, "decode")
    ghost(**given, generator=torch.Generator("cpu").manual_seed(0), output_type="pt" if decoded else "latent")
    return Work(
        text=sum(each.operations for each in texts),
        denoiser=sum(each.operations for each in denoisers),
        decoder=decoder.operations,
        evaluations=sum(each.calls for each in denoisers),
    )


class _Ghost:
    """Answers in the place of a network's method, and keeps count. One that is blind is told of no mask: text encoders
    read it before they begin, and what they compute does not hang on it."""

    def __init__(self, call: Callable[..., Any], blind: bool) -> None:
        self.operations, self.calls = 0.0, 0
        self._call, self._signature, self._blind = call, inspect.signature(call), blind
        self._met: dict[str, tuple[float, Any]] = {}

    def __call__(self, *given: Any, **named: Any) -> Any:
        key = str([_shape(value) for value in tree_flatten((given, named))[0]])
        if key not in self._met:
            self._met[key] = self._asked(given, named)
        operations, answer = self._met[key]
        self.operations += operations
        self.calls += 1
        return tree_map(lambda value: _zeros(value) if isinstance(value, torch.Tensor) else value, answer)

    def _asked(self, given: Any, named: Any) -> tuple[float, Any]:
        bound = self._signature.bind(*given, **named)
        if self._blind and "attention_mask" in bound.arguments:
            bound.arguments["attention_mask"] = None
        with FlopCounterMode(display=False) as counter:
            answer = self._call(*_emptied(bound.args), **_emptied(bound.kwargs))
        return float(counter.get_total_flops()), answer


def _haunt(part: Any, method: str, blind: bool = False) -> _Ghost:
    ghost = _Ghost(getattr(part, method), blind)
    setattr(part, method, ghost)
    return ghost


def _shape(value: Any) -> Any:
    return (tuple(value.shape), value.dtype) if isinstance(value, torch.Tensor) else value


def _emptied(values: Any) -> Any:
    return tree_map(lambda value: value.to("meta") if isinstance(value, torch.Tensor) else value, values)


def _zeros(value: torch.Tensor) -> torch.Tensor:
    return torch.zeros(value.shape, dtype=value.dtype)
