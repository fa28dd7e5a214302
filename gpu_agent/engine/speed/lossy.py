"""Which levers change pictures a little, what a receipt calls them, and how each is switched on alone."""

from typing import Any

from gpu_agent.config import Speed
from gpu_agent.engine.families.family import Family
from gpu_agent.engine.speed.attention import QUANTIZING
from gpu_agent.engine.speed.fidelity import Fidelity
from gpu_agent.engine.speed.pulled import Pulled
from gpu_agent.planner import Plan

TILES = "decoded in tiles"
_EXACT: dict[str, object] = {"quantize": "", "step_cache": ""}
_ALONE: dict[str, dict[str, object]] = {
    "fp8": {"quantize": "fp8"},
    "int8": {"quantize": "int8"},
    "first-block": {"step_cache": "first-block"},
    "taylor-seer": {"step_cache": "taylor-seer"},
}


def pull(_pipeline: Any, plan: Plan, _family: Family, speed: Speed) -> Pulled:
    """Weights are shortened while they are loaded. Here it is only said where they were to be and are not."""
    if speed.quantize in ("", plan.format):
        return Pulled()
    said = next((why for why in plan.because if why.startswith(f"{speed.quantize}:")), "")
    reason = said.partition(", but ")[2] or "there was no room for that"
    return Pulled(notes=(f"Weights are not shortened to {speed.quantize}: {reason}.",))


def exact(speed: Speed) -> Speed:
    """The same settings with nothing that is lossy: what the lossy ones are measured against."""
    attention = "auto" if QUANTIZING in speed.attention else speed.attention
    return speed.model_copy(update={**_EXACT, "attention": attention})


def alone(speed: Speed) -> dict[str, Speed]:
    """Each lossy lever by its setting's value, switched on over the exact settings and without the others."""
    return {name: exact(speed).model_copy(update=one) for name, one in _ALONE.items()}


def told(plan: Plan, pulled: tuple[str, ...], tiled: bool, weights: str, fidelity: Fidelity) -> tuple[str, ...]:
    """What cost precision in one picture, each with its measured decibels. `pulled` are the levers' own words."""
    short = (f"{plan.format} weights",) if plan.format else ()
    return fidelity.told(weights, (*short, *pulled, *((TILES,) if tiled else ())))
