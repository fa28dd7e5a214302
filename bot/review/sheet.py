"""A contact sheet: the pictures of a group in numbered cells, or as a grid with headings, on one JPEG.

Made for a phone: at most 2048 pixels wide, letters of at least 28. One picture at a time is unpacked, so that a sheet
of two hundred needs no more memory than one of two.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.nouns import Verdict
from bot.review import badges
from bot.review.cells import GAP, SMALLEST, Axes, Box, geometry

KIND = "jpg"
_QUALITIES = (90, 80, 70, 55)
_NARROWEST = 640  # pixels, below which the letters could not be read any more
_GROUND, _INK, _FRAME = (30, 31, 34), (242, 243, 245), (128, 132, 142)
_ABREAST = 4  # columns of a page, so that on a phone's width a picture can be made out
_FIRST_LOOK = 256, 256  # for a group of which no picture can be opened
_BEYOND, _MARKS = 0x180, "–—…“”‘’"  # what Pillow's font can write


@dataclass(frozen=True, slots=True)
class Cell:
    """One picture of the group. Without a file the frame is empty but for the `word`.

    `verdict` is what counts on a page that is judged, `note` what stands on the picture there.
    """

    number: int
    label: str
    path: Path | None = None
    word: str = ""
    verdict: Verdict | None = None
    note: str = ""


def draw(cells: Sequence[Cell], axes: Axes | None, most: int, lost: str) -> bytes:
    """The sheet as JPEG of at most `most` bytes, if that can be: first of lower quality, then of fewer pixels.

    `axes` are those of a grid whose cells come row by row; `lost` is the word for a file that cannot be read.
    Takes as long as unpacking all pictures: call it in a thread.
    """
    sizes = [size for cell in cells if cell.path and (size := _size(cell.path))]
    place = geometry(len(cells), sizes or [_FIRST_LOOK], axes)
    sheet = Image.new("RGB", (place.width, place.height), _GROUND)
    pen = _Pen(ImageDraw.Draw(sheet), _fonts(place.letters))
    for text, box in place.headings(axes):
        pen.write(text, box)
    for cell, box in zip(cells, place.boxes(len(cells)), strict=True):
        _put(sheet, pen, cell, box, lost)
        pen.write(_caption(cell, axes), place.caption(box))
    return _packed(sheet, most)


def draw_page(cells: Sequence[Cell], most: int, lost: str, below: Callable[[int], Image.Image] | None = None) -> bytes:
    """A page of a review, tall rather than wide, as `draw` gives it.

    The numbers stand large on the pictures, with a frame and a sign for what counts. `below` makes what stands under
    them, as wide as the sheet.
    """
    sizes = [size for cell in cells if cell.path and (size := _size(cell.path))]
    place = geometry(len(cells), sizes or [_FIRST_LOOK], abreast=_ABREAST)
    foot = below(place.width) if below else None
    sheet = Image.new("RGB", (place.width, place.height + (foot.height if foot else 0)), _GROUND)
    pen = _Pen(ImageDraw.Draw(sheet), _fonts(place.letters))
    for cell, box in zip(cells, place.boxes(len(cells)), strict=True):
        _put(sheet, pen, cell, box, lost)
        badges.put(pen.drawing, box, cell.number, cell.verdict, cell.note)
        pen.write(cell.label if _written(cell.label) else "", place.caption(box))
    if foot:
        sheet.paste(foot, (0, place.height))
    return _packed(sheet, most)


def _fonts(largest: int) -> list[ImageFont.FreeTypeFont]:
    """Large letters, smaller ones, and the smallest that may be."""
    sizes = sorted({largest, max(SMALLEST, largest * 2 // 3), SMALLEST}, reverse=True)
    fonts = [ImageFont.load_default(size) for size in sizes]
    return [font for font in fonts if isinstance(font, ImageFont.FreeTypeFont)]


def _caption(cell: Cell, axes: Axes | None) -> str:
    """In a grid the headings say the rest, and where the font has no such letters the words beside the sheet do."""
    shown = cell.label and _written(cell.label) and not axes
    return f"{cell.number} · {cell.label}" if shown else str(cell.number)


def _written(label: str) -> bool:
    return all(ord(letter) < _BEYOND or letter in _MARKS for letter in label)


def _put(sheet: Image.Image, pen: "_Pen", cell: Cell, box: Box, lost: str) -> None:
    picture = _fitted(cell.path, box) if cell.path else None
    if picture is None:
        pen.frame(box, cell.word or lost)
        return
    left = box.left + (box.width - picture.width) // 2
    top = box.top + (box.height - picture.height) // 2
    sheet.paste(picture, (left, top), picture if picture.mode == "RGBA" else None)


def _size(path: Path) -> tuple[int, int] | None:
    """Width and height by the file's header."""
    try:
        with Image.open(path) as opened:
            return opened.size
    except (OSError, ValueError):
        return None


def _fitted(path: Path, box: Box) -> Image.Image | None:
    """The picture as large as it can be in the box; None when the file is lost or broken."""
    try:
        with Image.open(path) as opened:
            picture = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    except (OSError, ValueError):
        return None
    scale = min(box.width / picture.width, box.height / picture.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes and frames on one sheet; `fonts` are the same letters from large to small."""

    drawing: ImageDraw.ImageDraw
    fonts: list[ImageFont.FreeTypeFont]

    def write(self, text: str, box: Box) -> None:
        """In the middle of the box, as large as can be on one line or two; what does not fit in is cut."""
        tried = [(one, font) for font in self.fonts for one in (text, *_halves(text))]
        tried += [(one, self.fonts[-1]) for one in _shorter(text)]
        shown, font = next((one for one in tried if _fits(*one, box)), ("", self.fonts[-1]))
        middle = box.left + box.width / 2, box.top + box.height / 2
        self.drawing.multiline_text(middle, shown, fill=_INK, font=font, anchor="mm", align="center")

    def frame(self, box: Box, word: str) -> None:
        edge = box.left, box.top, box.left + box.width - 1, box.top + box.height - 1
        self.drawing.rectangle(edge, outline=_FRAME, width=3)
        self.write(word, Box(box.left + GAP, box.top, box.width - 2 * GAP, box.height))


def _fits(text: str, font: ImageFont.FreeTypeFont, box: Box) -> bool:
    lines = text.split("\n")
    return len(lines) * font.size * 1.2 <= box.height and all(font.getlength(line) <= box.width for line in lines)


def _halves(text: str) -> list[str]:
    """On two lines, cut at each space, or behind each hyphen of a name without any; the most even one first."""
    words, between = (text.split(), " ") if " " in text else (re.findall(r"[^-]*-|[^-]+", text), "")
    pairs = [(between.join(words[:at]), between.join(words[at:])) for at in range(1, len(words))]
    return ["\n".join(pair) for pair in sorted(pairs, key=lambda pair: abs(len(pair[0]) - len(pair[1])))]


def _shorter(text: str) -> Iterator[str]:
    return (text[:length].rstrip() + "…" for length in range(len(text) - 1, 0, -1))


def _packed(sheet: Image.Image, most: int) -> bytes:
    while True:
        for quality in _QUALITIES:
            buffer = BytesIO()
            sheet.save(buffer, format="JPEG", quality=quality, optimize=True)
            if buffer.tell() <= most:
                return buffer.getvalue()
        if sheet.width * 3 // 4 < _NARROWEST:
            return buffer.getvalue()
        sheet = sheet.resize((sheet.width * 3 // 4, sheet.height * 3 // 4), Image.Resampling.LANCZOS)
