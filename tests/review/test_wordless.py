"""What is taken out of a file is words, and nothing else."""

from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from bot.review.wordless import wordless


def png(**words: str) -> bytes:
    info, buffer = PngImagePlugin.PngInfo(), BytesIO()
    for key, text in words.items():
        info.add_text(key, text)
        info.add_itxt(key, text)
        info.add_text(key, text, zip=True)
    Image.effect_noise((64, 48), 80).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def test_the_words_go_and_every_pixel_stays() -> None:
    """Of all three kinds; without words the file stays as it is, and twice is once."""
    data = png(darkroom="a fox, bright", parameters="a fox, bright")
    bare = wordless(data)
    assert b"a fox" not in bare
    with Image.open(BytesIO(data)) as before, Image.open(BytesIO(bare)) as after:
        before.load()
        after.load()
        assert (before.tobytes(), before.size) == (after.tobytes(), after.size)
        assert before.info
        assert not after.info
    assert wordless(bare) == bare


@pytest.mark.parametrize("data", [b"", b"RIFF....WEBP", png()[:-7]], ids=["empty", "other", "cut"])
def test_what_is_no_whole_png_comes_back(data: bytes) -> None:
    assert wordless(data) == data
