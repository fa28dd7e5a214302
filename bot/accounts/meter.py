"""Energy and money of rendering on a tower of one's own, beside what a hosted API would take. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.settings import CostsTable

_HOUR = 3600.0  # seconds; and joules of a watt-hour


@dataclass(frozen=True, slots=True)
class Spent:
    """Watt-hours, and what they cost in the currency of the settings."""

    watt_hours: float
    money: float


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished picture: how many seconds it took, and the joules that its card measured, where it did."""

    seconds: float
    joules: float | None = None


def spent(costs: CostsTable, rendering: float, awake: float = 0.0) -> Spent:
    """So many seconds of rendering, and so many that the tower is only awake for it: waking up, loading models."""
    return _paid(costs, (rendering * costs.rendering_watts + awake * costs.idle_watts) / _HOUR)


def measured(costs: CostsTable, pictures: Iterable[Rendered]) -> Spent:
    """What finished pictures took.

    Joules are those of the card alone: the rest of the tower goes with what it takes when it is idle.
    """
    return _paid(costs, sum(_of_one(costs, one) for one in pictures))


def hosted(costs: CostsTable, pictures: int) -> float:
    """What a hosted API would take for so many."""
    return pictures * costs.hosted_picture


def _of_one(costs: CostsTable, one: Rendered) -> float:
    if one.joules is None:
        return one.seconds * costs.rendering_watts / _HOUR
    return (one.joules + one.seconds * costs.idle_watts) / _HOUR


def _paid(costs: CostsTable, watt_hours: float) -> Spent:
    return Spent(watt_hours, watt_hours / 1000 * costs.per_kwh)
