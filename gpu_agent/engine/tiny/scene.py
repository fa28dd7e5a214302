"""What is in a picture, drawn by lot: things with colour and place, a ground, a time, a style.

Positions and sizes are shares of the picture's side, from the upper left. What a caption does not name is left to
chance, so that two seeds of one prompt differ.
"""

from dataclasses import dataclass
from random import Random

from gpu_agent.engine.tiny.vocabulary import (
    COLOURS,
    FLYING,
    MOST,
    SETTINGS,
    SHAPES,
    STANDING,
    STYLES,
    SWIMMING,
    TIMES,
    USUAL,
)

HORIZONS = 0.5, 0.76
_HALF_SIZE = {1: 0.22, 2: 0.16, 3: 0.118, 4: 0.112}
_UNTOLD = 0.06
_STRETCH = {"": 1.0, "big": 1.4, "small": 0.58}


@dataclass(frozen=True)
class Group:
    """So many things of one kind and colour; `named` says whether the caption tells the colour."""

    count: int
    thing: str
    colour: str
    named: bool = True


@dataclass(frozen=True)
class Item:
    """One thing at its place: centre and half its size."""

    thing: str
    colour: str
    x: float
    y: float
    half: float


@dataclass(frozen=True)
class Scene:
    """`ground` is a colour's name or a setting, `time` empty on a plain ground, `horizon` where the land begins.
    `told` says whether the caption names ground and time."""

    groups: tuple[Group, ...]
    ground: str
    time: str
    style: str
    size: str
    side: str
    horizon: float
    items: tuple[Item, ...]
    told: bool


def sample(lot: Random, easy: float = 0.0, style: str | None = None, loose: float = 1.0) -> Scene:
    """A scene by lot; `easy` is the chance of one thing on a simple ground. A given `style` is kept. `loose` says how
    far a single thing strays from its usual place and size: 0 not at all, 1 as far as it does in the end."""
    simple = lot.random() < easy
    ground = _ground(lot, simple)
    time = "" if ground in COLOURS else lot.choice(TIMES)
    groups = _groups(lot, ground, simple, unseen={ground, "black"} if time == "night" else {ground})
    single = sum(group.count for group in groups) == 1
    size = lot.choice(("", "", "", "big", "small")) if single else ""
    side = lot.choice(("", "", "", "", "left", "right")) if single else ""
    horizon = lot.uniform(*HORIZONS)
    items = laid_out(lot, groups, ground, horizon, size, side, loose)
    if style is None:
        style = lot.choice(STYLES) if lot.random() < 0.2 and groups else ""
    told = not groups or lot.random() >= _UNTOLD
    return Scene(groups, ground, time, style, size, side, horizon, items, told)


def _ground(lot: Random, simple: bool) -> str:
    plain = lot.choice(tuple(COLOURS))
    if simple:
        return lot.choice([plain] * 7 + ["sky"] * 3 + list(SETTINGS[1:]))
    return lot.choice([plain] * 9 + ["sky"] * 4 + ["sea"] * 3 + ["hills"] * 3 + ["desert"] * 2 + ["mountains"] * 3)


def _groups(lot: Random, ground: str, simple: bool, unseen: set[str]) -> tuple[Group, ...]:
    """Nothing has an `unseen` colour: it could not be told from what lies behind."""
    if ground not in (*COLOURS, "sky") and lot.random() < 0.12:
        return ()
    fitting = _fitting(ground)
    if not simple and lot.random() < 0.22:
        return (_group(lot, 1, fitting, unseen), _group(lot, 1, fitting, unseen))
    count = lot.choice((1, 1, 1, 1, 1, 2)) if simple else lot.choice((1, 1, 1, 1, 2, 2, 3, 3, 4))
    return (_group(lot, count, fitting, unseen),)


def _fitting(ground: str) -> tuple[str, ...]:
    """What is likely there: a boat on the sea, a house on land, shapes and what flies everywhere."""
    flying = tuple(thing for thing in FLYING if ground not in COLOURS or thing != "cloud")
    if ground == "sky":
        return (*SHAPES, *flying)
    if ground == "sea":
        return (*SHAPES, *flying, *SWIMMING * 3)
    if ground in COLOURS:
        return (*SHAPES, *flying, *STANDING, *SWIMMING)
    return (*SHAPES, *flying, *STANDING * 2)


