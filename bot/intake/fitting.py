"""Would any card hold this picture: advice from what the towers last told of themselves. Their own plan decides."""

from collections.abc import Mapping, Sequence

from bot.ledger import towers
from bot.ledger.database import Connection
from gpu_agent.order import Order
from gpu_agent.placing import place
from gpu_agent.planner import Plan, Refusal
from gpu_agent.stock import Gpu, ShelfModel


class Fitting:
    """`cards` are those of every tower that has a model, by its id; nothing is known of a model that is not there.

    Each size of a model is planned once: a batch asks for the same one a thousand times.
    """

    def __init__(self, cards: Mapping[str, Sequence[Gpu]]) -> None:
        self._cards = {model: [_whole(card) for card in found] for model, found in cards.items()}
        self._found: dict[tuple[str, int, int], Refusal | None] = {}

    def refusal(self, model: ShelfModel, order: Order) -> Refusal | None:
        """What the largest of the cards says, when it fits on none."""
        size = (model.id, order.width, order.height)
        if size not in self._found:
            self._found[size] = self._planned(model, order)
        return self._found[size]

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
    unsure: set[str] = set()
    for name in names:
        shelf, heard = await towers.shelf(connection, name), await towers.heard(connection, name)
        for model in shelf.models if shelf is not None else ():
            if model.present and heard is not None and heard.gpus:
                cards.setdefault(model.id, []).extend(heard.gpus)
            elif model.present:
                unsure.add(model.id)
    return Fitting({model: found for model, found in cards.items() if model not in unsure})


def _whole(card: Gpu) -> Gpu:
    """As if nothing else were there: what does not fit now may fit when its turn comes."""
    return card.model_copy(update={"free": card.total, "ram_free": card.ram})
