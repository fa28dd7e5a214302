"""Pages of a review: tall for a phone, numbered large, with what counts framed and signed."""

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from bot.nouns import Verdict
from bot.review.sheet import Cell, draw_page
from tests.review.test_sheet import MUCH, RED, picture


def page(cells: Sequence[Cell], below: Callable[[int], Image.Image] | None = None, most: int = MUCH) -> Image.Image:
    return Image.open(BytesIO(draw_page(cells, most, "lost", below)))


def test_a_page_is_tall_with_large_numbers_in_the_corners(tmp_path: Path) -> None:
    """At a phone's width a number is still eight pixels high, and at most four pictures stand abreast."""
    path = picture(tmp_path, RED, (1024, 1024))
    image = page([Cell(number, "red-fox", path) for number in range(1, 26)])
    assert image.width <= 2048
    assert 6144 >= image.height > image.width
    cell = image.width / 4
    corner = image.crop((12, 12, round(12 + cell / 7), round(12 + cell / 7)))
    darkest = corner.resize((1, 1)).getpixel((0, 0))
    assert isinstance(darkest, tuple)
    assert darkest[0] < 160
    assert cell / 7 * 390 / image.width >= 8


@pytest.mark.parametrize(
    ("verdict", "edge"), [(Verdict.KEEP, "green"), (Verdict.REJECT, "red"), (Verdict.REROLL, "amber"), (None, "blue")]
)
def test_what_counts_is_framed_and_signed(tmp_path: Path, verdict: Verdict | None, edge: str) -> None:
    """The frame tells the verdict by its colour, the sign by its shape as well; without one neither is drawn."""
    path = picture(tmp_path, (0, 0, 255), (600, 600))
    plain, judged = (page([Cell(1, "fox", path, verdict=one), Cell(2, "owl", path)]) for one in (None, verdict))
    pixel = judged.getpixel((12 + 300, 12 + 5))
    assert isinstance(pixel, tuple)
    red, green, blue = pixel[:3]
    found = "blue" if blue > 150 else "green" if green > red else "amber" if green > 100 else "red"
    assert found == edge
    second = (judged.width // 2 + 6, 0, judged.width, judged.height)
    assert (
        ImageChops.difference(plain.crop(second), judged.crop(second)).convert("L").point(lambda v: v > 24).getbbox()
        is None
    )


def test_what_stands_below_a_page_is_as_wide_as_it(tmp_path: Path) -> None:
    path = picture(tmp_path, RED)
    asked: list[int] = []

    def below(width: int) -> Image.Image:
        asked.append(width)
        return Image.new("RGB", (width, 100), (0, 255, 0))

    cells = [Cell(1, "a", path), Cell(2, "b", path)]
    plain, image = page(cells), page(cells, below)
    assert asked == [plain.width]
    assert image.size == (plain.width, plain.height + 100)
    pixel = image.getpixel((image.width // 2, image.height - 50))
    assert isinstance(pixel, tuple)
    assert pixel[1] > 200


def test_a_long_slug_stands_on_two_lines(tmp_path: Path) -> None:
    """Cut at a hyphen, it says more than one line that ends in dots."""
    path = picture(tmp_path, RED)
    high = [_ink(page([Cell(1, label, path)])) for label in ("fox", "the-house-that-stands-alone-in-the-hills-behind")]
    assert high[1] > 40 > high[0]


def _ink(image: Image.Image) -> int:
    """How high the letters of the caption stand, in pixels."""
    caption = image.convert("L").crop((0, 12 + 480 + 2, image.width, image.height - 12))
    box = caption.point(lambda value: 255 if value > 150 else 0).getbbox()
    assert box is not None
    return box[3] - box[1]
