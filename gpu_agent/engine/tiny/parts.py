"""Polygons, and parts of a drawing made of them. Positions are shares of the picture's side, y grows downwards."""

from dataclasses import dataclass
from math import cos, pi, sin

Point = tuple[float, float]
Polygon = tuple[Point, ...]
Rgb = tuple[float, float, float]


@dataclass(frozen=True)
class Part:
    """Filled polygons less their holes, painted from `paint` at the top to `below` at the bottom (the same if None).

    `line` is false for what has no outline in a line drawing: stars, foam, a cloud's haze. `alpha` is the share of
    paint over what lies behind.
    """

    outlines: tuple[Polygon, ...]
    paint: Rgb
    below: Rgb | None = None
    holes: tuple[Polygon, ...] = ()
    line: bool = True
    alpha: float = 1.0


def ellipse(x: float, y: float, wide: float, high: float | None = None, points: int = 56) -> Polygon:
    """Half axes `wide` and `high` (a circle without)."""
    high = wide if high is None else high
    return tuple((x + wide * cos(2 * pi * i / points), y + high * sin(2 * pi * i / points)) for i in range(points))


def regular(x: float, y: float, radius: float, corners: int, turn: float = 0.0, inner: float | None = None) -> Polygon:
    """A regular polygon with one corner up, turned by `turn` radians; with `inner`, a star."""
    count = corners if inner is None else corners * 2
    radii = [radius if inner is None or i % 2 == 0 else inner for i in range(count)]
    angles = [2 * pi * i / count + turn for i in range(count)]
    return tuple((x + r * sin(a), y - r * cos(a)) for r, a in zip(radii, angles, strict=True))


def box(left: float, top: float, right: float, bottom: float) -> Polygon:
    """An upright rectangle."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def arc(x: float, y: float, radius: float, start: float, end: float, points: int = 28) -> Polygon:
    """Points along a circle, from angle to angle in radians; 0 is to the right, a quarter turn is down."""
    steps = [start + (end - start) * i / (points - 1) for i in range(points)]
    return tuple((x + radius * cos(a), y + radius * sin(a)) for a in steps)


def moved(polygon: Polygon, x: float, y: float, half: float) -> Polygon:
    """A polygon drawn around the origin with half size 1, at its place."""
    return tuple((x + px * half, y + py * half) for px, py in polygon)
