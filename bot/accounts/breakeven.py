"""Whether a tower of one's own pays: a month on it beside a month on a hosted API. Pure."""

from dataclasses import dataclass

from bot.accounts import meter
from bot.accounts.meter import Spent
from bot.settings import CostsTable

HOURS_A_MONTH = 30 * 24.0
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Month:
    """A month of so many pictures: what the tower takes for them, awake beside them, and what a hosted API takes."""

    pictures: float
    rendering: Spent
    idling: Spent
    hosted: float

    @property
    def saved(self) -> float:
        """What the tower saves; below zero where the hosted API is the cheaper one."""
        return self.hosted - self.rendering.money - self.idling.money


def month(costs: CostsTable, pictures: float, seconds: float, awake: float = 0.0) -> Month:
    """`seconds` are those of one picture, `awake` the hours of the month in which the tower is on without rendering."""
    return Month(
        pictures,
        meter.spent(costs, pictures * seconds),
        meter.spent(costs, 0.0, awake * _HOUR),
        pictures * costs.hosted_picture,
    )


def payback(price: float, of: Month) -> float | None:
    """After how many such months what the tower cost is saved; None when it never is."""
    return price / of.saved if of.saved > 0 else None
