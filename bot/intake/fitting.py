"""Could any tower draw this: advice from what they last told of their cards and LoRAs. Their own plan decides."""

from collections.abc import Mapping, Sequence

from bot.intake.nearest import nearest
from bot.ledger import towers
from bot.ledger.database import Connection
from gpu_agent.order import Order
from gpu_agent.placing import place
from gpu_agent.planner import Plan, Refusal, refuse_loras
from gpu_agent.stock import Gpu, ShelfLora, ShelfModel

_NEAREST = 8  # names of LoRAs that are told when one is not there


class Fitting:
    """`cards` are those of every tower that has a model, by its id, and `loras` what each of these towers has of them;
    nothing is known of a model that is not there.

    What makes a difference to a plan is planned once: a batch asks for the same a thousand times.
    """

    def __init__(
        self, cards: Mapping[str, Sequence[Gpu]], loras: Mapping[str, Sequence[Sequence[ShelfLora]]] | None = None
    ) -> None:
        self._cards = {model: [_whole(card) for card in found] for model, found in cards.items()}
        self._loras = loras or {}
        self._found: dict[tuple[object, ...], Refusal | None] = {}

    def refusal(self, model: ShelfModel, order: Order) -> Refusal | None:
        """What the largest of the cards says, when it fits on none; or what is wrong with its LoRAs everywhere."""
        if order.loras and (refusal := self._without(model, order)) is not None:
            return refusal
        asked = (model.id, order.width, order.height, order.guidance > 1, order.loras)
        if asked not in self._found:
            self._found[asked] = self._planned(model, order)
        return self._found[asked]

    def _without(self, model: ShelfModel, order: Order) -> Refusal | None:
        """None when one tower that has the model has all of the LoRAs, too; they are not sent from one to another."""
        said = [refuse_loras(order, model, found) for found in self._loras.get(model.id, ())]
        if None in said or not said or said[0] is None:
            return None
        here = str(said[0].facts["known"]).split(", ")
        near = ", ".join(nearest(str(said[0].facts["lora"]), here, _NEAREST))
        return Refusal(said[0].kind, {**said[0].facts, "known": near})

    def _planned(self, model: ShelfModel, order: Order) -> Refusal | None:
        said = None
        for card in sorted(self._cards.get(model.id, ()), key=lambda card: card.total):
            plan = place(model, order, card)
            if isinstance(plan, Plan):
                return None
            said = plan
        return said


UNKNOWN = Fitting({})


async def fitting(connection: Connection, names: Sequence[str]) -> Fitting:
    """By the shelves and cards of these towers; a tower that told no cards may hold anything."""
    cards: dict[str, list[Gpu]] = {}
    loras: dict[str, list[Sequence[ShelfLora]]] = {}
    unsure: set[str] = set()
    for name in names:
        shelf, heard = await towers.shelf(connection, name), await towers.heard(connection, name)
        if shelf is None:
            continue
        for model in shelf.models:
            loras.setdefault(model.id, []).extend([shelf.loras] if model.present else [])
            if model.present and heard is not None and heard.gpus:
                cards.setdefault(model.id, []).extend(heard.gpus)
            elif model.present:
                unsure.add(model.id)
    return Fitting({model: found for model, found in cards.items() if model not in unsure}, loras)


def _whole(card: Gpu) -> Gpu:
    """As if nothing else were there: what does not fit now may fit when its turn comes."""
    return card.model_copy(update={"free": card.total, "ram_free": card.ram})
