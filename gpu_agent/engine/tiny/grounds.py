"""What lies behind the things: plain paper, or sky and land at an hour of the day."""

from collections.abc import Callable
from math import pi, sin
from random import Random

from gpu_agent.engine.tiny.parts import Part, Polygon, Rgb, box, ellipse
from gpu_agent.engine.tiny.scene import Scene
from gpu_agent.engine.tiny.vocabulary import COLOURS

_WHOLE = box(0, 0, 1, 1)
_SKIES: dict[str, tuple[tuple[Rgb, Rgb, Rgb], ...]] = {
    "day": (
        ((88, 162, 234), (146, 203, 244), (208, 233, 250)),
        ((34, 110, 214), (84, 160, 238), (150, 206, 246)),
        ((150, 196, 226), (192, 220, 236), (232, 240, 242)),
    ),
    "sunset": (
        ((92, 70, 140), (238, 122, 102), (255, 206, 124)),
        ((196, 92, 96), (248, 156, 84), (255, 224, 140)),
        ((70, 50, 122), (180, 84, 138), (250, 164, 150)),
    ),
    "night": (
        ((14, 18, 52), (26, 34, 80), (46, 56, 116)),
        ((6, 8, 26), (12, 16, 44), (24, 30, 66)),
        ((26, 24, 78), (46, 44, 112), (76, 74, 148)),
    ),
}
"""Weathers: a sky is one of these, or something between two of them."""
_LIGHT: dict[str, Rgb] = {"day": (1.0, 1.0, 1.0), "sunset": (0.9, 0.7, 0.68), "night": (0.34, 0.4, 0.58)}
_SHADES = 16.0  # of 255: more would make a red ground pink
_SNOW: Rgb = (248, 250, 255)


def draw(scene: Scene, lot: Random) -> tuple[Part, ...]:
    """The ground's parts, first what lies behind."""
    if scene.ground in COLOURS:
        return _paper(COLOURS[scene.ground], lot)
    end = 1.0 if scene.ground == "sky" else scene.horizon
    return (*_sky(scene.time, end, lot), *_LAND[scene.ground](scene.horizon, _LIGHT[scene.time], lot))


def _paper(colour: Rgb, lot: Random) -> tuple[Part, ...]:
    """Lighter or darker as a whole, and from the top to the bottom."""
    light, change = lot.uniform(-_SHADES, _SHADES), lot.uniform(-_SHADES, _SHADES)
    return (Part((_WHOLE,), _shaded(colour, light + change), _shaded(colour, light - change), line=False),)


def _shaded(colour: Rgb, light: float) -> Rgb:
    red, green, blue = (min(255.0, max(0.0, value + light)) for value in colour)
    return (red, green, blue)


