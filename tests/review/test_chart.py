"""The chart of a week: bars as high as their counts, readable on a phone, whatever the counts are."""

from io import BytesIO

import pytest
from PIL import Image

from bot.review.chart import COLOURS, SIZE, Bar, draw

LEGEND = ("kept", "open", "rejected", "failed")


def drawn(*bars: Bar) -> Image.Image:
    return Image.open(BytesIO(draw("Pictures of each day", LEGEND, bars)))


def heights(picture: Image.Image) -> list[int]:
    """How many pixels of each part's colour there are below the legend."""
    below = picture.convert("RGB").crop((0, 140, *SIZE))
    counted = {colour: count for count, colour in below.getcolors(SIZE[0] * SIZE[1]) or ()}
    return [counted.get(colour, 0) for colour in COLOURS]


def test_parts_are_as_large_as_their_counts() -> None:
    """Twice as many are twice as high; a part of nothing is not there."""
    kept, still_open, rejected, failed = heights(drawn(Bar("Mon 16", (20, 10, 5, 0)), Bar("Tue 17", (0, 0, 0, 0))))
    assert kept == pytest.approx(2 * still_open, rel=0.02)
    assert still_open == pytest.approx(2 * rejected, rel=0.04)
    assert failed == 0


@pytest.mark.parametrize("most", [0, 1, 4, 5, 6, 10, 99, 100, 101, 12_345, 10**7])
def test_the_highest_bar_stays_below_the_legend(most: int) -> None:
    """And the scale has a handful of lines, however many pictures there were."""
    picture = drawn(*(Bar("Mon 16", (most, 0, 0, 0)) for _ in range(7)))
    assert picture.size == SIZE
    assert heights(picture)[0] > 0 or most == 0
    left = picture.convert("RGB").crop((0, 140, 90, SIZE[1] - 60))
    rows = [any(left.getpixel((x, y)) != (30, 31, 34) for x in range(90)) for y in range(left.height)]
    numbers = sum(now and not before for before, now in zip([False, *rows], rows, strict=False))
    assert 2 <= numbers <= 7


def test_nothing_at_all_is_a_chart_too() -> None:
    assert drawn().size == SIZE
