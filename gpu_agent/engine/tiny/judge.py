"""Does a picture show what was asked for? By colours, connected areas and silhouettes alone: nothing here is learned.

It judges things on plain grounds and in the night sky, where nothing else stands out, and grounds and times of day
everywhere. Pictures are uint8 (256, 256, 3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gpu_agent.engine.tiny import things
from gpu_agent.engine.tiny.drawing import draw
from gpu_agent.engine.tiny.paint import SIDE, mask
from gpu_agent.engine.tiny.scene import HORIZONS, Group, Item, Scene
from gpu_agent.engine.tiny.vocabulary import COLOURS, SETTINGS, TIMES, USUAL

Picture = npt.NDArray[np.uint8]
JUDGED_SHAPES = ("circle", "square", "triangle", "star", "heart", "ring")
_APART = 20.0  # in CIELAB: a thing is so far from its ground, a colour's shades are not
_LEAST_AREA = SIDE * SIDE // 700
_RIM = 4  # pixels at both sides that no thing reaches
_LINES = 15  # what lies behind a line is seen in so many of them: a star of the night may lie on the rim of one
_SHARE = 0.2
_BANDS = 16
_SILHOUETTE = 40


@dataclass(frozen=True)
class Opinion:
    """What is right about a picture; None where the scene asks nothing, or nothing that can be judged."""

    colour: bool | None
    count: bool | None
    ground: bool | None
    side: bool | None
    shape: bool | None


@dataclass(frozen=True)
class Seen:
    """A connected thing: the colours that cover a fifth of it, the middle between its left and its right end (0..1),
    its silhouette."""

    colours: frozenset[str]
    across: float
    silhouette: npt.NDArray[np.float32]


def judge(picture: Picture, scene: Scene) -> Opinion:
    """The opinion of a picture that should show the scene."""
    ground = seen_ground(picture) == (scene.ground, scene.time) if scene.told else None
    if (
        not scene.groups
        or scene.style
        or not (scene.ground in COLOURS or (scene.ground, scene.time) == ("sky", "night"))
    ):
        return Opinion(None, None, ground, None, None)
    found = seen_things(picture)
    wanted = [group for group in scene.groups for _ in range(group.count)]
    shapes = {group.thing for group in wanted}
    judged = found and len(shapes) == 1 and shapes <= set(JUDGED_SHAPES)
    return Opinion(
        colour=_in_colours(found, [_colours_of(group) for group in scene.groups]),
        count=len(found) == len(wanted),
        ground=ground,
        side=_on_side(found, scene.side) if scene.side else None,
        shape=all(shape(one) in shapes for one in found) if judged else None,
    )


def seen_ground(picture: Picture) -> tuple[str, str]:
    """The ground that looks most like this, as its name and the time of day ("" for plain ones)."""
    bands = _bands(picture)
    names, known = _grounds()
    return names[int(np.abs(known - bands).sum(axis=(1, 2)).argmin())]


def seen_things(picture: Picture) -> list[Seen]:
    """What stands out from the ground behind it, line by line."""
    lab = _lab(picture)
    away = (np.linalg.norm(lab - _behind(lab), axis=2) > _APART).astype(np.uint8)
    whole = cv2.morphologyEx(away, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(whole)
    found = []
    for i in range(1, count):
        if stats[i, cv2.CC_STAT_AREA] >= _LEAST_AREA:
            spot = (labels == i) & (away > 0)
            middle = stats[i, cv2.CC_STAT_LEFT] + stats[i, cv2.CC_STAT_WIDTH] / 2
            found.append(Seen(_colours(lab[spot]), float(middle) / SIDE, _silhouette(spot)))
    return found


def shape(one: Seen) -> str:
    """The thing whose silhouette covers this one best."""
    overlap = {name: max(_overlap(one.silhouette, known) for known in turned) for name, turned in _shapes().items()}
    return max(overlap, key=lambda name: overlap[name])


def _behind(lab: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The colour of the ground behind each line, (256, 1, 3)."""
    rims = np.concatenate([lab[:, :_RIM], lab[:, -_RIM:]], axis=1)
    around = np.pad(rims, ((_LINES // 2, _LINES // 2), (0, 0), (0, 0)), mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(around, _LINES, axis=0)  # (256, 8, 3, lines)
    return np.asarray(np.median(windows, axis=(1, 3))[:, None], np.float32)


def _colours_of(group: Group) -> set[str]:
    """The colours that are right for it: the one that is named, or those that are usual where none is."""
    return {group.colour} if group.named else {group.colour, *USUAL[group.thing]}


def _in_colours(found: Sequence[Seen], wanted: Sequence[set[str]]) -> bool:
    """Everything there has a colour that is right for something, and each of the wanted things has one of its own."""
    seen = {colour for one in found for colour in one.colours}
    return all(one.colours & set().union(*wanted) for one in found) and all(seen & one for one in wanted)


def _on_side(found: Sequence[Seen], side: str) -> bool:
    middle = float(np.mean([one.across for one in found])) if found else 0.5
    return middle < 0.44 if side == "left" else middle > 0.56


def _lab(picture: Picture) -> npt.NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def _colours(pixels: npt.NDArray[np.float32]) -> frozenset[str]:
    """The named colours that many of the pixels are nearest to."""
    names = list(COLOURS)
    known = _lab(np.asarray([list(COLOURS.values())], np.uint8))[0]
    nearest = np.linalg.norm(pixels[:, None] - known[None], axis=2).argmin(axis=1)
    shares = np.bincount(nearest, minlength=len(names)) / len(pixels)
    return frozenset(name for name, share in zip(names, shares, strict=True) if share >= _SHARE)


def _bands(picture: Picture) -> npt.NDArray[np.float32]:
    """(16, 9): quartiles of each band's pixels in CIELAB."""
    rows = _lab(picture).reshape(_BANDS, -1, 3)
    return np.asarray(np.percentile(rows, (20, 50, 80), axis=1).transpose(1, 0, 2).reshape(_BANDS, 9), np.float32)


@cache
def _grounds() -> tuple[list[tuple[str, str]], npt.NDArray[np.float32]]:
    """Many empty grounds of each kind."""
    names: list[tuple[str, str]] = []
    bands: list[Any] = []
    kinds = [(colour, "", 6) for colour in COLOURS] + [(name, time, 32) for name in SETTINGS for time in TIMES]
    lot = Random(77)
    for ground, time, count in kinds:
        for _ in range(count):
            scene = Scene((), ground, time, "", "", "", lot.uniform(*HORIZONS), (), True)
            names.append((ground, time))
            bands.append(_bands(draw(scene, lot)))
    return names, np.stack(bands)


def _silhouette(spot: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """The area without what is as small as a star of the night, scaled into a square, its longer side filling it."""
    opened = cv2.morphologyEx(spot.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)) > 0
    spot = opened if opened.any() else spot
    rows, columns = np.flatnonzero(spot.any(axis=1)), np.flatnonzero(spot.any(axis=0))
    cut = spot[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)
    side = max(cut.shape)
    square = np.zeros((side, side), np.float32)
    top, left = (side - cut.shape[0]) // 2, (side - cut.shape[1]) // 2
    square[top : top + cut.shape[0], left : left + cut.shape[1]] = cut
    return np.asarray(cv2.resize(square, (_SILHOUETTE, _SILHOUETTE), interpolation=cv2.INTER_AREA), np.float32)


def _overlap(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
    return float(np.minimum(one, other).sum() / np.maximum(one, other).sum())


class _Turn(Random):
    """A lot that always turns things by the same angle."""

    def __init__(self, turn: float) -> None:
        super().__init__(0)
        self._turn = turn

    def uniform(self, a: float, b: float) -> float:
        return self._turn


@cache
def _shapes() -> dict[str, list[npt.NDArray[np.float32]]]:
    """Silhouettes of everything that can be confused with the judged shapes, at several angles."""
    known = {}
    for name in (*JUDGED_SHAPES, "diamond", "hexagon", "moon"):
        item = Item(name, "red", 0.5, 0.5, 0.3)
        parts = [things.draw(item, _Turn(turn)) for turn in (-0.12, -0.06, 0.0, 0.06, 0.12)]
        known[name] = [_silhouette(mask(drawn[0].outlines, drawn[0].holes) > 0.5) for drawn in parts]
    return known
