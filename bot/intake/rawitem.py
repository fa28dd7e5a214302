"""An item as it stands in a file, before anybody looked at what its fields hold: what every format is read into."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from bot.errors import BatchFault
from bot.intake.nearest import nearest

DEFAULTS = 0
"""The number of what stands for every item that does not say otherwise; items are numbered from 1."""
MOST_PARTS = 1000
"""So many fields, or values within them, no item has that means well."""
_NEAREST = 3  # names that are offered instead of a wrong one
_LOOKED_AT = 100  # characters of a name
OF_A_FILE = ("defaults", "items", "$schema")
"""The names in an object that is a whole file; the last of them is for editors."""


@dataclass(frozen=True, slots=True)
class RawItem:
    """Its fields, the lines (from 1) on which it and each of them begin, and what was wrong with it as such."""

    number: int
    line: int
    fields: dict[str, object] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[BatchFault] = field(default_factory=list)

    def take(self, name: str, value: object, line: int) -> None:
        """The field's value; a second one of the same name is a fault. Raises BatchFault for an item without end."""
        if len(self.fields) + len(self.faults) >= MOST_PARTS:
            raise BatchFault(line=line, item=self.number or None, fault="item-too-large", most=MOST_PARTS)
        if name in self.fields:
            self.faults.append(BatchFault(line=line, item=self.number or None, field=name, fault="field-twice"))
        else:
            self.fields[name], self.lines[name] = value, line


@lru_cache(maxsize=256)  # the same wrong name may stand in ten thousand items
def _near(name: str, known: tuple[str, ...]) -> str:
    return ", ".join(nearest(name, known, _NEAREST))


def unknown(name: str, known: Sequence[str]) -> dict[str, str]:
    """The facts of a fault about a name that is none of those which are known."""
    return {"field": name, "near": _near(name[:_LOOKED_AT], tuple(known)), "known": ", ".join(known)}


class Reader(Protocol):
    """A format: the items of the text one after another, read no further than they are taken, in at most `depth`
    levels of lists and objects. Raises BatchFault where nothing behind it can be read any more."""

    def __call__(self, text: str, depth: int) -> Iterator[RawItem]: ...
