"""Which models stay loaded, and as what an order is drawn when its model lies lower than it might."""

from dataclasses import replace

import pytest

from gpu_agent import catalogue
from gpu_agent.catalogue import Model
from gpu_agent.config import Speed
from gpu_agent.engine.load import load
from gpu_agent.engine.warm import Warm
from gpu_agent.engine.warmth import WarmModels
from gpu_agent.planner import Plan
from tests.engine.twins.house import Twins

DEMO = catalogue.load()["demo"]
HIGH = Plan(rung="resident", device="cpu", dtype="float32", budget=100)
LOW = replace(HIGH, rung="leaf-offload")


def _warm(model: Model, plan: Plan) -> Warm:
    return Warm(load(model, plan, lambda share: None), Speed())


def _lying(plan: Plan) -> WarmModels:
    models = WarmModels()
    models.keep(_warm(DEMO, plan))
    return models


def test_a_model_that_lies_lower_serves_a_few_orders_before_it_is_loaded_anew() -> None:
    """One large order does not cost every small one between two large ones a load, and not all later ones their
    speed: the third in a row gets its own plan."""
    models = _lying(LOW)
    wanted = replace(HIGH, tiled=True)
    lying = [models.as_it_lies(DEMO, wanted) for _ in range(4)]
    assert [plan.rung for plan in lying] == ["leaf-offload", "leaf-offload", "resident", "leaf-offload"]
    assert all(plan.tiled for plan in lying)
    assert models.serving(DEMO, lying[0]) is not None
    assert models.serving(DEMO, wanted) is None


def test_an_order_that_needs_the_lower_place_starts_the_count_again() -> None:
    """Large and small orders in turns never load anew."""
    models = _lying(LOW)
    asked = [HIGH, LOW, HIGH, LOW, HIGH, LOW, HIGH]
    assert {models.as_it_lies(DEMO, plan).rung for plan in asked} == {"leaf-offload"}


@pytest.mark.parametrize("change", [{"rung": "sequential"}, {"format": "nf4"}, {"dtype": "bfloat16"}])
def test_other_numbers_and_lower_places_are_always_obeyed(change: dict[str, str]) -> None:
    """A model that would take too much memory, or draw something else, does not serve."""
    wanted = replace(LOW, **change)  # type: ignore[arg-type]
    models = _lying(LOW)
    assert models.as_it_lies(DEMO, wanted) == wanted
    assert models.serving(DEMO, wanted) is None


def test_a_changed_entry_is_another_model() -> None:
    """What was loaded for the entry as it was does not serve the one that the shelf has now."""
    changed = DEMO.model_copy(update={"guidance": 3.0})
    models = _lying(HIGH)
    assert models.serving(DEMO, HIGH) is not None
    assert models.serving(changed, HIGH) is None
    models.make_room(changed, HIGH)
    assert models.serving(DEMO, HIGH) is None


def test_a_second_model_stays_where_a_card_has_room_for_both(twins: Twins) -> None:
    """Only when both say what they take, on a card, and together stay within what may be taken; the oldest goes."""
    first, second = (twins.model(name) for name in ("sdxl", "sd35-medium"))

    def kept(plan: Plan, budget: int = 100) -> bool:
        models = WarmModels()
        warm = _warm(first, replace(HIGH, peak=60))
        models.keep(warm)
        models.make_room(second, replace(plan, peak=60, budget=budget))
        return models.serving(first, HIGH) is warm

    assert kept(replace(HIGH, device="cuda"), budget=120)
    assert not kept(replace(HIGH, device="cuda"), budget=119)
    assert not kept(replace(LOW, device="cuda"), budget=1000)
    assert not kept(HIGH, budget=1000)
