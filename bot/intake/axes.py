"""The axes of a grid: `guidance: 1, 2, 4` → values, and two of them → cells. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import isfinite, prod
from typing import Literal

from bot.errors import Unclear

Kind = Literal["seed", "model", "guidance", "steps", "style"]
Value = int | float | str | None

KINDS: tuple[Kind, ...] = ("seed", "model", "guidance", "steps", "style")
PLAIN_STYLES = frozenset(("none", "plain", "no style"))
_AXIS = re.compile(r"\s*(seed|model|guidance|step|style)s?\s*[:=]\s*(.*)", re.IGNORECASE | re.DOTALL)
_LONGEST = 40  # characters of what is told back
_WANTED: dict[Kind, str] = {
    "seed": "whole numbers from 0 to 4294967295",
    "model": "the models' ids",
    "guidance": "numbers from 0 to 50",
    "steps": "whole numbers from 1 to 200",
    "style": "styles, or none",
}


@dataclass(frozen=True, slots=True)
class Axis:
    """What changes along it, and its values in the order they were written, each once."""

    kind: Kind
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What is asked for in this cell, by the fields' names in `Ask`, and how that is told."""

    changes: dict[str, Value]
    label: str


def parse(text: str) -> Axis:
    """Raises Unclear for an axis nobody knows, a value that cannot be one, and fewer than two values."""
    match = _AXIS.fullmatch(text)
    if match is None:
        raise Unclear("axis-unread", {"axis": text[:_LONGEST], "kinds": ", ".join(KINDS)})
    kind = next(known for known in KINDS if known.startswith(match[1].lower()))
    written = [part.strip() for part in re.split(r"[,;]", match[2]) if part.strip()]
    values = tuple(dict.fromkeys(_value(kind, part) for part in written))
    if len(values) < 2:
        raise Unclear("axis-values", {"kind": kind})
    return Axis(kind, values)


def cells(axes: Sequence[Axis], most: int) -> list[Cell]:
    """Every combination, row by row: the first axis, which runs across, changes fastest.

    Raises Unclear for two axes of a kind and for too many cells.
    """
    if len({axis.kind for axis in axes}) < len(axes):
        raise Unclear("axis-twice", {"kind": axes[0].kind})
    if (count := prod(len(axis.values) for axis in axes)) > most:
        raise Unclear("grid-many", {"count": count, "most": most})
    down_first = product(*([(axis.kind, value) for value in axis.values] for axis in reversed(axes)))
    return [_cell(pairs[::-1]) for pairs in down_first]


def _cell(pairs: Sequence[tuple[Kind, Value]]) -> Cell:
    return Cell(dict(pairs), " · ".join(_told(kind, value) for kind, value in pairs))


def _told(kind: Kind, value: Value) -> str:
    if value is None:
        return "no style"
    return f"{kind} {value:g}" if isinstance(value, float) else f"{kind} {value}"


def _value(kind: Kind, text: str) -> Value:
    value = _READ[kind](text)
    if value is None and kind != "style":
        raise Unclear("axis-value", {"value": text[:_LONGEST], "kind": kind, "wanted": _WANTED[kind]})
    return value


def _whole(least: int, most: int) -> Callable[[str], Value]:
    def read(text: str) -> Value:
        plain = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
        return int(text) if plain and least <= int(text) <= most else None

    return read


def _share(text: str) -> Value:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) and 0 <= number <= 50 else None


def _style(text: str) -> Value:
    return None if text.lower() in PLAIN_STYLES else text.lower()


_READ: dict[Kind, Callable[[str], Value]] = {
    "seed": _whole(0, 2**32 - 1),
    "model": str,
    "guidance": _share,
    "steps": _whole(1, 200),
    "style": _style,
}
