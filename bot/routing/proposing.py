"""A record of verdicts → the proposal to take another model, or nothing while too few were judged. Pure.

Two kinds of figures are looked at. Side by side, the same words and seed: the share of comparisons won (Wilson's
interval). Asked alone: the difference of the shares that are kept (Newcombe's interval). One of them has to say that
the other model is better, and the other must not say the opposite. The intervals allow for the number of models that
are looked at, and for being looked at again and again while verdicts come in (`_RISK`).
"""

from collections.abc import Collection
from math import sqrt
from statistics import NormalDist
from typing import Literal

from bot.nouns import Proposal, Route, Tally
from bot.routing.counts import Record

LEAST_ALONE = 20
"""Judged pictures of each of two models, below which their shares are not compared."""
LEAST_DUELS = 10
"""Decided comparisons of two models, below which they are not counted."""
_RISK = 0.01  # of a wrong proposal at one look; in twenty looks it stays below a twentieth

Kind = Literal["duels", "kept"]


def propose(archetype: str, record: Record, current: str, candidates: Collection[str]) -> Proposal | None:
    """The candidate that is most surely better than the current model."""
    routes = [record.route(model, current) for model in candidates if model != current]
    comparable = [route for route in routes if spans(route)]
    found: list[Proposal] = []
    for route in comparable:
        sides = spans(route, len(comparable))
        better = [(kind, span) for kind, span in sides.items() if span[0] > 0]
        if better and not any(high < 0 for _, high in sides.values()):
            kind, (low, high) = max(better, key=lambda one: one[1][0])
            found.append(Proposal(archetype, route, kind == "duels", low, high))
    return max(found, key=lambda one: one.low, default=None)


def spans(route: Route, looked_at: int = 1) -> dict[Kind, tuple[float, float]]:
    """By how much the route is better, from and to, by each kind of figures of which there are enough."""
    z = NormalDist().inv_cdf(1 - _RISK / (4 * max(1, looked_at)))  # two sides, two kinds of figures
    found: dict[Kind, tuple[float, float]] = {}
    if (decided := route.won + route.lost) >= LEAST_DUELS:
        low, high = wilson(route.won, decided, z)
        found["duels"] = low - 0.5, high - 0.5
    if min(route.ours.of, route.theirs.of) >= LEAST_ALONE:
        found["kept"] = newcombe(route.ours, route.theirs, z)
    return found


def wilson(hits: int, of: int, z: float) -> tuple[float, float]:
    """The interval of a share, `z` deviations of the normal distribution to each side."""
    share, square = hits / of, z * z
    middle, reach = share + square / (2 * of), z * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return (middle - reach) / (1 + square / of), (middle + reach) / (1 + square / of)


def newcombe(ours: Tally, theirs: Tally, z: float) -> tuple[float, float]:
    """The interval of the difference of two shares, from the interval of each."""
    one, other = ours.kept / ours.of, theirs.kept / theirs.of
    low, high = wilson(ours.kept, ours.of, z)
    lower, upper = wilson(theirs.kept, theirs.of, z)
    difference = one - other
    return (
        difference - sqrt((one - low) ** 2 + (upper - other) ** 2),
        difference + sqrt((high - one) ** 2 + (other - lower) ** 2),
    )
