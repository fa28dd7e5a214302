"""What an order needs before it gets a place: a model and LoRAs of the shelf, a size these draw, a card that is large
enough, and its inputs on disk. What does not fit *now* is not asked here: the worker plans with what is free then."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from gpu_agent.inputs import Inputs
from gpu_agent.order import Order
from gpu_agent.placing import place
from gpu_agent.planner import Plan, Refusal, refuse, refuse_loras
from gpu_agent.stock import Gpu, ShelfLora, ShelfModel
from gpu_agent.wire import Shelf

DISK_FLOOR = 512 * 1024 * 1024


class Admission:
    """`shelf` and `mounted` are asked for each order; `cards` are in the order of the desk's runners. `free` measures
    the spool's disk in bytes; below `floor` nothing new is taken."""

    def __init__(
        self,
        shelf: Callable[[], Shelf],
        cards: Sequence[Gpu],
        inputs: Inputs,
        spool: Path,
        mounted: Callable[[], bool] = lambda: True,
        floor: int = DISK_FLOOR,
        free: Callable[[Path], int] = lambda spool: shutil.disk_usage(spool).free,
    ) -> None:
        self._shelf, self._inputs, self._mounted = shelf, inputs, mounted
        self._cards = [_whole(card) for card in cards]
        self._spool, self._floor, self._free = spool, floor, free

    def judge(self, order: Order) -> Refusal | tuple[int, ...]:
        """Why not; or the numbers of the cards on which it fits, and from then on its inputs are kept until `left`."""
        fits = self._fitting(order)
        if isinstance(fits, Refusal):
            return fits
        if (free := self._free(self._spool)) < self._floor:
            return Refusal("disk-full", {"free": free, "floor": self._floor})
        if (missing := self._inputs.pin(order.job, order.inputs)) is not None:
            return Refusal("input-missing", {"sha256": missing})
        return fits

    def left(self, job: str) -> None:
        """This order has ended, or found no place."""
        self._inputs.unpin(job)

    def _fitting(self, order: Order) -> Refusal | tuple[int, ...]:
        """While the drive with the weights is away, nobody knows what is on it: the order waits for it, and the worker
        looks then."""
        shelf = self._shelf()
        model = next((model for model in shelf.models if model.id == order.model), None)
        away = not self._mounted()
        if model is None:
            known = ", ".join(model.id for model in shelf.models)
            return self._all() if away else Refusal("unknown-model", {"model": order.model, "known": known})
        why = refuse(model, order) or (None if away else refuse_loras(order, model, shelf.loras))
        return why or self._large_enough(model, order, shelf.loras)

    def _large_enough(self, model: ShelfModel, order: Order, loras: tuple[ShelfLora, ...]) -> Refusal | tuple[int, ...]:
        """Of several cards that are all too small, the largest says what would fit."""
        plans = [place(model, order, card, loras=loras) for card in self._cards]
        fits = tuple(number for number, plan in enumerate(plans) if isinstance(plan, Plan))
        largest = max(range(len(plans)), key=lambda number: self._cards[number].total)
        plan = plans[largest]
        return plan if not fits and isinstance(plan, Refusal) else fits

    def _all(self) -> tuple[int, ...]:
        return tuple(range(len(self._cards)))


def _whole(card: Gpu) -> Gpu:
    """The card as if nothing else were there: what cannot be drawn even then can never be."""
    return card.model_copy(update={"free": card.total, "ram_free": card.ram})
