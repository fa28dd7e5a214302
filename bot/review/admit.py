"""A picture that a person sends along, before anything is drawn from it: looked at, turned upright, and packed anew.

Nothing of the file itself is kept: no place or camera, no second picture behind the first, no colour profile.
"""

from dataclasses import dataclass
from io import BytesIO
from threading import Lock

from PIL import Image, ImageOps

from bot.errors import BadInput

MOST_PIXELS = 64_000_000
LEAST_SIDE = 16
MOST_SIDE = 4096
"""Pixels; what is longer is made smaller, because no model draws that large."""
_ONE_AT_A_TIME = Lock()  # the largest take some hundred megabytes while they are unpacked
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
_ALIKE = 0.02  # by how much the shape of a mask may differ from its picture's
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_BROKEN = (OSError, SyntaxError, ValueError, EOFError)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A PNG in RGB, or a mask in grey, and its size in pixels."""

    png: bytes
    width: int
    height: int


def picture(data: bytes, name: str) -> Admitted:
    """The picture in these bytes. Raises BadInput. Takes as long as packing a PNG: call it in a thread."""
    return _packed(_seen(data, name).convert("RGB"))


def mask(data: bytes, name: str, size: tuple[int, int]) -> Admitted:
    """White where something new shall be drawn, in the size of its picture. Raises BadInput, also for another shape."""
    image = _seen(data, name)
    if abs(image.width * size[1] / (image.height * size[0]) - 1) > _ALIKE:
        raise BadInput("mask-unlike", mask=f"{image.width}x{image.height}", picture=f"{size[0]}x{size[1]}")
    grey = image.convert("L").resize(size, Image.Resampling.NEAREST).point(lambda value: 255 * (value >= 128))
    if grey.getextrema() == (0, 0):
        raise BadInput("mask-black")
    return _packed(grey)


def _seen(data: bytes, name: str) -> Image.Image:
    """Upright, still and opaque, no longer than models draw. Sizes are looked at before anything is unpacked."""
    try:
        with _ONE_AT_A_TIME, Image.open(BytesIO(data), formats=_FORMATS) as image:
            _look(image, name)
            opaque = _opaque(image, name)
            opaque.thumbnail((MOST_SIDE, MOST_SIDE), Image.Resampling.LANCZOS)
            return ImageOps.exif_transpose(opaque)
    except _BOMBS as error:
        raise _vast(name) from error
    except _BROKEN as error:
        raise BadInput("input-no-picture", name=name) from error


def _look(image: Image.Image, name: str) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise _vast(name)
    if min(image.size) < LEAST_SIDE:
        raise BadInput("input-slight", name=name, width=image.width, height=image.height, least=LEAST_SIDE)
    # Telephones put a second picture behind the first (MPO); such a file does not move.
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise BadInput("input-moves", name=name)


def _vast(name: str) -> BadInput:
    return BadInput("input-vast", name=name, most=MOST_PIXELS // 1_000_000)


def _opaque(image: Image.Image, name: str) -> Image.Image:
    if image.has_transparency_data:
        image = image.convert("RGBA")
        if image.getchannel("A").getextrema() != (255, 255):
            raise BadInput("input-clear", name=name)
    if image.mode.startswith("I"):  # 16 bits a pixel: the upper eight
        return image.convert("I").point(lambda value: value / 257).convert("L")
    return image


def _packed(image: Image.Image) -> Admitted:
    plain = Image.new(image.mode, image.size)  # without anything that the file said beside its pixels
    plain.paste(image)
    buffer = BytesIO()
    plain.save(buffer, "PNG", compress_level=3)
    return Admitted(buffer.getvalue(), image.width, image.height)
