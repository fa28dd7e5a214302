"""What stands on the cells of a sheet that is judged: the number, and a frame with a sign for what counts.

The sign differs in shape as well as in colour, for those who do not tell the colours apart.
"""

from PIL import ImageDraw, ImageFont

from bot.nouns import Verdict
from bot.review.cells import Box

_PLATE, _INK = (30, 31, 34), (255, 255, 255)
_COLOURS = {Verdict.KEEP: (36, 161, 72), Verdict.REJECT: (218, 55, 60), Verdict.REROLL: (240, 150, 20)}
_SIDE = 7  # a badge is as high as this part of its cell is wide
_LEAST = 56  # pixels of a badge, so that it can be read where the whole sheet is as wide as a phone
_FRAME = 14


def put(drawing: ImageDraw.ImageDraw, box: Box, number: int, verdict: Verdict | None, note: str) -> None:
    """The number in the upper left corner, a note in the lower left one; the verdict's frame around the cell, its sign
    in the upper right corner."""
    side = max(_LEAST, box.width // _SIDE)
    if verdict is not None:
        edge = box.left, box.top, box.left + box.width - 1, box.top + box.height - 1
        drawing.rectangle(edge, outline=_COLOURS[verdict], width=_FRAME)
        _sign(drawing, Box(box.left + box.width - side, box.top, side, side), verdict)
    _plate(drawing, box.left, box.top, side, str(number))
    if note:
        low = side * 3 // 4
        _plate(drawing, box.left, box.top + box.height - low, low, note)


def _plate(drawing: ImageDraw.ImageDraw, left: int, top: int, high: int, text: str) -> None:
    font = ImageFont.load_default(high * 3 // 4)
    across = max(high, round(font.getlength(text)) + high // 2)
    drawing.rectangle((left, top, left + across - 1, top + high - 1), fill=_PLATE)
    drawing.text((left + across / 2, top + high / 2), text, fill=_INK, font=font, anchor="mm")


def _sign(drawing: ImageDraw.ImageDraw, box: Box, verdict: Verdict) -> None:
    """A tick, a cross or a turning arrow."""

    def at(across: float, down: float) -> tuple[float, float]:
        return box.left + across * box.width, box.top + down * box.height

    thick = max(4, box.width // 9)
    drawing.rectangle((at(0, 0), at(1, 1)), fill=_COLOURS[verdict])
    match verdict:
        case Verdict.KEEP:
            drawing.line([at(0.2, 0.55), at(0.42, 0.76), at(0.8, 0.26)], fill=_INK, width=thick, joint="curve")
        case Verdict.REJECT:
            drawing.line([at(0.25, 0.25), at(0.75, 0.75)], fill=_INK, width=thick)
            drawing.line([at(0.75, 0.25), at(0.25, 0.75)], fill=_INK, width=thick)
        case Verdict.REROLL:
            drawing.arc((at(0.22, 0.22), at(0.78, 0.78)), 20, 310, fill=_INK, width=thick)
            drawing.polygon([at(0.52, 0.2), at(0.92, 0.16), at(0.82, 0.52)], fill=_INK)
