"""The same parts in another hand: how a style fills, outlines and colours. Each takes the ground's parts and the
things' parts and gives pixels, 0..255."""

from collections.abc import Callable, Sequence
from random import Random

import numpy as np

from gpu_agent.engine.tiny.paint import SIDE, Array, blurred, canvas, fill, mask, stroke
from gpu_agent.engine.tiny.parts import Part, Polygon

Parts = Sequence[Part]
_BLUE = (28, 62, 128)
_INK = (44, 42, 52)


def plain(ground: Parts, things: Parts, _lot: Random) -> Array:
    """Soft shading, no outlines."""
    pixels = canvas((255, 255, 255))
    for part in (*ground, *things):
        fill(pixels, part)
    return pixels


def poster(ground: Parts, things: Parts, _lot: Random) -> Array:
    """Few flat inks, thick outlines around the things, a cream border."""
    pixels = canvas((255, 255, 255))
    for part in (*ground, *things):
        fill(pixels, Part(part.outlines, part.paint, None, part.holes, part.line, part.alpha))
    pixels = np.asarray(np.round(pixels / 51) * 51 * 0.94 + 8, np.float32)
    _ink(pixels, [polygon for part in things for polygon in _lines(part)], 3.2, _INK)
    edge = SIDE // 32
    for border in (pixels[:edge], pixels[-edge:], pixels[:, :edge], pixels[:, -edge:]):
        border[:] = (248, 240, 220)
    return pixels


def watercolour(ground: Parts, things: Parts, lot: Random) -> Array:
    """Thin paint that pools at its edges on rough paper, white at the rim."""
    grain = np.random.default_rng(lot.getrandbits(32))
    paper = canvas((252, 249, 242))
    wash = blurred(grain.random((SIDE, SIDE), np.float32), 13)
    wash = (wash - wash.mean()) / (wash.std() + 1e-6)
    pixels = canvas((255, 255, 255))
    for part in ground:
        fill(pixels, part)
    pixels = paper + (blurred(pixels, 3) - paper) * (0.66 + 0.05 * wash)[..., None]
    for part in things:
        spot = blurred(mask(part.outlines, part.holes), 1)
        rim = np.clip(spot - blurred(spot, 5), 0, 1)
        layer = canvas((255, 255, 255))
        fill(layer, part)
        share = np.clip(spot * (0.8 + 0.05 * wash) + rim * 0.5, 0, 1)
        pixels += (layer * (1 - 0.25 * rim[..., None]) - pixels) * (share * (spot > 0.02))[..., None]
    margin = np.minimum(np.arange(SIDE), np.arange(SIDE)[::-1]).astype(np.float32)
    near = np.minimum(margin[:, None], margin[None]) + wash * 4
    keep = np.clip((near - 6) / 5, 0, 1)[..., None]
    return np.asarray(paper + (pixels - paper) * keep, np.float32)


def blueprint(ground: Parts, things: Parts, _lot: Random) -> Array:
    """White lines on blue squared paper."""
    pixels = canvas(_BLUE)
    pixels[:: SIDE // 16] += 16
    pixels[:, :: SIDE // 16] += 16
    for part in (*ground, *things):
        if part.line:
            inside = mask(part.outlines, part.holes)[..., None]
            pixels += (np.asarray((36, 76, 148), np.float32) - pixels) * inside * 0.8
            _ink(pixels, _lines(part), 1.8, (232, 240, 252))
    return pixels


def neon(ground: Parts, things: Parts, _lot: Random) -> Array:
    """Glowing tubes in the dark."""
    pixels = canvas((16, 12, 30))
    for part in (*ground, *things):
        if part.line:
            inside = mask(part.outlines, part.holes)[..., None]
            pixels += (np.asarray((22, 16, 40), np.float32) - pixels) * inside
            _glow(pixels, part, 0.35 if part in ground else 1.0)
    return np.clip(pixels, 0, 255)


def sketch(ground: Parts, things: Parts, lot: Random) -> Array:
    """Pencil on paper: wandering lines twice over, a breath of colour inside."""
    pixels = canvas((250, 248, 243))
    for part in (*ground, *things):
        if not part.line:
            continue
        inside = mask(part.outlines, part.holes)[..., None]
        tint = np.asarray(part.paint, np.float32) * 0.3 + np.asarray((250, 248, 243), np.float32) * 0.7
        pixels += (tint - pixels) * inside
        for _ in range(2):
            wandering = [_wandering(polygon, lot) for polygon in _lines(part)]
            _ink(pixels, wandering, 1.3, (72, 70, 76), 0.8)
    return pixels


def _lines(part: Part) -> list[Polygon]:
    return [*part.outlines, *part.holes]


def _ink(
    pixels: Array, lines: Sequence[Polygon], width: float, colour: tuple[int, int, int], share: float = 1.0
) -> None:
    if lines:
        pixels += (np.asarray(colour, np.float32) - pixels) * (stroke(lines, width) * share)[..., None]


def _glow(pixels: Array, part: Part, strength: float) -> None:
    tube = stroke(_lines(part), 2.6)
    bright = np.asarray(part.paint, np.float32)
    bright = bright * (255 / max(float(bright.max()), 60.0))
    halo = np.clip(blurred(tube, 3) * 0.9 + blurred(tube, 9) * 1.6, 0, 1)
    pixels += bright * (halo * 0.75 * strength)[..., None]
    pixels += (bright * 0.55 + 115 - pixels) * (tube * strength)[..., None]


def _wandering(polygon: Polygon, lot: Random) -> Polygon:
    return tuple((x + lot.gauss(0, 0.0025), y + lot.gauss(0, 0.0025)) for x, y in polygon)


HANDS: dict[str, Callable[[Parts, Parts, Random], Array]] = {
    "": plain,
    "watercolour": watercolour,
    "poster": poster,
    "blueprint": blueprint,
    "neon": neon,
    "sketch": sketch,
}
