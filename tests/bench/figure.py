"""What one measurement says: rows of numbers that can be printed, stored and compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Row:
    """`value` is the median of `samples` where there are several; `low` and `high` are then the quartiles."""

    what: str
    value: float
    unit: str
    samples: int = 1
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Figure:
    """`question` is what the rows answer; a figure that cannot be taken here has a sentence in `skipped`."""

    name: str
    question: str
    rows: tuple[Row, ...] = ()
    skipped: str = ""

    def __getitem__(self, what: str) -> float:
        """The value of this row. Raises KeyError."""
        return {row.what: row.value for row in self.rows}[what]


def spread(what: str, values: Sequence[float], unit: str) -> Row:
    """The median of the values, with their quartiles where there are enough to have any."""
    if len(values) < 2:
        return Row(what, values[0], unit)
    low, _, high = quantiles(values, method="inclusive")
    return Row(what, median(values), unit, len(values), low, high)


def ratio(what: str, ours: Sequence[float], theirs: Sequence[float]) -> Row:
    """Median over median: what a noisy machine leaves standing, when both were measured turn by turn."""
    return Row(what, median(ours) / median(theirs), "×", min(len(ours), len(theirs)))


def percentile(values: Sequence[float], share: int) -> float:
    """The value that `share` percent of the values do not exceed, between neighbours in proportion."""
    return quantiles(values, n=100, method="inclusive")[share - 1] if len(values) > 1 else values[0]


def count(what: str, number: int) -> Row:
    return Row(what, number, "")
