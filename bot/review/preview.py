"""How a picture looks by now, small enough to be shown again and again."""

from io import BytesIO

from PIL import Image

MOST = 256 * 1024
"""Bytes that a preview may have."""

_SIDES = (768, 384, 192)  # pixels of the longer side, tried in turn
_QUALITY = 80


def fit(data: bytes) -> bytes:
    """This JPEG, or a smaller one of at most `MOST` bytes; nothing when it is no picture.

    Takes as long as packing: call it in a thread.
    """
    try:
        with Image.open(BytesIO(data)) as opened:
            if opened.format == "JPEG" and len(data) <= MOST:
                opened.load()
                return data
            image = opened.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return b""
    for side in _SIDES:
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        buffer = BytesIO()
        image.save(buffer, format="JPEG", quality=_QUALITY)
        if buffer.tell() <= MOST:
            return buffer.getvalue()
    return b""
