"""A copy of a picture that is small enough to lie inside a page."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

_SIDES = (1280, 1024, 768, 512, 384)  # pixels of the longer side, tried in turn
_QUALITIES = (85, 72)
_BROKEN = (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class Small:
    """A JPEG and its size in pixels."""

    data: bytes
    width: int
    height: int


def jpeg(file: Path, most: int) -> Small | None:
    """The picture as JPEG of at most `most` bytes, or as few as can be; None when it is lost or broken.

    Takes as long as unpacking the picture: call it in a thread.
    """
    try:
        with Image.open(file) as opened:
            image = opened.convert("RGB")
    except _BROKEN:
        return None
    for side in _SIDES:
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        for quality in _QUALITIES:
            buffer = BytesIO()
            image.save(buffer, "JPEG", quality=quality, optimize=True)
            if buffer.tell() <= most:
                return Small(buffer.getvalue(), *image.size)
    return Small(buffer.getvalue(), *image.size)
