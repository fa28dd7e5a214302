"""A plan that ran out of memory gives way to a lower rung, once: the job goes on, from the beginning."""

from collections.abc import Callable
from dataclasses import replace
from traceback import clear_frames
from typing import TypeVar

from gpu_agent import placing
from gpu_agent.engine.fault import Fault, out_of_memory
from gpu_agent.measured import Notebook
from gpu_agent.order import Order
from gpu_agent.planner import Plan, Refusal
from gpu_agent.stock import Gpu, ShelfLora, ShelfModel

Result = TypeVar("Result")


def placed(
    model: ShelfModel,
    order: Order,
    card: Gpu,
    notebook: Notebook,
    *,
    below: str = "",
    loras: tuple[ShelfLora, ...] = (),
    quantize: str = "",
) -> Plan:
    """The plan for this order on this card. Raises Fault of the refusal's kind where there is none."""
    found = placing.place(model, order, card, measured=notebook.now, below=below, loras=loras, quantize=quantize)
    if isinstance(found, Refusal):
        raise Fault(found.kind, found.facts)
    return found


def falling(
    attempt: Callable[[Plan], Result], plan: Plan, lower: Callable[[Plan], Plan], free: Callable[[], None]
) -> tuple[Result, str]:
    """What the attempt gives, and the rung that ran out of memory before it, if one did.

    `free` gives back all that the first attempt held, then `lower` is asked for the plan of the second; what either
    raises, or the second attempt, is the end. The error keeps the tensors of its frames, so it is let go first.
    """
    try:
        return attempt(plan), ""
    except Exception as error:
        if not out_of_memory(error):
            raise
        clear_frames(error.__traceback__)
    free()
    return attempt(lower(plan)), plan.rung


def whatever_the_decoder(plan: Plan) -> Plan:
    """The plan as it is remembered when memory ran out before decoding: tiles would not have helped."""
    return replace(plan, tiled=True)
