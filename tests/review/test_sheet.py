"""Contact sheets: what is on them, and that they fit on a phone and into a message."""

import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.review.cells import axes
from bot.review.sheet import Cell, draw

MUCH = 10_000_000
RED, GREEN, BLUE = (220, 30, 30), (30, 200, 30), (30, 30, 220)
Colour = tuple[int, int, int]


def picture(home: Path, colour: Colour, size: tuple[int, int] = (256, 256), mode: str = "RGB") -> Path:
    path = home / f"{'-'.join(map(str, colour))}-{size[0]}x{size[1]}-{mode}.png"
    Image.new("RGB", size, colour).convert(mode).save(path)
    return path


def drawn(cells: list[Cell], grid: list[str] | None = None, most: int = MUCH) -> Image.Image:
    image = Image.open(BytesIO(draw(cells, axes(grid) if grid else None, most, "file missing")))
    image.load()
    assert image.format == "JPEG"
    return image


def shade(image: Image.Image, across: float, down: float) -> str:
    """Which of the three colours is here; "ground" for none of them."""
    pixel = image.getpixel((int(image.width * across), int(image.height * down)))
    assert isinstance(pixel, tuple)
    near = {"red": RED, "green": GREEN, "blue": BLUE}
    found = [name for name, colour in near.items() if sum(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 90]
    return found[0] if found else "ground"


def light(image: Image.Image, left: float, top: float, right: float, bottom: float) -> int:
    """How many pixels of this part are as light as letters."""
    box = tuple(int(a * b) for a, b in zip((left, top, right, bottom), (image.width, image.height) * 2, strict=True))
    part = image.crop((box[0], box[1], box[2], box[3])).convert("L")
    return sum(part.histogram()[180:])


def test_pictures_stand_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    """Row by row; under each its number and what tells it from the others."""
    colours = [RED, GREEN, BLUE, RED]
    image = drawn([Cell(at + 1, f"seed {at}", picture(tmp_path, colour)) for at, colour in enumerate(colours)])
    assert [shade(image, x, y) for y in (0.25, 0.7) for x in (0.25, 0.75)] == ["red", "green", "blue", "red"]
    plain = drawn([Cell(at + 1, "", picture(tmp_path, colour)) for at, colour in enumerate(colours)])
    assert light(image, 0, 0.44, 0.5, 0.5) > 2 * light(plain, 0, 0.44, 0.5, 0.5) > 0


def test_what_has_no_picture_is_an_empty_frame_with_a_word(tmp_path: Path) -> None:
    """A failed one keeps its place, so that the numbers are right, and so does one whose file is broken."""
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    cells = [Cell(1, "", picture(tmp_path, RED)), Cell(2, "", None, "failed"), Cell(3, "", broken)]
    image = drawn(cells)
    assert [shade(image, x, 0.25) for x in (1 / 6, 1 / 2, 5 / 6)] == ["red", "ground", "ground"]
    assert light(image, 0.36, 0.3, 0.64, 0.6) > 0
    assert light(image, 0.7, 0.3, 0.97, 0.6) > 0


def test_a_group_of_which_nothing_is_left_is_still_a_sheet() -> None:
    image = drawn([Cell(1, "a", None, "deleted"), Cell(2, "b", None, "failed")])
    assert light(image, 0, 0, 1, 1) > 0


def test_a_grid_has_headings_over_and_beside_its_cells(tmp_path: Path) -> None:
    """What changes across stands side by side, what changes down below one another."""
    labels = [f"model {name} · steps {steps}" for steps in (4, 8) for name in "ab"]
    colours = [RED, GREEN, BLUE, BLUE]
    image = drawn([Cell(at + 1, labels[at], picture(tmp_path, one)) for at, one in enumerate(colours)], labels)
    assert light(image, 0.35, 0, 1, 0.06) > 0
    assert light(image, 0, 0.1, 0.1, 0.9) > 0
    assert [shade(image, x, y) for y in (0.3, 0.8) for x in (0.45, 0.85)] == ["red", "green", "blue", "blue"]


@pytest.mark.parametrize("mode", ["L", "P", "LA", "RGBA", "I;16"])
def test_a_picture_of_any_mode_is_taken(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "any.png"
    Image.new(mode, (64, 32)).save(path)
    assert drawn([Cell(1, "", path), Cell(2, "", path)]).mode == "RGB"


def test_pictures_of_several_shapes_are_shown_whole(tmp_path: Path) -> None:
    wide, tall = picture(tmp_path, RED, (512, 128)), picture(tmp_path, GREEN, (128, 512))
    image = drawn([Cell(1, "", wide), Cell(2, "", tall)])
    assert (shade(image, 0.03, 0.47), shade(image, 0.75, 0.05)) == ("red", "green")
    assert shade(image, 0.53, 0.47) == "ground"


def test_it_fits_where_little_fits(tmp_path: Path) -> None:
    """Noise packs badly: quality goes first, then pixels; and what can never fit still ends."""
    path = tmp_path / "noise.png"
    Image.frombytes("RGB", (600, 600), os.urandom(600 * 600 * 3)).save(path)
    cells = [Cell(number, "noise", path) for number in (1, 2, 3, 4)]
    assert len(draw(cells, None, 300_000, "")) <= 300_000
    assert drawn(cells, most=1).width < 1000


def test_two_hundred_are_one_sheet_of_bounded_size(tmp_path: Path) -> None:
    path = picture(tmp_path, RED, (512, 512))
    image = drawn([Cell(number, "a label that is far too long for so small a cell", path) for number in range(1, 201)])
    assert image.width <= 2048
    assert image.height <= 6144
    assert shade(image, 0.62, 0.96) == "red"


def test_words_the_font_cannot_write_leave_the_number(tmp_path: Path) -> None:
    """Empty boxes would tell nothing; the words stand beside the sheet."""
    path = picture(tmp_path, RED)
    russian, none = (drawn([Cell(1, label, path), Cell(2, label, path)]) for label in ("красная лодка", ""))
    assert russian.tobytes() == none.tobytes()
