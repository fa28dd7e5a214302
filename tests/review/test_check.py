"""A picture from the wire is looked at before it counts."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bot.errors import PictureBroken
from bot.review.check import check, check_clip


def png(width: int = 16, height: int = 8, **how: object) -> bytes:
    stream = io.BytesIO()
    picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    picture.save(stream, "PNG", **how)
    return stream.getvalue()


def looked_at(folder: Path, content: bytes, width: int = 16, height: int = 8) -> str:
    """What is wrong with this file, or ""."""
    path = folder / "picture.png"
    path.write_bytes(content)
    try:
        check(path, width, height)
    except PictureBroken as broken:
        return str(broken.facts["fault"])
    return ""


def test_the_promised_picture_passes(tmp_path: Path) -> None:
    """A PNG of the ordered size, with text chunks, is good."""
    info = PngInfo()
    info.add_text("darkroom", "{}")
    assert looked_at(tmp_path, png(pnginfo=info)) == ""


def test_another_size_is_refused(tmp_path: Path) -> None:
    """Both sizes are told."""
    assert looked_at(tmp_path, png(8, 8)) == "it has 8x8 pixels and not 16x8"


def test_a_picture_of_another_format_is_refused(tmp_path: Path) -> None:
    """A JPEG under a PNG's name is not what was promised."""
    stream = io.BytesIO()
    Image.new("RGB", (16, 8)).save(stream, "JPEG")
    assert looked_at(tmp_path, stream.getvalue()) == "it is not a PNG"


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", png()[:20]])
def test_a_stump_is_refused(tmp_path: Path, content: bytes) -> None:
    """Too few bytes for a header are not read further."""
    assert looked_at(tmp_path, content) == "it is too short to be a picture"


def test_a_moving_picture_is_refused(tmp_path: Path) -> None:
    """One frame was ordered."""
    frames = [Image.new("RGB", (16, 8), colour) for colour in ("red", "green", "blue")]
    stream = io.BytesIO()
    frames[0].save(stream, "PNG", save_all=True, append_images=frames[1:])
    assert "moves" in looked_at(tmp_path, stream.getvalue())


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def header(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """A header of two billion pixels is refused although that size was ordered."""
    content = header(50_000, 40_000) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    assert "50000x40000" in looked_at(tmp_path, content, 50_000, 40_000)


def test_pixels_that_are_missing_are_noticed(tmp_path: Path) -> None:
    """Right checksums, but a stream that breaks off: only unpacking shows it."""
    noise = bytes(range(256)) * 2
    rows = zlib.compress(b"".join(b"\x00" + noise[at * 48 :][:48] for at in range(8)))[:100]
    assert looked_at(tmp_path, header(16, 8) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")) != ""


def test_a_text_chunk_that_swells_is_refused(tmp_path: Path) -> None:
    """A compressed text of a hundred mebibytes is not unpacked."""
    swollen = chunk(b"zTXt", b"k\x00\x00" + zlib.compress(bytes(100 * 1024 * 1024)))
    content = png()
    assert looked_at(tmp_path, content[:33] + swollen + content[33:]) != ""


@settings(max_examples=200)
@given(at=st.integers(0, len(png()) - 1), value=st.integers(0, 255))
def test_a_changed_byte_never_escapes_as_another_error(tmp_path_factory, at: int, value: int) -> None:  # type: ignore[no-untyped-def]
    """Whatever is damaged: the picture passes or it is PictureBroken."""
    content = bytearray(png())
    content[at] = value
    looked_at(tmp_path_factory.mktemp("p"), bytes(content))


FTYP, MOOV, MDAT = (struct.pack(">I4s", 12, kind) + b"abcd" for kind in (b"ftyp", b"moov", b"mdat"))


def clip_looked_at(folder: Path, content: bytes) -> str:
    """What is wrong with this clip, or ""."""
    path = folder / "clip"
    path.write_bytes(content)
    try:
        check_clip(path)
    except PictureBroken as broken:
        return str(broken.facts["fault"])
    return ""


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (FTYP + MOOV + MDAT, ""),
        (FTYP + MDAT + MOOV, ""),
        (FTYP + MOOV + struct.pack(">I4sQ", 1, b"mdat", 20) + b"abcd", ""),
        (FTYP + MOOV + struct.pack(">I4s", 0, b"mdat") + b"up to the end", ""),
        (b"", "it is not an MP4"),
        (MOOV + FTYP + MDAT, "it is not an MP4"),
        (FTYP + MOOV, "it is a clip without frames"),
        (FTYP + MDAT, "it is a clip without frames"),
        (FTYP + MOOV + MDAT[:-1], "it is not whole"),
        (FTYP + MOOV + MDAT + b"abc", "it ends in the middle of a box"),
        (FTYP + struct.pack(">I4s", 3, b"moov") + MDAT, "it is not whole"),
        (FTYP + struct.pack(">I4sQ", 1, b"moov", 2**63) + MDAT, "it is not whole"),
        (png(), "it is not whole"),
    ],
)
def test_a_clip_is_an_mp4_to_its_last_byte(tmp_path: Path, content: bytes, fault: str) -> None:
    """Its boxes are whole and hold an index and frames; nothing is unpacked for that."""
    assert clip_looked_at(tmp_path, content) == fault


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_at_all_break_the_look_at_a_clip(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Whatever a tower sends ends in a sentence."""
    clip_looked_at(tmp_path_factory.getbasetemp(), FTYP + content)
