"""Pictures that people send along: what is taken, what becomes of it, and what is refused in which words."""

from io import BytesIO
from typing import Any
from zlib import crc32

import pytest
from PIL import Image

from bot.errors import BadInput
from bot.review import admit
from bot.texts import failures

ORIENTATION, MAKER = 0x0112, 0x010F


def packed(image: Image.Image, kind: str = "PNG", **more: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **more)
    return buffer.getvalue()


def plain(mode: str = "RGB", size: tuple[int, int] = (32, 48), colour: Any = None) -> Image.Image:
    return Image.new(mode, size, colour) if colour is not None else Image.new(mode, size)


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png), formats=["PNG"])


def photo() -> bytes:
    """Lies on its side, as cameras write it: red at the left, and names its maker."""
    image = plain(size=(48, 32), colour=(0, 0, 255))
    image.paste((255, 0, 0), (0, 0, 8, 32))
    about = Image.Exif()
    about[ORIENTATION], about[MAKER] = 6, "A camera, at home"
    return packed(image, "JPEG", exif=about, quality=95)


def test_a_photo_is_turned_upright_and_forgets_where_it_was_taken() -> None:
    """Turned by a quarter, its left is on top; nothing of the file's own words is left."""
    taken = admit.picture(photo(), "photo.jpg")
    assert (taken.width, taken.height) == (32, 48)
    with opened(taken.png) as image:
        red, _, blue = image.getpixel((16, 2))  # type: ignore[misc]  # RGB
        assert red > 200 > 60 > blue
        assert (image.info, dict(image.getexif())) == ({}, {})
    assert b"camera" not in taken.png


@pytest.mark.parametrize(
    "data",
    [
        packed(plain()),
        packed(plain(), "WEBP"),
        packed(plain("P"), "GIF"),
        packed(plain("L")),
        packed(plain("I;16")),
        packed(plain("CMYK"), "JPEG"),
        packed(plain(), "MPO", save_all=True, append_images=[plain()]),
        packed(plain("RGBA", colour=(1, 2, 3, 255))),
    ],
)
def test_every_plain_picture_becomes_rgb(data: bytes) -> None:
    """Whatever it was packed in, also with the second picture of a telephone, or transparency that hides nothing."""
    taken = admit.picture(data, "a")
    with opened(taken.png) as image:
        assert (image.mode, image.size) == ("RGB", (32, 48))


def test_a_large_picture_is_made_smaller() -> None:
    """No model draws longer sides, and the tower need not carry them."""
    taken = admit.picture(packed(plain("L", (5000, 100))), "wide.png")
    assert (taken.width, taken.height) == (4096, 82)


def moving(kind: str) -> bytes:
    frames = [plain(colour=(value, 0, 0)) for value in (0, 200)]
    return packed(frames[0], kind, save_all=True, append_images=frames[1:])


def header_of(width: int, height: int) -> bytes:
    """Four bytes say how large it would be."""
    data = bytearray(packed(plain()))
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "input-no-picture"),
        (b"not a picture at all", "input-no-picture"),
        (packed(plain())[:60], "input-no-picture"),
        (packed(plain(), "TIFF"), "input-no-picture"),
        (moving("GIF"), "input-moves"),
        (moving("WEBP"), "input-moves"),
        (moving("PNG"), "input-moves"),
        (packed(plain("RGBA", colour=(1, 2, 3, 200))), "input-clear"),
        (packed(plain("P"), "GIF", transparency=0), "input-clear"),
        (packed(plain(size=(8, 64))), "input-slight"),
        (header_of(9000, 9000), "input-vast"),
        (header_of(60000, 60000), "input-vast"),
    ],
)
def test_what_cannot_be_drawn_from_is_refused_in_words(data: bytes, kind: str) -> None:
    """With the file's name and what to do, before anything large is unpacked."""
    with pytest.raises(BadInput) as refused:
        admit.picture(data, "my *file*.png")
    assert refused.value.kind == kind
    told = failures.sentence(kind, refused.value.facts)
    assert "my \\*file\\*.png" in told
    assert "no sentence of its own" not in told


def test_a_mask_takes_the_size_of_its_picture() -> None:
    """Black and white, nothing between; drawn at another size of the same shape it is as good."""
    drawn = plain("RGB", (64, 96), (0, 0, 0))
    drawn.paste((200, 200, 200), (0, 0, 64, 48))
    taken = admit.mask(packed(drawn), "mask.png", (32, 48))
    with opened(taken.png) as image:
        assert (image.mode, image.size) == ("L", (32, 48))
        assert sorted(colour for _, colour in image.getcolors() or []) == [0, 255]
        assert (image.getpixel((5, 5)), image.getpixel((5, 40))) == (255, 0)


@pytest.mark.parametrize(
    ("drawn", "kind"), [(plain("L", (48, 32), 255), "mask-unlike"), (plain("L", (32, 48), 0), "mask-black")]
)
def test_a_mask_that_cannot_be_meant_is_refused(drawn: Image.Image, kind: str) -> None:
    """Of another shape, or without anything white in it."""
    with pytest.raises(BadInput) as refused:
        admit.mask(packed(drawn), "mask.png", (32, 48))
    assert refused.value.kind == kind
    assert "no sentence of its own" not in failures.sentence(kind, refused.value.facts)
