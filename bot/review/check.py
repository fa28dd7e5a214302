"""A picture that came over the wire is only bytes until it has been looked at: is it the PNG or clip that was promised?

A PNG's header is read first and by hand, so that nothing is unpacked that does not have the promised size. Of a clip
only the boxes are looked at, which an MP4 consists of: unpacking it is Discord's and its readers' work.
"""

import struct
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from bot.errors import PictureBroken

MAX_PIXELS = 8192 * 8192
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">8sI4sII")


_BOX = struct.Struct(">I4s")
_LARGE = struct.Struct(">Q")
_MOST_BOXES = 10_000


def check_clip(path: Path) -> None:
    """The file is an MP4 from its first box to its last byte, with an index and frames. Raises PictureBroken."""
    with path.open("rb") as file:
        kinds = list(islice(_boxes(file, path.stat().st_size), _MOST_BOXES))
    if kinds[:1] != [b"ftyp"]:
        raise PictureBroken(fault="it is not an MP4")
    if not {b"moov", b"mdat"} <= set(kinds):
        raise PictureBroken(fault="it is a clip without frames")


def _boxes(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The kinds of the outermost boxes. Raises PictureBroken where one reaches beyond the end."""
    at = 0
    while at < size:
        file.seek(at)
        head = file.read(_BOX.size + _LARGE.size)
        if len(head) < _BOX.size:
            raise PictureBroken(fault="it ends in the middle of a box")
        length, kind = _BOX.unpack_from(head)
        if length == 1 and len(head) == _BOX.size + _LARGE.size:
            (length,) = _LARGE.unpack_from(head, _BOX.size)
        length = length or size - at  # 0: up to the end
        if length < _BOX.size or at + length > size:
            raise PictureBroken(fault="it is not whole")
        yield kind
        at += length


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
