"""How each thing is drawn: around the origin, within -1..1, first what lies behind."""

from collections.abc import Callable
from dataclasses import replace
from math import acos, cos, pi, sin
from random import Random

from gpu_agent.engine.tiny.parts import Part, Polygon, Rgb, arc, box, ellipse, moved, regular
from gpu_agent.engine.tiny.scene import Item
from gpu_agent.engine.tiny.vocabulary import COLOURS

_WOOD: Rgb = (112, 72, 46)
_DARK: Rgb = (40, 36, 44)
_GLASS: Rgb = (206, 232, 246)
_LAMP: Rgb = (255, 234, 160)


def draw(item: Item, lot: Random) -> tuple[Part, ...]:
    """The parts of a thing at its place."""
    colour = COLOURS[item.colour]
    return tuple(
        replace(
            part,
            outlines=tuple(moved(polygon, item.x, item.y, item.half) for polygon in part.outlines),
            holes=tuple(moved(polygon, item.x, item.y, item.half) for polygon in part.holes),
        )
        for part in _DRAWN[item.thing](colour, lot.uniform(-0.12, 0.12))
    )


def shaded(colour: Rgb) -> tuple[Rgb, Rgb]:
    """Lighter at the top, darker at the bottom, so that bodies look round."""
    top = tuple(min(255.0, channel * 1.06 + 10) for channel in colour)
    low = tuple(channel * 0.86 for channel in colour)
    return (top[0], top[1], top[2]), (low[0], low[1], low[2])


def _body(colour: Rgb, *outlines: Polygon, holes: tuple[Polygon, ...] = ()) -> Part:
    top, low = shaded(colour)
    return Part(outlines, top, low, holes)


def _heart() -> Polygon:
    turns = [2 * pi * i / 72 for i in range(72)]
    return tuple(
        (
            1.05 * sin(t) ** 3,
            -(13 * cos(t) - 5 * cos(2 * t) - 2 * cos(3 * t) - cos(4 * t)) / 15.5 - 0.12,
        )
        for t in turns
    )


def _shape(*outlines: Polygon, holes: tuple[Polygon, ...] = ()) -> Callable[[Rgb, float], tuple[Part, ...]]:
    return lambda colour, _turn: (_body(colour, *outlines, holes=holes),)


def _turned(
    corners: int, radius: float, at: float = 0.0, inner: float | None = None
) -> Callable[..., tuple[Part, ...]]:
    return lambda colour, turn: (_body(colour, regular(0, 0, radius, corners, at + turn, inner)),)


def _moon(colour: Rgb, turn: float) -> tuple[Part, ...]:
    """The outer edge of one disc, and back along the edge of a smaller one that covers it."""
    away, small, towards = 0.46, 0.8, -0.45
    along = (away**2 + 1 - small**2) / (2 * away)
    outer, inner = acos(along), acos((along - away) / small)
    edge = arc(0, 0, 1.0, towards + outer, towards - outer + 2 * pi)
    back = arc(away * cos(towards), away * sin(towards), small, towards - inner + 2 * pi, towards + inner)
    return (_body(colour, tuple(_rotated(point, turn) for point in edge + back)),)


def _sun(colour: Rgb, turn: float) -> tuple[Part, ...]:
    rays = tuple(
        tuple(_rotated(corner, turn + 2 * pi * i / 10) for corner in ((0.68, -0.1), (1.08, 0.0), (0.68, 0.1)))
        for i in range(10)
    )
    return (Part(rays, colour), _body(colour, ellipse(0, 0, 0.58)))


def _cloud(colour: Rgb, _turn: float) -> tuple[Part, ...]:
    puffs = (ellipse(-0.55, 0.15, 0.42), ellipse(0.0, -0.12, 0.55), ellipse(0.58, 0.14, 0.4))
    return (_body(colour, *puffs, box(-0.6, 0.1, 0.62, 0.55)),)


def _house(colour: Rgb, _turn: float) -> tuple[Part, ...]:
    roof: Rgb = (112, 62, 52) if colour != COLOURS["brown"] else (190, 72, 60)
    panes = (box(-0.6, 0.12, -0.3, 0.44), box(0.32, 0.12, 0.62, 0.44))
    return (
        _body(colour, box(-0.82, -0.2, 0.82, 1.0)),
        Part((((-1.05, -0.2), (0.0, -1.0), (1.05, -0.2)),), roof),
        Part((box(-0.17, 0.38, 0.17, 1.0),), (86, 54, 44)),
        Part(panes, _LAMP),
    )


def _tree(colour: Rgb, _turn: float) -> tuple[Part, ...]:
    crown = (ellipse(0, -0.5, 0.5), ellipse(-0.4, -0.1, 0.42), ellipse(0.4, -0.1, 0.42))
    return (Part((((-0.13, 0.1), (0.13, 0.1), (0.19, 1.0), (-0.19, 1.0)),), _WOOD), _body(colour, *crown))


