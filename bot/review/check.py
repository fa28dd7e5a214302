"""A picture that came over the wire is only bytes until it has been looked at: is it the PNG that was promised?

The header is read first and by hand, so that nothing is unpacked that does not have the promised size.
"""

import struct
from pathlib import Path

from PIL import Image

from bot.errors import PictureBroken

MAX_PIXELS = 8192 * 8192
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">8sI4sII")


def check(path: Path, width: int, height: int) -> None:
    """The file is one still PNG of this size in pixels, and every pixel can be read. Raises PictureBroken.

    Takes as long as unpacking the picture: call it in a thread.
    """
    found = _size(path)
    if found != (width, height) or width * height > MAX_PIXELS:
        raise PictureBroken(fault=f"it has {found[0]}x{found[1]} pixels and not {width}x{height}")
    try:
        with Image.open(path, formats=["PNG"]) as picture:
            picture.verify()  # the checksums, before anything is unpacked
        with Image.open(path, formats=["PNG"]) as picture:
            if getattr(picture, "n_frames", 1) != 1:
                raise PictureBroken(fault="it moves, and a still picture was promised")
            picture.load()
    except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError) as error:
        raise PictureBroken(fault=str(error)) from error


def _size(path: Path) -> tuple[int, int]:
    with path.open("rb") as file:
        head = file.read(_HEADER.size)
    if len(head) < _HEADER.size:
        raise PictureBroken(fault="it is too short to be a picture")
    signature, _, chunk, width, height = _HEADER.unpack(head)
    if signature != _SIGNATURE or chunk != b"IHDR":
        raise PictureBroken(fault="it is not a PNG")
    return width, height
