"""Energy and money by hand, with the figures of those who have such a tower."""

import pytest

from bot.accounts import breakeven, meter
from bot.accounts.meter import Rendered, Spent
from bot.settings import CostsTable

COSTS = CostsTable()


def test_a_warm_picture_takes_under_two_watt_hours() -> None:
    """17.8 seconds at 350 W are 1.73 Wh, which is a fiftieth of a cent."""
    one = meter.spent(COSTS, 17.8)
    assert one.watt_hours == pytest.approx(1.7306, abs=1e-4)
    assert one.money == pytest.approx(0.000208, abs=1e-6)


def test_waking_and_loading_go_with_what_an_idle_tower_takes() -> None:
    """Ninety seconds at 80 W beside an hour at 350 W."""
    found = meter.spent(COSTS, 3600, 90)
    assert (found.watt_hours, round(found.money, 6)) == (352.0, 0.04224)
    assert meter.spent(COSTS, 0) == Spent(0, 0)


def test_what_a_card_measured_counts_with_the_rest_of_the_tower() -> None:
    """Joules where they were measured, the settings' watts where not."""
    measured = meter.measured(COSTS, [Rendered(10, 1800.0), Rendered(10)])
    assert measured.watt_hours == pytest.approx((1800 + 10 * 80 + 10 * 350) / 3600)
    assert meter.measured(COSTS, []) == Spent(0, 0)


def test_a_hosted_api_takes_the_same_for_each() -> None:
    assert meter.hosted(COSTS, 50) == pytest.approx(2.25)


def test_idling_is_what_costs() -> None:
    """A month of 24 hours a day at 80 W, and two hours of rendering a day."""
    always = breakeven.month(COSTS, 0, 0, awake=breakeven.HOURS_A_MONTH)
    assert always.idling.watt_hours == pytest.approx(57_600)
    assert always.idling.money == pytest.approx(6.912)
    rendering = breakeven.month(COSTS, 30 * 2 * 3600 / 20, 20)
    assert rendering.rendering.money * 12 == pytest.approx(30.24)


def test_a_tower_pays_back_when_it_does() -> None:
    """Eight hundred at two hundred pictures a month take seven years when it sleeps in between, far longer when it does
    not, and for ever where nothing is saved."""
    asleep = breakeven.month(COSTS, 200, 17.8)
    months = breakeven.payback(800, asleep)
    assert months is not None
    assert 7 < months / 12 < 8
    awake = breakeven.payback(800, breakeven.month(COSTS, 200, 17.8, awake=700))
    assert awake is not None
    assert awake > 4 * months
    few = breakeven.month(COSTS, 100, 17.8, awake=720)
    assert few.saved < 0
    assert breakeven.payback(800, few) is None