def _group(lot: Random, count: int, fitting: tuple[str, ...], unseen: set[str]) -> Group:
    thing = lot.choice(fitting)
    usual = tuple(colour for colour in USUAL.get(thing, ()) if colour not in unseen)
    if usual and lot.random() < (0.5 if thing in ("tree", "sun", "cloud") else 0.16):
        return Group(count, thing, lot.choice(usual), named=False)
    return Group(count, thing, lot.choice([colour for colour in COLOURS if colour not in unseen]))


def laid_out(
    lot: Random, groups: tuple[Group, ...], ground: str, horizon: float, size: str, side: str, loose: float
) -> tuple[Item, ...]:
    """The things of a scene at places by lot that suit them; the ground, the size and the side leave only some."""
    wanted = [(group.thing, group.colour) for group in groups for _ in range(group.count)]
    if not wanted:
        return ()
    land = ground not in (*COLOURS, "sky")
    spread = loose * (lot.uniform(-0.14, 0.12) if size or len(wanted) > 1 else lot.uniform(-0.24, 0.24))
    half = _HALF_SIZE[len(wanted)] * (1 + spread) * _STRETCH[size] * (0.82 if land else 1.0)
    places = _row(lot, len(wanted), half) if land and len(wanted) > 1 else _places(lot, len(wanted), side, half, loose)
    return tuple(
        Item(thing, colour, x, _height(lot, thing, y, half, ground, horizon), half)
        for (thing, colour), (x, y) in zip(wanted, places, strict=True)
    )


def _places(lot: Random, count: int, side: str, half: float, loose: float) -> list[tuple[float, float]]:
    """Centres: alone, in a row, in a stair, in a triangle, in a square."""
    if count == 1:
        across = {"": 0.5, "left": 0.25, "right": 0.75}[side] + loose * lot.uniform(-0.24, 0.24) * (0.25 if side else 1)
        return [(_inside(across, half), 0.5 + loose * lot.uniform(-0.2, 0.2))]
    layout = lot.choice({2: ("row", "row", "stair"), 3: ("row", "row", "stair", "triangle"), MOST: ("square",)}[count])
    ends = {
        "row": [((i + 0.5) / count, 0.5) for i in range(count)],
        "stair": [((i + 0.5) / count, 0.5 + (i - (count - 1) / 2) * 0.3 / (count - 1)) for i in range(count)],
        "triangle": [(0.5, 0.3), (0.26, 0.68), (0.74, 0.68)],
        "square": [(0.28, 0.29), (0.72, 0.29), (0.28, 0.71), (0.72, 0.71)],
    }[layout]
    turn, aside, down = lot.choice((1, -1)), lot.uniform(-0.06, 0.06), lot.uniform(-0.12, 0.12)
    return [
        (_inside(x + aside + lot.uniform(-0.02, 0.02), half), 0.5 + down + turn * (y - 0.5) + lot.uniform(-0.03, 0.03))
        for x, y in ends
    ]


def _row(lot: Random, count: int, half: float) -> list[tuple[float, float]]:
    """Side by side: where things stand on the ground, they would hide each other in any other order."""
    return [
        (_inside((i + 0.5) / count + lot.uniform(-0.02, 0.02), half), 0.5 + lot.uniform(-0.05, 0.05))
        for i in range(count)
    ]


def _inside(across: float, half: float) -> float:
    return min(max(across, half * 1.15), 1 - half * 1.15)


def _height(lot: Random, thing: str, y: float, half: float, ground: str, horizon: float) -> float:
    """On land, what stands is on the ground and everything else in the air above it."""
    if ground in (*COLOURS, "sky"):
        return min(max(y, half * 1.2), 1 - half * 1.2)
    if thing in STANDING or thing == "boat":
        return min(0.95, horizon + lot.uniform(0.1, 0.22)) - half
    if thing == "fish" and ground == "sea":
        return min(0.98 - half * 0.7, horizon + half * 0.9 + lot.uniform(0.0, 0.06))
    air = horizon - half * 1.1
    return min(max(half * 1.2, air * 0.55 + (y - 0.5) * 0.5), max(air, half * 1.2))
