"""The order in which pictures are timed, and what becomes of the figures."""

from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import pytest

from gpu_agent import catalogue
from gpu_agent.engine.bench import rate, trace
from gpu_agent.engine.bench.marks import Watch
from gpu_agent.engine.bench.subject import Subject
from gpu_agent.engine.bench.turns import LEAST, Turns, p95
from gpu_agent.order import Order

SUBJECT = Subject(catalogue.load()["demo"], "cpu", random=False)


@dataclass
class Told:
    """A way of drawing that only says what it is asked, and takes as long as it is told."""

    name: str
    asked: list[tuple[str, int]]
    seconds: list[float]
    pipeline: Any = field(default=None)

    @property
    def watch(self) -> Watch | None:
        return None

    def draw(self, order: Order, number: int) -> tuple[float, float, Any]:
        self.asked.append((self.name, number))
        return self.seconds[number - 10], 0.0, None


def ways(asked: list[tuple[str, int]], seconds: float = 1.0) -> list[Told]:
    return [Told(name, asked, [seconds * (number + 1) for number in range(9)]) for name in ("one", "other")]


def far() -> float:
    return perf_counter() + 3600


def test_ways_take_turns_with_the_same_pictures() -> None:
    """A machine that grows warm does so for both."""
    asked: list[tuple[str, int]] = []
    took = Turns("cpu", lambda: None, 4, far()).taken(ways(asked, 0.1), SUBJECT.order, 10)
    assert asked == [(name, number) for number in range(10, 14) for name in ("one", "other")]
    assert [each.runs for each in took] == [4, 4]
    assert took[0].median == pytest.approx(0.25)
    assert took[0].slowest == pytest.approx(0.4)
    assert took[0].joules is None


@pytest.mark.parametrize(("seconds", "until"), [(6.0, far()), (0.1, 0.0)], ids=["long", "late"])
def test_what_takes_long_is_drawn_three_times_and_so_is_all_when_the_time_is_up(seconds: float, until: float) -> None:
    """Fewer would say nothing."""
    asked: list[tuple[str, int]] = []
    took = Turns("cpu", lambda: None, 9, until).taken(ways(asked, seconds), SUBJECT.order, 10)
    assert took[0].runs == took[1].runs == LEAST


def test_joules_are_of_each_picture() -> None:
    """The difference of a count that only grows."""
    count = iter(range(0, 1000, 5))
    took = Turns("cpu", lambda: float(next(count)), 3, far()).taken(ways([], 0.1), SUBJECT.order, 10)
    assert [each.joules for each in took] == [5.0, 5.0]


def test_the_95th_percentile_lies_between_the_values() -> None:
    """Of one value it is that; of many, near the largest."""
    assert p95([2.0]) == 2.0
    assert p95([float(number) for number in range(101)]) == pytest.approx(95.0)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("aten::addmm", "matrix products"),
        ("sm90_xmma_gemm_bf16", "matrix products"),
        ("aten::_scaled_dot_product_flash_attention", "attention"),
        ("aten::mkldnn_convolution", "convolutions"),
        ("Memcpy HtoD (Pinned -> Device)", "copies"),
        ("aten::silu", "everything else"),
    ],
)
def test_operations_are_known_by_their_names(name: str, kind: str) -> None:
    """Those of the processor and a card's kernels."""
    assert trace.kind(name) == kind


def test_a_disk_without_files_has_no_rate() -> None:
    """Nothing was read, so nothing is said."""
    assert rate.disk([]) is None