def _between(one: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return (red, green, blue)


def _lit(colour: Rgb, light: Rgb) -> Rgb:
    return (colour[0] * light[0], colour[1] * light[1], colour[2] * light[2])


def _sky(time: str, end: float, lot: Random) -> tuple[Part, ...]:
    one, other = lot.choice(_SKIES[time]), lot.choice(_SKIES[time])
    share = lot.random()
    high, middle, low = (_between(a, b, share) for a, b in zip(one, other, strict=True))
    bend = end * lot.uniform(0.42, 0.6)
    sky = (
        Part((box(0, 0, 1, bend + 0.002),), high, middle, line=False),
        Part((box(0, bend, 1, 1),), middle, low, line=False),
    )
    if time == "night":
        stars = tuple(
            ellipse(lot.random(), lot.random() * end, lot.uniform(0.003, 0.007), points=12)
            for _ in range(lot.randint(24, 38))
        )
        return (*sky, Part(stars, (255, 250, 226), line=False))
    if time == "sunset":
        return (
            *sky,
            Part((ellipse(lot.uniform(0.15, 0.85), end - lot.uniform(0.0, 0.05), 0.09),), (255, 238, 172), line=False),
        )
    return (*sky, Part(_clouds(lot), (255, 255, 255), line=False, alpha=0.88))


def _clouds(lot: Random) -> tuple[Polygon, ...]:
    puffs: list[Polygon] = []
    for _ in range(lot.randint(0, 4)):
        x, y, r = lot.random(), lot.uniform(0.06, 0.3), lot.uniform(0.026, 0.07)
        puffs += [
            ellipse(x, y, r),
            ellipse(x + r * 1.1, y + r * 0.3, r * 0.72),
            ellipse(x - r * 1.1, y + r * 0.3, r * 0.72),
        ]
        puffs.append(box(x - r * 1.2, y + r * 0.3, x + r * 1.2, y + r * 1.02))
    return tuple(puffs)


def _nothing(_horizon: float, _light: Rgb, _lot: Random) -> tuple[Part, ...]:
    return ()


def _sea(horizon: float, light: Rgb, lot: Random) -> tuple[Part, ...]:
    waves = []
    for _ in range(lot.randint(10, 16)):
        x, y, half = lot.random(), lot.uniform(horizon + 0.03, 0.98), lot.uniform(0.03, 0.08)
        waves.append(ellipse(x, y, half, 0.004 + 0.004 * (y - horizon), points=20))
    return (
        Part((box(0, horizon, 1, 1),), _lit((72, 152, 216), light), _lit((24, 78, 160), light)),
        Part(tuple(waves), _lit((212, 234, 250), light), line=False, alpha=0.6),
    )


def _waved(colours: tuple[Rgb, ...], high: float, slow: float, fast: float) -> Callable[..., tuple[Part, ...]]:
    """Ranges of round hills, one before the other."""

    def land(horizon: float, light: Rgb, lot: Random) -> tuple[Part, ...]:
        parts = []
        for i, colour in enumerate(colours):
            phase, often, up = lot.uniform(0, 2 * pi), lot.uniform(slow, fast), lot.uniform(0.6, 1.2) * high
            top = horizon + 0.012 + i * (1 - horizon) * 0.3
            ridge = tuple((x / 32, top + up * sin(phase + often * 2 * pi * x / 32)) for x in range(33))
            parts.append(Part((((0.0, 1.0), *ridge, (1.0, 1.0)),), _lit(colour, light), _lit(dim(colour), light)))
        return tuple(parts)

    return land


def dim(colour: Rgb) -> Rgb:
    """A shade darker."""
    return (colour[0] * 0.86, colour[1] * 0.86, colour[2] * 0.86)


def _mountains(horizon: float, light: Rgb, lot: Random) -> tuple[Part, ...]:
    """Peaks with snow, told from the sky at every hour, and a meadow before them."""
    count, parts = lot.randint(3, 4), []
    foot = horizon + 0.1
    stone = (light[0] * 1.15, light[1] * 1.15, light[2] * 1.1)
    for i in lot.sample(range(count), count):
        x, high = (i + 0.5) / count + lot.uniform(-0.07, 0.07), lot.uniform(0.2, 0.34)
        wide = high * lot.uniform(0.72, 0.95)
        colour = (116, 126, 156) if i % 2 else (98, 108, 142)
        parts.append(
            Part(
                (((x - wide, foot), (x, foot - high), (x + wide, foot)),), _lit(colour, stone), _lit(dim(colour), stone)
            )
        )
        parts.append(Part((_snow(x, foot - high, wide, high),), _lit(_SNOW, _glow(light))))
    parts.append(Part((box(0, foot - 0.005, 1, 1),), _lit((92, 156, 96), light), _lit((70, 128, 80), light)))
    return tuple(parts)


def _snow(x: float, top: float, wide: float, high: float) -> Polygon:
    cap = 0.34
    return (
        (x, top),
        (x + wide * cap, top + high * cap),
        (x + wide * cap * 0.35, top + high * cap * 0.76),
        (x, top + high * cap * 1.16),
        (x - wide * cap * 0.4, top + high * cap * 0.74),
        (x - wide * cap, top + high * cap),
    )


def _glow(light: Rgb) -> Rgb:
    """Snow takes less of the dark than stone does."""
    return (light[0] * 0.5 + 0.5, light[1] * 0.5 + 0.5, light[2] * 0.5 + 0.5)


_LAND: dict[str, Callable[[float, Rgb, Random], tuple[Part, ...]]] = {
    "sky": _nothing,
    "sea": _sea,
    "hills": _waved(((124, 192, 112), (84, 168, 88), (54, 138, 72)), 0.035, 0.9, 2.0),
    "desert": _waved(((241, 207, 142), (229, 184, 112), (211, 157, 87)), 0.03, 0.6, 1.3),
    "mountains": _mountains,
}
