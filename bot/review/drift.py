"""How far pictures that must look alike drift apart, in palette and in brightness. Pure but for reading the files.

Colours are compared in CIE L*a*b*, where equal distances look about equally far apart: 2 is hardly seen side by side,
10 at a glance. Every member is compared with the middle of the set, the member that is nearest to all others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import dist
from pathlib import Path

from PIL import Image, ImageCms, ImageStat

BRIGHTNESS_ASIDE = 12.0
"""Of the 100 from black to white: by how much a member may be lighter or darker than the middle of its set."""
PALETTE_ASIDE = 15.0
"""The distance of colours by which a member's palette may differ from that of the middle."""
_COLOURS = 6
_LOOKED_AT = 96, 96  # pixels: grain and detail are no palette

Rgb = tuple[int, int, int]
Colours = Sequence[tuple[tuple[float, float, float], float]]


@dataclass(frozen=True, slots=True)
class Swatch:
    """A colour and the share of the picture that has it, 0..1."""

    colour: Rgb
    share: float


@dataclass(frozen=True, slots=True)
class Look:
    """The mean L* of a picture, 0..100, and its main colours, the most frequent first."""

    brightness: float
    palette: tuple[Swatch, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A picture of the set. `lighter` and `apart` are its distances from the middle, in brightness and palette.

    `look` is None for a file that cannot be read, of which nothing is known.
    """

    look: Look | None
    lighter: float = 0.0
    apart: float = 0.0

    @property
    def aside(self) -> bool:
        """Far enough from the others to be looked at again."""
        return abs(self.lighter) > BRIGHTNESS_ASIDE or self.apart > PALETTE_ASIDE


@dataclass(frozen=True, slots=True)
class Drift:
    """The members in the order of the pictures, and the index of the middle; None when no picture can be read."""

    members: tuple[Member, ...]
    middle: int | None

    @property
    def aside(self) -> tuple[int, ...]:
        """The indexes of the members that stand aside."""
        return tuple(index for index, one in enumerate(self.members) if one.aside)


def drift(pictures: Sequence[Path]) -> Drift:
    """Compares the pictures of a set. Takes as long as unpacking them, one at a time: call it in a thread."""
    return compared([_seen(path) for path in pictures])


def compared(looks: Sequence[Look | None]) -> Drift:
    """The same of looks that are known; None stands for a picture that cannot be read."""
    colours = {index: _measured(look) for index, look in enumerate(looks) if look is not None}
    if not colours:
        return Drift((Member(None),) * len(looks), None)
    apart = {one: {other: _apart(colours[one], colours[other]) for other in colours} for one in colours}
    middle = min(colours, key=lambda index: sum(apart[index].values()))
    members = (
        Member(one, _lighter(one, looks[middle]), apart[middle].get(index, 0.0)) for index, one in enumerate(looks)
    )
    return Drift(tuple(members), middle)


def look(image: Image.Image) -> Look:
    """The brightness and main colours of one picture."""
    small = image.convert("RGB")
    small.thumbnail(_LOOKED_AT, Image.Resampling.BOX)
    brightness = ImageStat.Stat(_lab().apply(small).getchannel("L")).mean[0] / 2.55
    few = small.quantize(_COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    flat, total = few.getpalette() or [], small.width * small.height
    counts = sorted(((count, at) for count, at in few.getcolors() or [] if isinstance(at, int)), reverse=True)
    found = (Swatch((flat[3 * at], flat[3 * at + 1], flat[3 * at + 2]), count / total) for count, at in counts)
    return Look(brightness, tuple(found))


def _seen(path: Path) -> Look | None:
    try:
        with Image.open(path) as opened:
            return look(opened)
    except (OSError, ValueError, SyntaxError):
        return None


def _lighter(one: Look | None, middle: Look | None) -> float:
    return one.brightness - middle.brightness if one is not None and middle is not None else 0.0


def _measured(look: Look) -> Colours:
    """Each main colour as L*, a* and b*, with its share."""
    row = Image.new("RGB", (len(look.palette), 1))
    for at, swatch in enumerate(look.palette):
        row.putpixel((at, 0), swatch.colour)
    bands = [band.tobytes() for band in _lab().apply(row).split()]  # 128 is neither a* nor b*
    return [
        ((light / 2.55, a - 128.0, b - 128.0), swatch.share)
        for light, a, b, swatch in zip(*bands, look.palette, strict=True)
    ]


def _apart(one: Colours, other: Colours) -> float:
    """How far each colour has to the nearest of the other palette, by shares, both ways."""
    return (_one_way(one, other) + _one_way(other, one)) / 2


def _one_way(here: Colours, there: Colours) -> float:
    return sum(share * min(dist(lab, other) for other, _ in there) for lab, share in here)


@cache
def _lab() -> ImageCms.ImageCmsTransform:
    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    return ImageCms.buildTransform(*profiles, "RGB", "LAB")
