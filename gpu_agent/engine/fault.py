"""What can go wrong in the engine, as a kind and the facts its sentence needs."""

import torch

from gpu_agent.order import Order
from gpu_agent.value import Facts

_LONGEST = 200


class Fault(Exception):
    """No picture. `kind` is unknown-model, weights-missing, weights-damaged, pipeline-unfit, picture-black,
    picture-size, out-of-memory or render-failed."""

    def __init__(self, kind: str, facts: Facts, worth_retrying: bool = False) -> None:
        super().__init__(f"{kind}: {facts}")
        self.kind, self.facts, self.worth_retrying = kind, facts, worth_retrying


class Stopped(Exception):
    """The order was cancelled; raised out of the pipeline so that it decodes nothing more."""


def as_fault(error: Exception, order: Order) -> Fault:
    """Whatever the libraries raised, as one of ours. Full memory may be free again a moment later."""
    if isinstance(error, Fault):
        return error
    facts: Facts = {"model": order.model, "fault": f"{type(error).__name__}: {_first_line(error)}"[:_LONGEST]}
    if out_of_memory(error):
        return Fault("out-of-memory", {**facts, "width": order.width, "height": order.height}, worth_retrying=True)
    return Fault("render-failed", facts)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [""])[0]


def out_of_memory(error: Exception) -> bool:
    """A card says so by class; the processor's and Apple's allocators only by the words of a RuntimeError."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    words = str(error)
    return isinstance(error, RuntimeError) and ("allocate memory" in words or "out of memory" in words)
