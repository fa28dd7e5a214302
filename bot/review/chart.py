"""A chart of stacked bars, one a day, as PNG: made for a phone, like the contact sheets."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

KIND = "png"
SIZE = 1200, 675
_GROUND, _INK, _FAINT, _LINE = (30, 31, 34), (242, 243, 245), (160, 164, 172), (58, 60, 66)
COLOURS = ((46, 139, 87), (88, 101, 242), (217, 130, 43), (192, 57, 43))
"""Of the parts of a bar, from the bottom up: told apart by their brightness as well as by their hue."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 96, 40, 150, 90
_LETTERS, _TITLE = 30, 40
_SWATCH = 28
_STEPS = (1, 2, 5)
_LINES = 5  # across the chart, at most


@dataclass(frozen=True, slots=True)
class Bar:
    """`parts` are counts, as many as the legend has names, from the bottom up."""

    label: str
    parts: tuple[int, ...]


def draw(title: str, legend: Sequence[str], bars: Sequence[Bar]) -> bytes:
    """The chart; a bar of nothing is a bare label. Takes a moment: call it in a thread."""
    sheet = Image.new("RGB", SIZE, _GROUND)
    pen = ImageDraw.Draw(sheet)
    letters = ImageFont.load_default(_LETTERS)
    pen.text((_LEFT, 24), title, fill=_INK, font=ImageFont.load_default(_TITLE))
    _legend(pen, letters, legend)
    step = _step(max((sum(bar.parts) for bar in bars), default=0))
    top = step * max(1, -(-max((sum(bar.parts) for bar in bars), default=0) // step))
    _scale(pen, letters, step, top)
    width = (SIZE[0] - _LEFT - _RIGHT) / max(1, len(bars))
    for number, bar in enumerate(bars):
        _bar(pen, letters, bar, _LEFT + number * width, width, top)
    buffer = BytesIO()
    sheet.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def _step(most: int) -> int:
    """Between two lines across: the least of 1, 2, 5, 10, 20 … with which there are few enough."""
    step, power = 1, 1
    while most > step * _LINES:
        step = next((one * power for one in _STEPS if most <= one * power * _LINES), 10 * power)
        power *= 10
    return step


def _legend(
    pen: ImageDraw.ImageDraw, letters: ImageFont.FreeTypeFont | ImageFont.ImageFont, names: Sequence[str]
) -> None:
    left = float(_LEFT)
    for name, colour in zip(names, COLOURS, strict=True):
        pen.rectangle((left, 92, left + _SWATCH, 92 + _SWATCH), fill=colour)
        pen.text((left + _SWATCH + 12, 92 + _SWATCH / 2), name, fill=_INK, font=letters, anchor="lm")
        left += _SWATCH + 12 + letters.getlength(name) + 40


def _scale(
    pen: ImageDraw.ImageDraw, letters: ImageFont.FreeTypeFont | ImageFont.ImageFont, step: int, top: int
) -> None:
    for value in range(0, top + 1, step):
        height = _height(value, top)
        pen.line((_LEFT, height, SIZE[0] - _RIGHT, height), fill=_LINE, width=2)
        pen.text((_LEFT - 16, height), str(value), fill=_FAINT, font=letters, anchor="rm")


def _bar(
    pen: ImageDraw.ImageDraw,
    letters: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    bar: Bar,
    left: float,
    width: float,
    top: int,
) -> None:
    low = 0
    for count, colour in zip(bar.parts, COLOURS, strict=True):
        if count:
            box = (left + width * 0.18, _height(low + count, top), left + width * 0.82, _height(low, top) - 1)
            pen.rectangle(box, fill=colour)
        low += count
    middle = left + width / 2
    pen.text((middle, SIZE[1] - _BOTTOM + 36), bar.label, fill=_FAINT, font=letters, anchor="mm")
    if low:
        pen.text((middle, _height(low, top) - 10), str(low), fill=_INK, font=letters, anchor="md")


def _height(value: int, top: int) -> float:
    return SIZE[1] - _BOTTOM - (SIZE[1] - _TOP - _BOTTOM) * value / top
