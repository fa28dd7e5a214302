"""The strip under a cluster's sheet: each member's palette and how light it is, so that drift is seen at a glance.

A column for each member: its number, a bar of its main colours by their shares, and its place between black and white
with the middle of the set marked on it. Who stands aside has a frame. Lengths are pixels.
"""

from collections.abc import Sequence
from math import ceil

from PIL import Image, ImageDraw, ImageFont

from bot.review.cells import GAP, SMALLEST, Box
from bot.review.drift import Drift, Look, Member

_GROUND, _INK, _ASIDE, _MIDDLE = (30, 31, 34), (242, 243, 245), (250, 168, 26), (128, 132, 142)
_NARROWEST = 110  # a column in which two digits and six colours can be told apart
_FRAME = 4


def strip(drift: Drift, labels: Sequence[str], width: int) -> Image.Image:
    """As wide as the sheet above it, in as many rows as it takes; `labels` are the members' numbers there."""
    columns = max(1, min(len(labels), (width - GAP) // (_NARROWEST + GAP)))
    across = (width - GAP) // columns - GAP
    high = SMALLEST * 4
    rows = ceil(len(labels) / columns)
    image = Image.new("RGB", (width, GAP + rows * (high + GAP)), _GROUND)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(SMALLEST)
    middle = None if drift.middle is None else drift.members[drift.middle].look
    for index, (member, label) in enumerate(zip(drift.members, labels, strict=True)):
        row, column = divmod(index, columns)
        box = Box(GAP + column * (across + GAP), GAP + row * (high + GAP), across, high)
        _column(pen, font, box, member, label, middle)
    return image


def _column(
    pen: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    box: Box,
    member: Member,
    label: str,
    middle: Look | None,
) -> None:
    line = box.height // 4
    pen.text((box.left + box.width / 2, box.top + line / 2), label, fill=_INK, font=font, anchor="mm")
    if member.look is not None:
        _palette(pen, Box(box.left, box.top + line, box.width, 2 * line), member.look)
        _scale(pen, Box(box.left, box.top + 3 * line, box.width, line), member.look, middle)
    if member.aside:
        edge = box.left, box.top, box.left + box.width - 1, box.top + box.height - 1
        pen.rectangle(edge, outline=_ASIDE, width=_FRAME)


def _palette(pen: ImageDraw.ImageDraw, box: Box, look: Look) -> None:
    """The colours beside one another, each as wide as its share; the last one takes what rounding leaves."""
    share = 0.0
    for swatch in look.palette:
        left = box.left + round(share * box.width)
        pen.rectangle((left, box.top, box.left + box.width - 1, box.top + box.height - 1), fill=swatch.colour)
        share += swatch.share


def _scale(pen: ImageDraw.ImageDraw, box: Box, look: Look, middle: Look | None) -> None:
    """From black on the left to white on the right: a mark where the picture is, a dim one for the set's middle."""
    for at in range(box.width):
        grey = round(255 * at / max(1, box.width - 1))
        pen.line((box.left + at, box.top + box.height // 3, box.left + at, box.top + box.height * 2 // 3), (grey,) * 3)
    for one, colour in ((middle, _MIDDLE), (look, _ASIDE)):
        if one is not None:
            at = box.left + round(one.brightness / 100 * (box.width - 1))
            pen.line((at, box.top + 2, at, box.top + box.height - 3), fill=colour, width=_FRAME)
