"""An interval for a mean that stays valid when it is looked at every day: a confidence sequence by betting.

After I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", Journal of the Royal
Statistical Society B 86 (2024). If the mean is m, fair bets on the next value are offered at m; a gambler who stakes a
share of what he owns on values above m, and another on those below, can then hardly ever get rich: by Ville's
inequality each owns 1/e times what he began with, at any time at all, with a probability of at most e. Every m at which
one of them got that rich is left out of the interval. Each gambler divides what he owns at first among fixed stakes
(F. Orabona and K.-S. Jun, "Tight concentrations and confidence sequences from the regret of universal portfolio", IEEE
Transactions on Information Theory 70 (2024)), so that the order of the values does not matter.

The gamblers stake on one side each, so that "above 0" stays a rare error also while the mean moves below 0 meanwhile.
Values lie in [-1, 1]; arrays are one-dimensional.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

Values = NDArray[np.float64]

_STAKES = 0.9 * 2.0 ** (-np.arange(14) / 2)
"""Shares of what a gambler could lose at most: from nearly all, for a few clear values, to what thousands need."""

_PURSES = np.log(0.8 ** np.arange(14) / np.sum(0.8 ** np.arange(14)))
"""Logarithms of what is set apart for each stake. The bold ones get more, since a pair costs a picture to render."""

_RICH = 700.0  # a logarithm beyond which a float cannot hold it
_EDGE = 1e-9  # at ±1 itself nothing can be lost and nothing be staked


def interval(values: ArrayLike, error: float) -> tuple[float, float]:
    """Bounds of the mean which, over all looks together, are ever wrong with a probability of at most `error`."""
    kinds, counts = _counted(values)
    enough = float(np.log(2 / error))  # half of it for either gambler
    return _lower(kinds, counts, enough), -_lower(-kinds, counts, enough)


def against_zero(values: ArrayLike) -> float:
    """An e-value for "the mean is 0": what the luckier gambler's half grew to, expected to be at most 1 if it is true.

    It is 1/error or more exactly where `interval` of this error leaves out 0.
    """
    kinds, counts = _counted(values)
    luckier = max(_wealth(kinds, counts, 0.0), _wealth(-kinds, counts, 0.0))
    return float(np.exp(min(luckier, _RICH) - np.log(2)))


def _counted(values: ArrayLike) -> tuple[Values, Values]:
    """The different values, and how often each was seen: all that matters of them."""
    kinds, counts = np.unique(np.asarray(values, dtype=np.float64), return_counts=True)
    return kinds, counts.astype(np.float64)


def _lower(kinds: Values, counts: Values, enough: float) -> float:
    """The smallest mean at which nobody staking on higher values got rich; wealth falls as the mean rises."""
    if _wealth(kinds, counts, _EDGE - 1) < enough:
        return -1.0
    return float(brentq(lambda mean: _wealth(kinds, counts, mean) - enough, _EDGE - 1, 1 - _EDGE, xtol=1e-6))


def _wealth(kinds: Values, counts: Values, mean: float) -> float:
    """Logarithm of what staking above the mean made of 1, all stakes together."""
    gains = np.log1p(_STAKES[:, None] * (kinds - mean)[None, :] / (1 + mean))
    return float(np.logaddexp.reduce(gains @ counts + _PURSES))
