"""Drift: members of a set that stand aside in palette or brightness are found, and shown under its sheet."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageEnhance

from bot.review import drift, strip
from bot.review.cells import SMALLEST

DUSK = ((200, 80, 40), (40, 60, 120))
NEAR = ((192, 84, 46), (46, 62, 112))
GREEN = ((60, 200, 60), (30, 90, 30))


def scene(colours: Sequence[tuple[int, int, int]], size: tuple[int, int] = (128, 96)) -> Image.Image:
    """From one colour above to the other below."""
    above, below = (Image.new("RGB", size, colour) for colour in colours)
    return Image.composite(below, above, Image.linear_gradient("L").resize(size))


def kept(folder: Path, *images: Image.Image) -> list[Path]:
    paths = [folder / f"{number}.png" for number in range(len(images))]
    for path, image in zip(paths, images, strict=True):
        image.save(path)
    return paths


def test_members_that_look_alike_stand_together(tmp_path: Path) -> None:
    """Whatever their sizes and shapes, mirrored or turned: a palette has no places."""
    wide, small = scene(DUSK, (256, 64)), scene(NEAR, (64, 64))
    images = scene(DUSK), wide, small, scene(DUSK).rotate(180), scene(NEAR).convert("RGBA")
    found = drift.drift(kept(tmp_path, *images))
    assert found.aside == ()
    assert all(one.apart < 8 and abs(one.lighter) < 3 for one in found.members)


def test_another_palette_stands_aside(tmp_path: Path) -> None:
    """Also in the first place: it is the middle that the others are compared with, not the first."""
    found = drift.drift(kept(tmp_path, scene(GREEN), scene(DUSK), scene(NEAR), scene(DUSK)))
    assert found.aside == (0,)
    assert found.middle != 0
    assert found.members[0].apart > drift.PALETTE_ASIDE
    assert found.members[found.middle or 1].apart == 0


@pytest.mark.parametrize(("factor", "lighter"), [(0.45, False), (1.9, True)])
def test_a_darker_or_lighter_member_stands_aside(tmp_path: Path, factor: float, lighter: bool) -> None:
    """And which of the two it is."""
    other = ImageEnhance.Brightness(scene(DUSK)).enhance(factor)
    found = drift.drift(kept(tmp_path, scene(DUSK), scene(NEAR), scene(NEAR), other))
    assert found.aside == (3,)
    assert (found.members[3].lighter > drift.BRIGHTNESS_ASIDE) is lighter
    assert (found.members[3].lighter < -drift.BRIGHTNESS_ASIDE) is not lighter


def test_brightness_goes_from_black_to_white() -> None:
    """As eyes see it: a middle grey is in the middle."""
    greys = [drift.look(Image.new("RGB", (8, 8), (value,) * 3)).brightness for value in (0, 119, 255)]
    assert greys == pytest.approx([0, 50, 100], abs=1)


def test_a_palette_has_the_main_colours_by_their_shares() -> None:
    """Three quarters red and one quarter blue are these two."""
    image = Image.new("RGB", (80, 80), (220, 30, 30))
    image.paste((20, 30, 200), (0, 0, 40, 40))
    first, second = drift.look(image).palette[:2]
    assert first.share == pytest.approx(0.75, abs=0.05)
    assert second.share == pytest.approx(0.25, abs=0.05)
    assert first.colour[0] > 180 > first.colour[2]
    assert second.colour[2] > 160 > second.colour[0]


def test_what_cannot_be_read_drifts_nowhere(tmp_path: Path) -> None:
    """A lost file or a broken one does not hide the others; a set of one, or of none, has nothing to compare."""
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    found = drift.drift([tmp_path / "lost.png", *kept(tmp_path, scene(DUSK), scene(GREEN)), broken])
    assert [one.look is None for one in found.members] == [True, False, False, True]
    assert found.members[0].aside is found.members[3].aside is False
    assert drift.drift([broken]).middle is None
    assert drift.drift([]) == drift.Drift((), None)
    assert drift.drift(kept(tmp_path, scene(DUSK))).aside == ()


def test_the_strip_has_a_column_for_each_and_a_frame_for_those_aside(tmp_path: Path) -> None:
    """As wide as the sheet; the frame is what tells a strip of some aside from one of none."""
    paths = kept(tmp_path, scene(DUSK), scene(NEAR), scene(GREEN))
    found = drift.drift(paths)
    drawn = strip.strip(found, ["1", "2", "3"], 1024)
    calm = strip.strip(drift.Drift(found.members[:2], found.middle), ["1", "2"], 1024)
    assert (drawn.width, calm.width) == (1024, 1024)
    framed = [any(count for count, colour in image.getcolors(2**20) or [] if colour == (250, 168, 26) and count > 800)
              for image in (drawn, calm)]  # fmt: skip
    assert framed == [True, False]


def test_a_strip_of_many_goes_on_below(tmp_path: Path) -> None:
    """Columns stay wide enough to be read on a phone, and no member is left out."""
    found = drift.compared([drift.look(scene(DUSK))] * 30)
    labels = [str(number) for number in range(1, 31)]
    narrow = strip.strip(found, labels, 640)
    wide = strip.strip(found, labels, 2048)
    assert narrow.height > wide.height > 4 * SMALLEST
    bare = strip.strip(drift.Drift((drift.Member(None),) * 30, None), labels, 640)
    assert bare.size == narrow.size
    assert ImageChops.difference(narrow, bare).getbbox() is not None
