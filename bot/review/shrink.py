"""A copy of a picture that fits where the picture itself is too large."""

from io import BytesIO

from PIL import Image

KIND = "webp"
_QUALITIES = (95, 85, 75)
_SMALLEST = 64  # pixels of the shorter side, below which nothing is gained


def shrink(picture: bytes, most: int) -> bytes:
    """The picture as WebP of at most `most` bytes: first of lower quality, then of fewer pixels.

    The smallest copy is given even if it is still larger. Takes as long as packing: call it in a thread.
    """
    with Image.open(BytesIO(picture)) as opened:
        image = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    while True:
        for quality in _QUALITIES:
            data = _packed(image, quality)
            if len(data) <= most:
                return data
        if min(image.size) < 2 * _SMALLEST:
            return data
        image = image.resize((image.width * 3 // 4, image.height * 3 // 4), Image.Resampling.LANCZOS)


def _packed(image: Image.Image, quality: int) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format="WEBP", quality=quality)
    return buffer.getvalue()
