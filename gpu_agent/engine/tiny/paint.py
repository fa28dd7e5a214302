"""Parts become pixels: masks with smooth edges, and paint laid through them. Pixels are float arrays (side, side, 3)
of 0..255, masks (side, side) of 0..1."""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from gpu_agent.engine.tiny.parts import Part, Polygon, Rgb

SIDE = 256
_FINE = 4  # masks are drawn so much larger and averaged: seventeen grades of an edge
Array = npt.NDArray[np.float32]
_DOWN: Array = ((np.arange(SIDE, dtype=np.float32) + np.float32(0.5)) / np.float32(SIDE))[:, None, None]


def canvas(paint: Rgb) -> Array:
    """One colour all over."""
    return np.full((SIDE, SIDE, 3), paint, np.float32)


def fill(pixels: Array, part: Part) -> None:
    """Lay a part's paint over the pixels, in place."""
    for outline in part.outlines:
        found = _mask((outline,), part.holes)
        if found is None:
            continue
        mask, (top, bottom, left, right) = found
        low, high = _ends(part.outlines)
        paint = gradient(part, low, high)[top:bottom]
        spot = pixels[top:bottom, left:right]
        spot += (paint - spot) * (mask * part.alpha)[..., None]


def gradient(part: Part, top: float, bottom: float) -> Array:
    """The part's paint for every line of the picture, (side, 1, 3)."""
    first = np.asarray(part.paint, np.float32)
    last = first if part.below is None else np.asarray(part.below, np.float32)
    share = np.clip((_DOWN - top) / max(bottom - top, 1e-3), 0, 1)
    return np.asarray(first + (last - first) * share, np.float32)


def mask(outlines: Sequence[Polygon], holes: Sequence[Polygon] = ()) -> Array:
    """Where the polygons are, over the whole picture."""
    whole = np.zeros((SIDE, SIDE), np.float32)
    found = _mask(outlines, holes)
    if found is not None:
        part, (top, bottom, left, right) = found
        whole[top:bottom, left:right] = part
    return whole


def stroke(polygons: Iterable[Polygon], width: float) -> Array:
    """Closed lines of a width in pixels, as a mask."""
    image = Image.new("L", (SIDE * 2, SIDE * 2))
    pen = ImageDraw.Draw(image)
    for polygon in polygons:
        points = [(x * SIDE * 2, y * SIDE * 2) for x, y in (*polygon, polygon[0], polygon[1])]
        pen.line(points, fill=255, width=max(1, round(width * 2)), joint="curve")
    return np.asarray(image.reduce(2), np.float32) / np.float32(255)


def blurred(pixels: Array, radius: float) -> Array:
    """Pixels or a mask, softened by a Gaussian."""
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), radius), np.float32)


def _ends(outlines: Sequence[Polygon]) -> tuple[float, float]:
    heights = [y for outline in outlines for _, y in outline]
    return min(heights), max(heights)


def _mask(outlines: Sequence[Polygon], holes: Sequence[Polygon]) -> tuple[Array, tuple[int, int, int, int]] | None:
    """The smallest mask that holds the polygons, and its place; None outside the picture."""
    points = [point for outline in outlines for point in outline]
    left, right = _span([x for x, _ in points])
    top, bottom = _span([y for _, y in points])
    if right <= left or bottom <= top:
        return None
    image = Image.new("L", ((right - left) * _FINE, (bottom - top) * _FINE))
    pen = ImageDraw.Draw(image)
    for polygons, value in ((outlines, 255), (holes, 0)):
        for polygon in polygons:
            scaled = [((x * SIDE - left) * _FINE - 0.5, (y * SIDE - top) * _FINE - 0.5) for x, y in polygon]
            pen.polygon(scaled, fill=value)
    return np.asarray(image.reduce(_FINE), np.float32) / np.float32(255), (top, bottom, left, right)


def _span(values: Sequence[float]) -> tuple[int, int]:
    return max(0, int(min(values) * SIDE) - 1), min(SIDE, int(max(values) * SIDE) + 2)
