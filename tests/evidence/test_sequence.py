"""The interval is seldom wrong however often one looks, and is as narrow as that allows."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evidence.sequence import Values, against_zero, interval

LOOKS = range(25, 301, 25)
VALUES = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), max_size=60)


def drawn(rng: np.random.Generator, odds: Sequence[float]) -> Values:
    """Differences of pairs: bare one kept alone, both alike, woven one kept alone, with these odds."""
    return rng.choice([-1.0, 0.0, 1.0], p=odds, size=LOOKS[-1])


def plain(values: Values) -> tuple[float, float]:
    """What would do for one look."""
    reach = 1.96 * values.std() / len(values) ** 0.5
    return float(values.mean() - reach), float(values.mean() + reach)


@pytest.mark.parametrize("odds", [(0.2, 0.6, 0.2), (0.1, 0.65, 0.25), (0.0, 0.95, 0.05), (0.5, 0.0, 0.5)])
def test_looked_at_every_day_it_is_wrong_in_one_of_twenty_at_most(odds: tuple[float, float, float]) -> None:
    """Of 200 studios, each looking 12 times; an interval made for one look is wrong in many more."""
    rng, truth = np.random.default_rng(7), odds[2] - odds[0]
    studios = [drawn(rng, odds) for _ in range(200)]
    wrong = sum(any(not low <= truth <= high for low, high in _looks(one)) for one in studios)
    fooled = sum(any(not low <= truth <= high for low, high in map(plain, _parts(one))) for one in studios)
    assert wrong <= 10
    assert fooled > 20


def _parts(values: Values) -> list[Values]:
    return [values[:count] for count in LOOKS]


def _looks(values: Values) -> list[tuple[float, float]]:
    return [interval(part, 0.05) for part in _parts(values)]


def test_a_drift_below_zero_is_no_help() -> None:
    """Cues that harm more and more, then less and less, but never help: seldom does anybody claim that they do."""
    rng = np.random.default_rng(3)
    claims = 0
    for _ in range(100):
        odds = 0.3 + 0.2 * np.sin(np.arange(300) / 30)
        values = np.where(rng.random(300) < odds, -1.0, np.where(rng.random(300) < 0.3 / (1 - odds + 0.3), 1.0, 0.0))
        below = np.minimum(values, rng.choice([-1.0, 1.0], size=300))
        claims += any(interval(below[:count], 0.05)[0] > 0 for count in LOOKS)
    assert claims <= 5


@given(VALUES)
def test_it_holds_the_mean_whatever_the_order(values: list[float]) -> None:
    """Between -1 and 1, around what was seen, mirrored for mirrored values, and the same for every order."""
    low, high = interval(values, 0.05)
    mean = sum(values) / len(values) if values else 0.0
    assert -1 <= low <= mean + 1e-6
    assert mean - 1e-6 <= high <= 1
    assert interval(sorted(values), 0.05) == (low, high)
    assert interval([-value for value in values], 0.05) == pytest.approx((-high, -low), abs=1e-5)


@given(VALUES, st.sampled_from([0.5, 0.05, 0.001]))
def test_the_evidence_against_zero_agrees_with_the_interval(values: list[float], error: float) -> None:
    """It is 1/error or more where the interval leaves out 0, so that both choose the same cues."""
    low, high = interval(values, error)
    evidence = against_zero(values)
    if abs(evidence * error - 1) > 1e-3:
        assert (low > 0 or high < 0) == (evidence >= 1 / error)


def test_more_pairs_make_it_narrower_and_less_error_wider() -> None:
    """Of thousands of pairs a few points are told; nothing at all is told of none."""
    values = [1.0, 0.0, 0.0, -1.0, 1.0] * 20
    widths = [high - low for low, high in (interval(values * times, 0.05) for times in (1, 10, 100))]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 0.06
    strict, loose = interval(values, 0.001), interval(values, 0.05)
    assert strict[0] < loose[0]
    assert loose[1] < strict[1]
    assert interval([], 0.05) == (-1.0, 1.0)


def test_evidence_beyond_all_floats_is_still_a_number() -> None:
    assert 1e300 < against_zero([1.0] * 100_000) < float("inf")
