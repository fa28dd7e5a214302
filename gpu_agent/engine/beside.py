"""What follows from a step (a word to a person, a small picture, a checkpoint) is done beside the steps, so that a card
never waits for it.

The machine gives a card its work well ahead of time. Whoever looks at a tensor there stops both until the card has
caught up, and then the card waits for the machine. So tensors are fetched by the card itself, in its own order, and
what is done with them is done in one other thread, once the card is there.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol, Self

import torch

Work = Callable[[], None]


class Beside(Protocol):
    """Where work that follows from a step is done, in the order in which it was given.

    `fetched` gives a copy in the machine's memory that may be looked at in such work, and not before. `step_ended` is
    called once after each step. The first error of the work is raised at the end, unless there is another one.
    """

    def fetched(self, tensor: torch.Tensor) -> torch.Tensor: ...

    def after(self, work: Work) -> None: ...

    def step_ended(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None: ...


def beside(device: str) -> Beside:
    """For one render on this device."""
    return OnCard() if device.startswith("cuda") else AtOnce()


class AtOnce:
    """On a processor nothing runs ahead: everything is done where it stands."""

    def fetched(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor.cpu()

    def after(self, work: Work) -> None:
        work()

    def step_ended(self) -> None:
        """Nobody is ahead of anybody."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        """Nothing is left to be done."""


class OnCard:
    """The machine stays at most one step ahead of the card, so that a cancel is heard within a step."""

    def __init__(self) -> None:
        self._lane = ThreadPoolExecutor(1, thread_name_prefix="beside")
        self._given: list[Future[None]] = []
        self._steps: deque[Any] = deque(maxlen=2)

    def fetched(self, tensor: torch.Tensor) -> torch.Tensor:
        """Copied between this step's work and the next one's: that may change the tensor. Only memory that the card
        can write by itself makes it a copy that nobody waits for."""
        host = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=True)
        return host.copy_(tensor.detach(), non_blocking=True)

    def after(self, work: Work) -> None:
        self._given = [each for each in self._given if not each.done() or each.exception() is not None]
        self._given.append(self._lane.submit(_when, _now(), work))

    def step_ended(self) -> None:
        self._steps.append(_now())
        if len(self._steps) == 2:
            self._steps[0].synchronize()  # of the step before: the card has this one to do meanwhile

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self._lane.shutdown(wait=True, cancel_futures=kind is not None)
        if kind is None:
            for each in self._given:
                each.result()


def _now() -> Any:
    """This point of the card's work; who waits for it sleeps."""
    event = torch.cuda.Event(blocking=True)
    event.record()
    return event


def _when(reached: Any, work: Work) -> None:
    reached.synchronize()
    work()
