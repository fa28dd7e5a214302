"""The poses of the people in a picture, drawn as the coloured figures that ControlNets were trained with.

Who is there, RT-DETR says where it is on this machine; without it the whole picture is one person. Where the joints
are, ViTPose says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image, ImageDraw

from gpu_agent.engine.detect import loaded, tensor
from gpu_agent.engine.fault import Fault

JOINTS = "usyd-community/vitpose-base-simple"
PEOPLE = "PekingU/rtdetr_r50vd_coco_o365"
_SURE_PERSON, _SURE_JOINT = 0.5, 0.3
_MOST_PEOPLE = 20  # in a crowd, those behind are too small to be drawn
_ROOM = 1.25  # around a person, as ViTPose learned it
_LOOKS_AT = 640  # pixels of both sides, for RT-DETR
_NECK = -1  # between the shoulders; ViTPose has none
# OpenPose's joints by ViTPose's numbers: nose, neck, right arm, left arm, right leg, left leg, eyes, ears.
_ORDER = (0, _NECK, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3)
_SHOULDERS = (5, 6)
_LIMBS = (
    *((1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10)),
    *((1, 11), (11, 12), (12, 13), (1, 0), (0, 14), (14, 16), (0, 15), (15, 17)),
)
_STEP = 85
Box = tuple[float, float, float, float]  # left, top, right, bottom
Point = tuple[float, float]


@dataclass(frozen=True)
class Joint:
    """Where a joint is, in pixels, and how sure that is (0..1)."""

    at: Point
    sure: float


def pose(image: Image.Image) -> Image.Image:
    """Figures on black, RGB. Raises Fault detector-missing, or pose-nobody."""
    model = loaded("VitPoseForPoseEstimation", JOINTS, "pose")
    figures = [figure(joints(model, image, box)) for box in people(image)]
    if not any(sum(point is not None for point in points) > 1 for points in figures):
        raise Fault("pose-nobody", {})
    return drawn(figures, image.size)


def people(image: Image.Image) -> list[Box]:
    """A box around each person, or around everything."""
    try:
        model = loaded("RTDetrForObjectDetection", PEOPLE, "pose")
    except Fault:
        return [(0.0, 0.0, float(image.width), float(image.height))]
    person = {name.lower(): number for number, name in model.config.id2label.items()}.get("person", 0)
    seen = image.resize((_LOOKS_AT, _LOOKS_AT), Image.Resampling.BILINEAR)
    with torch.no_grad():
        found = model(pixel_values=tensor(seen, normal=False))
    sure, which = found.logits[0].sigmoid()[:, person].sort(descending=True)
    likely = which[sure > _SURE_PERSON][:_MOST_PEOPLE]
    return [_corners(box.tolist(), image.size) for box in found.pred_boxes[0][likely]]


def joints(model: Any, image: Image.Image, box: Box) -> list[Joint]:
    """ViTPose's seventeen, for the person in the box."""
    high, wide = model.config.backbone_config.image_size
    around = _shaped(box, wide / high)
    seen = image.transform((wide, high), Image.Transform.EXTENT, around, Image.Resampling.BILINEAR)
    with torch.no_grad():
        heat = model(pixel_values=tensor(seen)).heatmaps[0]
    left, top, right, bottom = around
    rows, columns = heat.shape[-2:]
    return [
        Joint((left + x / columns * (right - left), top + y / rows * (bottom - top)), sure)
        for x, y, sure in map(_peak, heat)
    ]


def figure(found: list[Joint]) -> list[Point | None]:
    """OpenPose's eighteen joints; None where ViTPose is not sure."""
    points: list[Point | None] = [joint.at if joint.sure > _SURE_JOINT else None for joint in found]
    left, right = (points[shoulder] for shoulder in _SHOULDERS)
    neck = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2) if left and right else None
    return [neck if number == _NECK else points[number] for number in _ORDER]


def drawn(figures: list[list[Point | None]], size: tuple[int, int]) -> Image.Image:
    """Limbs, and over them the joints, in the colours that belong to each."""
    canvas = Image.new("RGB", size)
    pen = ImageDraw.Draw(canvas)
    thick = max(round(min(size) / 64), 2)
    for points in figures:
        for colour, (start, end) in zip(_colours(), _LIMBS, strict=False):
            if (one := points[start]) and (other := points[end]):
                pen.line((one, other), fill=(colour[0] * 3 // 5, colour[1] * 3 // 5, colour[2] * 3 // 5), width=thick)
        for colour, point in zip(_colours(), points, strict=True):
            if point:
                pen.circle(point, thick / 2, fill=colour)
    return canvas


def _colours() -> Iterator[tuple[int, int, int]]:
    """Eighteen around the wheel, from red by green and blue to the reds again."""
    for number in range(18):
        sixth, part = divmod(number, 3)
        up, down = part * _STEP, 255 - part * _STEP
        yield ((255, up, 0), (down, 255, 0), (0, 255, up), (0, down, 255), (up, 0, 255), (255, 0, down))[sixth]


def _peak(heat: torch.Tensor) -> tuple[float, float, float]:
    """Column and row of the warmest place, a quarter towards its warmer neighbours, and its warmth."""
    rows, columns = heat.shape
    row, column = divmod(int(heat.argmax()), columns)
    x, y = float(column), float(row)
    if 0 < column < columns - 1:
        x += 0.25 * float(torch.sign(heat[row, column + 1] - heat[row, column - 1]))
    if 0 < row < rows - 1:
        y += 0.25 * float(torch.sign(heat[row + 1, column] - heat[row - 1, column]))
    return x, y, float(heat[row, column])


def _corners(box: list[float], size: tuple[int, int]) -> Box:
    """RT-DETR tells the middle and the sides, as shares of the picture's."""
    x, y, wide, high = box
    return (
        (x - wide / 2) * size[0],
        (y - high / 2) * size[1],
        (x + wide / 2) * size[0],
        (y + high / 2) * size[1],
    )


def _shaped(box: Box, aspect: float) -> Box:
    """The box with some room around it, widened or heightened to this width over height."""
    left, top, right, bottom = box
    wide, high = max(right - left, 1.0), max(bottom - top, 1.0)
    wide, high = (wide, wide / aspect) if wide > aspect * high else (high * aspect, high)
    x, y, wide, high = (left + right) / 2, (top + bottom) / 2, wide * _ROOM / 2, high * _ROOM / 2
    return (x - wide, y - high, x + wide, y + high)
