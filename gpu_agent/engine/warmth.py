"""Which models stay loaded: the last one, and others beside it where a card has room for all of them at once."""

from dataclasses import replace

from gpu_agent.catalogue import Model
from gpu_agent.engine.warm import Warm
from gpu_agent.planner import Plan

_MOST = 4
_PATIENCE = 2  # orders in a row that are drawn slower than they might be, before a model is loaded anew for them


class WarmModels:
    """The loaded models, the one used last at the end."""

    def __init__(self) -> None:
        self._kept: list[Warm] = []
        self._slower = 0

    def as_it_lies(self, model: Model, plan: Plan) -> Plan:
        """The plan that an order is really drawn by: a large order may have brought its model down to a lower rung,
        and the first small ones after it are not worth loading it anew."""
        kept = [warm for warm in self._kept if warm.loaded.model == model]
        lower = next((warm.loaded.plan for warm in kept if warm.could_serve(plan)), None)
        if lower is None or any(warm.serves(plan) for warm in kept) or self._slower == _PATIENCE:
            self._slower = 0
            return plan
        self._slower += 1
        return replace(lower, tiled=plan.tiled, sliced=plan.sliced, budget=plan.budget, because=plan.because)

    def holds(self, model: Model) -> bool:
        """Is this model loaded, in whatever way?"""
        return any(warm.loaded.model == model for warm in self._kept)

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
