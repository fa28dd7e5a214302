"""All levers, pulled on a model that is loaded and placed."""

import logging
from typing import Any

from gpu_agent.config import Speed
from gpu_agent.engine.families.family import Family
from gpu_agent.engine.speed import attention, compiled, layout, lossy, step_cache
from gpu_agent.engine.speed.pulled import Lever, Pulled
from gpu_agent.planner import Plan

_log = logging.getLogger(__name__)

LEVERS: tuple[Lever, ...] = (lossy.pull, layout.pull, attention.pull, step_cache.pull, compiled.pull)
"""What loading was to do, then layout, attention, then what skips steps, and last of all what compiles the whole."""


def pull(pipeline: Any, plan: Plan, family: Family, speed: Speed) -> Pulled:
    """For once after the parts are settled, before the first LoRA."""
    done = Pulled()
    for lever in LEVERS:
        done += lever(pipeline, plan, family, speed)
    for note in dict.fromkeys(done.notes):
        _log.warning("%s", note)
    return done
