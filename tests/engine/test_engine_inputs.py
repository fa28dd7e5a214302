"""Images that an order brings: upright, flat, of the order's size, and none that would burst the memory."""

import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gpu_agent.engine import inputs
from gpu_agent.engine.fault import Fault
from gpu_agent.engine.inputs import Inputs

SIZE = (8, 8)


def _brought(folder: Path, image: Image.Image, kind: str = "PNG", **how: object) -> str:
    stream = BytesIO()
    image.save(stream, kind, **how)
    return _kept(folder, stream.getvalue())


def _kept(folder: Path, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    (folder / digest).write_bytes(content)
    return digest


def _halves(mode: str, left: object, right: object, size: tuple[int, int] = (16, 16)) -> Image.Image:
    image = Image.new(mode, size, left)  # type: ignore[arg-type]
    image.paste(right, (size[0] // 2, 0, *size))  # type: ignore[arg-type]
    return image


def test_a_picture_taken_sideways_stands_upright(tmp_path: Path) -> None:
    """What a camera wrote into EXIF is obeyed: the left half comes out on top."""
    exif = Image.Exif()
    exif[0x0112] = 6
    digest = _brought(tmp_path, _halves("RGB", "red", "blue"), "JPEG", exif=exif, quality=100, subsampling=0)
    seen = np.asarray(Inputs(tmp_path).colour(digest, SIZE)).astype(int)
    assert seen[0, :, 0].min() > 200 > 50 > seen[0, :, 2].max()
    assert seen[7, :, 2].min() > 200 > 50 > seen[7, :, 0].max()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white(tmp_path: Path, mode: str) -> None:
    """Not black, whatever the file's form of transparency."""
    image = _halves("RGBA", (0, 0, 0, 0), (0, 0, 0, 255)).convert(mode)
    seen = np.asarray(Inputs(tmp_path).colour(_brought(tmp_path, image), (16, 16)))
    assert (seen[:, :8] == 255).all()
    assert (seen[:, 8:] == 0).all()


def test_another_shape_is_cut_and_not_squeezed(tmp_path: Path) -> None:
    """The middle of a wide picture is kept, at the size asked for; a reference picture stays as it is."""
    wide = Image.new("RGB", (32, 8), "red")
    wide.paste("blue", (12, 0, 20, 8))
    digest = _brought(tmp_path, wide)
    assert (np.asarray(Inputs(tmp_path).colour(digest, SIZE)) == (0, 0, 255)).all()
    assert Inputs(tmp_path).colour(digest).size == (32, 8)


@pytest.mark.parametrize("mode", ["L", "RGB", "1", "I;16"])
def test_a_mask_is_black_and_white(tmp_path: Path, mode: str) -> None:
    """Greys fall on one side, in files of 8 bits as of 16; edges stay edges when its size changes."""
    levels = {"1": (0, 255), "I;16": (100 * 257, 200 * 257), "RGB": ((100,) * 3, (200,) * 3), "L": (100, 200)}[mode]
    seen = np.asarray(Inputs(tmp_path).mask(_brought(tmp_path, _halves(mode, *levels)), (6, 6)))
    assert (seen == [[0, 0, 0, 255, 255, 255]] * 6).all()


def _fault(ask: Callable[[], object]) -> Fault:
    with pytest.raises(Fault) as caught:
        ask()
    return caught.value


def test_a_missing_file_is_worth_sending_again(tmp_path: Path) -> None:
    """It is named by its digest, never by a path."""
    fault = _fault(lambda: Inputs(tmp_path).require(("a" * 64,)))
    assert (fault.kind, fault.facts, fault.worth_retrying) == ("input-missing", {"sha256": "a" * 64}, True)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, b"GIF89a", b"<svg/>"])
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    """Rubbish, half a file, and forms that are not taken."""
    digest = _kept(tmp_path, content)
    fault = _fault(lambda: Inputs(tmp_path).colour(digest, SIZE))
    assert (fault.kind, fault.facts["sha256"]) == ("input-unreadable", digest)


def test_a_cut_picture_is_refused(tmp_path: Path) -> None:
    """A file that ends in the middle of its pixels does not become a half-grey source."""
    stream = BytesIO()
    Image.effect_noise((64, 64), 50).save(stream, "PNG")
    digest = _kept(tmp_path, stream.getvalue()[:-500])
    assert _fault(lambda: Inputs(tmp_path).colour(digest, SIZE)).kind == "input-unreadable"


@pytest.mark.parametrize("factor", [1, 3])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, factor: int) -> None:
    """A small file of very many pixels is told by its header, also where Pillow itself refuses to open it."""
    monkeypatch.setattr(inputs, "MOST_PIXELS", 63 * 63)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 64 * 64 // factor)
    digest = _brought(tmp_path, Image.new("RGB", (64, 64)))
    assert _fault(lambda: Inputs(tmp_path).colour(digest, SIZE)).kind == "input-large"
