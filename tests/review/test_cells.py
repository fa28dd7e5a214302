"""Where cells lie: inside the sheet, beside one another, never too small for what is written under them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.review.cells import SMALLEST, Axes, Box, Geometry, axes, geometry

SIDES = st.integers(64, 2048)
SIZES = st.lists(st.tuples(SIDES, SIDES), min_size=1, max_size=8)


def apart(one: Box, other: Box) -> bool:
    beside = one.left + one.width <= other.left or other.left + other.width <= one.left
    return beside or one.top + one.height <= other.top or other.top + other.height <= one.top


def everything(place: Geometry, count: int, headings: Axes | None = None) -> list[Box]:
    """Every box something is drawn into."""
    boxes = list(place.boxes(count))
    return [*boxes, *(place.caption(box) for box in boxes), *(box for _, box in place.headings(headings))]


@given(st.integers(2, 200), SIZES)
def test_a_group_of_any_size_and_shape_has_its_place(count: int, sizes: list[tuple[int, int]]) -> None:
    """No wider than a phone shows well, no box over another, letters that can be read."""
    place = geometry(count, sizes)
    boxes = everything(place, count)
    assert place.width <= 2048
    assert place.height <= 6144
    assert place.letters >= SMALLEST == 28
    assert all(box.left >= 0 and box.top >= 0 for box in boxes)
    assert all(box.left + box.width <= place.width and box.top + box.height <= place.height for box in boxes)
    assert all(apart(one, other) for at, one in enumerate(boxes) for other in boxes[:at])


@given(st.integers(2, 12), st.integers(2, 8), SIZES)
def test_a_grid_has_its_headings_beside_its_cells(columns: int, rows: int, sizes: list[tuple[int, int]]) -> None:
    headings = Axes(tuple(f"steps {n}" for n in range(rows)), tuple(f"seed {n}" for n in range(columns)))
    place = geometry(columns * rows, sizes, headings)
    boxes = everything(place, columns * rows, headings)
    assert (place.columns, place.rows) == (columns, rows)
    assert place.width <= 2048
    assert place.height <= 6144
    assert all(apart(one, other) for at, one in enumerate(boxes) for other in boxes[:at])


def test_two_or_three_stand_side_by_side_and_many_in_a_block() -> None:
    square = [(1024, 1024)]
    assert [geometry(count, square).columns for count in (2, 3, 4, 6, 9, 16, 25, 50)] == [2, 3, 2, 3, 3, 4, 5, 5]
    assert geometry(200, square).columns > 5


def test_what_is_asked_across_are_columns_and_what_is_asked_down_are_rows() -> None:
    """The first one changes fastest, so that the cells come row by row."""
    labels = [f"model {name} · steps {steps}" for steps in (4, 8, 12) for name in ("a", "b")]
    found = axes(labels)
    assert found == Axes(("steps 4", "steps 8", "steps 12"), ("model a", "model b"))
    first, second, *_, last = geometry(6, [(64, 64)], found).boxes(6)
    assert (first.left < second.left, first.top) == (True, second.top)
    assert (last.left > first.left, last.top > second.top) == (True, True)


def test_a_single_axis_is_a_row_of_columns() -> None:
    assert axes(["seed 1", "seed 2"]) == Axes((), ("seed 1", "seed 2"))


@pytest.mark.parametrize(
    "labels",
    [
        ["a · 1", "b · 1", "a · 2"],  # a hole
        ["a · 1", "a · 2", "b · 1", "b · 2"],  # in another order
        ["a · 1", "a"],
        ["a · 1 · x", "b · 1 · x"],
        ["same", "same"],
        [f"seed {number}" for number in range(6)],  # too many abreast
        [f"{number} · a" for number in range(13)],
    ],
)
def test_labels_that_make_no_grid_are_captions(labels: list[str]) -> None:
    assert axes(labels) is None
