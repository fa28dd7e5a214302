"""Previews stay small, and what is no picture is none."""

import os
from io import BytesIO

import pytest
from PIL import Image

from bot.review.preview import MOST, fit


def packed(side: int, kind: str = "JPEG", quality: int = 95, mode: str = "RGB") -> bytes:
    """Noise, which no format packs well."""
    buffer = BytesIO()
    Image.frombytes(mode, (side, side), os.urandom(side * side * len(mode))).save(buffer, kind, quality=quality)
    return buffer.getvalue()


def test_a_small_jpeg_stays_as_it_is() -> None:
    small = packed(128)
    assert fit(small) == small


@pytest.mark.parametrize("side", [700, 1600])
def test_a_large_one_becomes_a_smaller_jpeg(side: int) -> None:
    large = packed(side)
    assert len(large) > MOST
    fitted = fit(large)
    assert 0 < len(fitted) <= MOST
    assert Image.open(BytesIO(fitted)).format == "JPEG"


@pytest.mark.parametrize("mode", ["RGBA", "L"])
def test_another_format_becomes_a_jpeg(mode: str) -> None:
    """The name says JPEG, so its bytes are one."""
    assert Image.open(BytesIO(fit(packed(64, "PNG", mode=mode)))).format == "JPEG"


@pytest.mark.parametrize("data", [b"", b"words", b"\xff\xd8\xff\xe0" + b"x" * 50, packed(900)[:3000]])
def test_what_is_no_picture_is_nothing(data: bytes) -> None:
    assert fit(data) == b""