def _car(colour: Rgb, _turn: float) -> tuple[Part, ...]:
    cabin = ((-0.5, 0.1), (-0.32, -0.42), (0.34, -0.42), (0.58, 0.1))
    panes = (
        ((-0.36, 0.06), (-0.23, -0.3), (-0.03, -0.3), (-0.03, 0.06)),
        ((0.06, 0.06), (0.06, -0.3), (0.27, -0.3), (0.42, 0.06)),
    )
    low = ((-1.0, 0.62), (-1.0, 0.16), (-0.55, 0.06), (0.6, 0.06), (1.0, 0.22), (1.0, 0.62))
    wheels = (ellipse(-0.55, 0.64, 0.26), ellipse(0.55, 0.64, 0.26))
    hubs = (ellipse(-0.55, 0.64, 0.1), ellipse(0.55, 0.64, 0.1))
    return (_body(colour, low, cabin), Part(panes, _GLASS), Part(wheels, _DARK), Part(hubs, (190, 190, 196)))


def _cat(colour: Rgb, _turn: float) -> tuple[Part, ...]:
    """A face: ears, head, eyes, nose."""
    ears = (((-0.86, -0.95), (-0.86, -0.1), (-0.22, -0.62)), ((0.86, -0.95), (0.86, -0.1), (0.22, -0.62)))
    bright = sum(colour) > 200
    eye: Rgb = _DARK if bright else (250, 214, 80)
    return (
        Part(ears, dimmed(colour, 0.9)),
        _body(colour, ellipse(0, 0.12, 0.9, 0.8)),
        Part((ellipse(-0.36, 0.0, 0.13, 0.17), ellipse(0.36, 0.0, 0.13, 0.17)), eye),
        Part((((-0.12, 0.3), (0.12, 0.3), (0.0, 0.43)),), (232, 120, 130)),
    )


def dimmed(colour: Rgb, factor: float) -> Rgb:
    """The colour, darker or lighter by a factor."""
    return (min(255.0, colour[0] * factor), min(255.0, colour[1] * factor), min(255.0, colour[2] * factor))


def _flower(colour: Rgb, turn: float) -> tuple[Part, ...]:
    petals = tuple(
        ellipse(0.44 * sin(a), -0.28 - 0.44 * cos(a), 0.3) for a in (turn + 2 * pi * i / 6 for i in range(6))
    )
    heart: Rgb = COLOURS["yellow"] if colour != COLOURS["yellow"] else _WOOD
    leaf = ((0.04, 0.78), (0.42, 0.5), (0.3, 0.78))
    return (
        Part((box(-0.05, 0.1, 0.05, 1.0), leaf), (58, 140, 66)),
        _body(colour, *petals),
        Part((ellipse(0, -0.28, 0.24),), heart),
    )


def _boat(colour: Rgb, _turn: float) -> tuple[Part, ...]:
    hull = ((-0.95, 0.5), (0.95, 0.5), (0.62, 1.0), (-0.62, 1.0))
    sails = (((0.08, -0.95), (0.82, 0.36), (0.08, 0.36)), ((-0.08, -0.66), (-0.68, 0.36), (-0.08, 0.36)))
    return (Part((box(-0.045, -1.0, 0.045, 0.5),), (92, 62, 46)), _body(colour, *sails), Part((hull,), _WOOD))


def _fish(colour: Rgb, _turn: float) -> tuple[Part, ...]:
    tail = ((0.5, 0.0), (1.05, -0.45), (0.92, 0.0), (1.05, 0.45))
    fin = ((-0.15, -0.42), (0.12, -0.72), (0.3, -0.36))
    return (
        Part((tail, fin), dimmed(colour, 0.86)),
        _body(colour, ellipse(-0.12, 0, 0.8, 0.5)),
        Part((ellipse(-0.52, -0.1, 0.13),), (250, 250, 250)),
        Part((ellipse(-0.55, -0.1, 0.065),), _DARK),
    )


def _rotated(point: tuple[float, float], turn: float) -> tuple[float, float]:
    x, y = point
    return (x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn))


_DRAWN: dict[str, Callable[[Rgb, float], tuple[Part, ...]]] = {
    "circle": _shape(ellipse(0, 0, 0.98)),
    "square": _turned(4, 1.24, pi / 4),
    "triangle": _shape(((0.0, -1.0), (1.08, 0.86), (-1.08, 0.86))),
    "star": _turned(5, 1.14, inner=0.47),
    "heart": _shape(_heart()),
    "diamond": _shape(((0.0, -1.12), (0.78, 0.0), (0.0, 1.12), (-0.78, 0.0))),
    "ring": _shape(ellipse(0, 0, 1.02), holes=(ellipse(0, 0, 0.54),)),
    "hexagon": _turned(6, 1.06),
    "moon": _moon,
    "sun": _sun,
    "cloud": _cloud,
    "house": _house,
    "tree": _tree,
    "car": _car,
    "cat": _cat,
    "flower": _flower,
    "boat": _boat,
    "fish": _fish,
}
