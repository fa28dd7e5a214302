"""Copies that fit: as good as they can be, and never more bytes than allowed while anything is left to take away."""

import os
from io import BytesIO

import pytest
from PIL import Image

from bot.review.shrink import shrink


def noise(mode: str, side: int = 256) -> bytes:
    """A picture that no format packs well."""
    size = side * side * len(mode)
    buffer = BytesIO()
    Image.frombytes(mode, (side, side), os.urandom(size)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
@pytest.mark.parametrize("share", [2, 8])
def test_the_copy_fits(mode: str, share: int) -> None:
    picture = noise(mode)
    copy = shrink(picture, len(picture) // share)
    assert len(copy) <= len(picture) // share
    assert Image.open(BytesIO(copy)).format == "WEBP"


def test_pixels_are_kept_as_long_as_quality_is_enough() -> None:
    picture = noise("RGB")
    with Image.open(BytesIO(shrink(picture, len(picture)))) as copy:
        assert copy.size == (256, 256)


def test_transparency_survives() -> None:
    picture = noise("RGBA")
    with Image.open(BytesIO(shrink(picture, len(picture)))) as copy:
        assert copy.has_transparency_data


def test_what_can_never_fit_still_ends() -> None:
    """Discord is asked once more with the smallest copy; what it says then is final."""
    with Image.open(BytesIO(shrink(noise("RGB"), 1))) as copy:
        assert min(copy.size) < 128
