"""Images that an order brings along, by their digest, as the pipelines want them: upright, flat and of the order's
size."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from gpu_agent.engine.fault import Fault
from gpu_agent.order import Order

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = 64 * 1024 * 1024
_WHITE = (255, 255, 255)
Size = tuple[int, int]


@dataclass(frozen=True)
class Brought:
    """What an order brought, all of the order's size but the reference, which keeps its own."""

    source: Image.Image | None = None
    mask: Image.Image | None = None
    control: Image.Image | None = None
    reference: Image.Image | None = None


class Inputs:
    """The uploaded files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def brought(self, order: Order) -> Brought:
        """Raises Fault input-missing, input-unreadable or input-large, as all methods here do."""
        size = (order.width, order.height)
        return Brought(
            source=self.colour(order.source, size) if order.source else None,
            mask=self.mask(order.mask, size) if order.mask else None,
            control=self.colour(order.control.image, size) if order.control else None,
            reference=self.colour(order.reference.image) if order.reference else None,
        )

    def colour(self, sha256: str, size: Size | None = None) -> Image.Image:
        """RGB of this size, cut at the edges where its shape is another; what was transparent is white."""
        image = self._opened(sha256)
        if image.has_transparency_data:
            seen = image.convert("RGBA")
            image = Image.new("RGBA", seen.size, _WHITE)
            image.alpha_composite(seen)
        flat = image.convert("RGB")
        return ImageOps.fit(flat, size, Image.Resampling.LANCZOS) if size else flat

    def mask(self, sha256: str, size: Size) -> Image.Image:
        """Black and white (mode L): white where something new is drawn. No greys: a pixel is changed or it stays."""
        fitted = ImageOps.fit(_grey(self._opened(sha256)), size, Image.Resampling.NEAREST)
        return fitted.point(lambda value: 255 * (value >= 128))

    def require(self, digests: tuple[str, ...]) -> None:
        """Better before the model is loaded than after."""
        for sha256 in digests:
            if not (self._folder / sha256).is_file():
                raise Fault("input-missing", {"sha256": sha256}, worth_retrying=True)

    def _opened(self, sha256: str) -> Image.Image:
        self.require((sha256,))
        try:
            with Image.open(self._folder / sha256, formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise _large(sha256)
                return ImageOps.exif_transpose(image)
        except Image.DecompressionBombError as error:
            raise _large(sha256) from error
        except (OSError, SyntaxError, ValueError, UnidentifiedImageError) as error:
            raise Fault("input-unreadable", {"sha256": sha256, "formats": ", ".join(FORMATS)}) from error


def _large(sha256: str) -> Fault:
    return Fault("input-large", {"sha256": sha256, "most": MOST_PIXELS // 2**20})


def _grey(image: Image.Image) -> Image.Image:
    """Mode L; files of 16 bits a pixel keep their upper eight."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 257).convert("L")
    return image.convert("L")
