"""Which models stay loaded: the last one, and others beside it where a card has room for all of them at once."""

from gpu_agent.catalogue import Model
from gpu_agent.engine.warm import Warm
from gpu_agent.planner import Plan

_MOST = 4


class WarmModels:
    """The loaded models, the one used last at the end."""

    def __init__(self) -> None:
        self._kept: list[Warm] = []

    def serving(self, model: Model, plan: Plan) -> Warm | None:
        """The loaded model that an order of this plan can be drawn with as it is."""
        for warm in self._kept:
            if warm.loaded.model == model and warm.serves(plan):
                self._kept.remove(warm)
                self._kept.append(warm)
                return warm
        return None

    def keep(self, warm: Warm) -> Warm:
        self._kept.append(warm)
        return warm

    def make_room(self, model: Model, plan: Plan) -> None:
        """The oldest go until the rest and this one fit. Only plans that say what they take are added up, and only on
        a card: the machine's memory is for others, too."""
        self._kept = [warm for warm in self._kept if warm.loaded.model.id != model.id]
        while self._kept and not self._room(model, plan):
            self._kept.pop(0)

    def release(self) -> None:
        self._kept.clear()

    def _room(self, model: Model, plan: Plan) -> bool:
        models = [*(warm.loaded.model for warm in self._kept), model]
        plans = [*(warm.loaded.plan for warm in self._kept), plan]
        counted = all(known.parts for known in models) and all(each.rung == "resident" for each in plans)
        on_card = plan.device == "cuda" and len(plans) <= _MOST
        return on_card and counted and sum(each.peak for each in plans) <= plan.budget
