"""Proposals: only with enough figures, only what both kinds of them allow, seldom wrong however often one looks."""

from collections import Counter
from random import Random

import pytest

from bot.nouns import Tally
from bot.routing.counts import Record
from bot.routing.proposing import LEAST_ALONE, LEAST_DUELS, newcombe, propose, spans, wilson

Z95 = 1.959964


NONE = Tally()


def record(ours: Tally = NONE, theirs: Tally = NONE, won: int = 0, lost: int = 0) -> Record:
    return Record({"new": ours, "old": theirs}, Counter({("new", "old"): won, ("old", "new"): lost}))


def tally(kept: int, of: int) -> Tally:
    return Tally(kept=kept, of=of)


def test_intervals_are_the_known_ones() -> None:
    """Wilson's for 81 of 263 and Newcombe's for 56 of 70 against 48 of 80, as in Newcombe's papers of 1998."""
    assert wilson(81, 263, Z95) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert newcombe(tally(56, 70), tally(48, 80), Z95) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_what_is_kept_clearly_more_is_proposed_with_its_figures() -> None:
    """41 of 50 against 28 of 50 is enough; the interval lies above nothing."""
    found = propose("hero", record(tally(41, 50), tally(28, 50)), "old", ["old", "new"])
    assert found is not None
    assert (found.route.model, found.route.instead, found.by_duels) == ("new", "old", False)
    assert (found.route.ours, found.route.theirs) == (tally(41, 50), tally(28, 50))
    assert 0 < found.low < 0.26 < found.high


def test_what_wins_side_by_side_is_proposed() -> None:
    """Fifteen of sixteen comparisons need no single asks."""
    found = propose("hero", record(won=15, lost=1), "old", ["old", "new"])
    assert found is not None
    assert found.by_duels
    assert 0 < found.low < found.high <= 0.5


@pytest.mark.parametrize(
    "counted",
    [
        record(),
        record(won=LEAST_DUELS - 1),
        record(tally(LEAST_ALONE - 1, LEAST_ALONE - 1), tally(0, 500)),
        record(tally(500, 500), tally(0, LEAST_ALONE - 1)),
        record(tally(30, 50), tally(28, 50)),
        record(won=8, lost=5),
    ],
)
def test_too_few_or_too_near_proposes_nothing(counted: Record) -> None:
    """However large the share looks."""
    assert propose("hero", counted, "old", ["old", "new"]) is None


def test_figures_that_contradict_each_other_propose_nothing() -> None:
    """Kept more when it was asked alone, and lost side by side: another kind of prompt was meant."""
    assert propose("hero", record(tally(90, 100), tally(40, 100), won=1, lost=19), "old", ["old", "new"]) is None


def test_the_more_models_are_looked_at_the_wider_the_intervals() -> None:
    """One of many looks good by chance."""
    route = record(tally(41, 50), tally(28, 50)).route("new", "old")
    low, high = spans(route)["kept"]
    wider_low, wider_high = spans(route, 10)["kept"]
    assert wider_low < low < high < wider_high


def test_a_model_that_is_not_offered_is_not_proposed() -> None:
    """Nor the one that is taken already."""
    counted = record(tally(90, 100), tally(10, 100))
    assert propose("hero", counted, "old", ["old"]) is None
    assert propose("hero", counted, "new", ["old", "new"]) is None


def _wrong(chance: Random) -> bool:
    """Two models that are the same, looked at twenty times while their figures grow: is one ever proposed?"""
    ours = theirs = won = 0
    for look in range(1, 21):
        ours += sum(chance.random() < 0.6 for _ in range(20))
        theirs += sum(chance.random() < 0.6 for _ in range(20))
        won += sum(chance.random() < 0.5 for _ in range(5))
        counted = record(tally(ours, 20 * look), tally(theirs, 20 * look), won, 5 * look - won)
        if propose("hero", counted, "old", ["old", "new"]):
            return True
    return False


def test_models_that_are_the_same_are_seldom_told_apart() -> None:
    """In at most one of twenty histories, though each is looked at twenty times."""
    wrong = sum(_wrong(Random(seed)) for seed in range(200))
    assert wrong <= 10
