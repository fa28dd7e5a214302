"""Clusters: items of a file that must look alike. What one member says of the looks holds for all of them. Pure.

Their seeds follow one plan, which begins at the first seed that a member names, or the defaults, else at one made of
the cluster's name: the same set sent again, or with a member more, is drawn with the same seeds.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from bot.errors import BatchFault
from bot.intake.fields import Defaults
from bot.intake.item import at, parse, stem
from bot.intake.rawitem import DEFAULTS, RawItem

SHARED = ("model", "style", "reference", "loras", "steps", "guidance", "seed_plan")
"""The fields in which the members of a cluster agree."""
_SEEDS = 2**32


class Said(NamedTuple):
    """What a member says of a field: its value as it stands and as it is meant, its line, and the item's number."""

    value: object
    meant: object
    line: int
    item: int


@dataclass(slots=True)
class Cluster:
    """What its members say for all of them, and how far its seeds have come."""

    name: str
    said: dict[str, Said] = field(default_factory=dict)
    first: int | None = None
    _taken: int = 0

    def filled(self, raw: RawItem) -> RawItem:
        """The member with what another one says where it says nothing itself."""
        further = {name: one for name, one in self.said.items() if raw.fields.get(name) is None}
        fields = {**raw.fields, **{name: one.value for name, one in further.items()}}
        return replace(raw, fields=fields, lines={**raw.lines, **{name: one.line for name, one in further.items()}})

    def placed(self, raw: RawItem, fault: BatchFault) -> BatchFault:
        """A fault of what another member says for this one, under that one's number."""
        field = stem(str(fault.facts.get("field")))
        if field not in self.said or raw.fields.get(field) is not None:
            return fault
        return BatchFault(**{**fault.facts, "item": self.said[field].item})

    def differing(self, raw: RawItem) -> Iterator[BatchFault]:
        """Each field of this member that an earlier one has otherwise."""
        for name, meant in _meant(raw).items():
            first = self.said[name]
            if first.item != raw.number and first.meant != meant:
                yield at(raw, name, "cluster-differs", first=first.item, cluster=self.name)

    def seed(self, raw: RawItem, item: Defaults) -> int:
        """The first seed of this member, whose turn it is in the order of the file; the defaults' one is no own one."""
        if item.seed is not None and raw.fields.get("seed") is not None:
            return item.seed
        start = next(one for one in (self.first, item.seed, _of_name(self.name)) if one is not None)
        if item.seed_plan != "next":
            return start
        begun, self._taken = self._taken, self._taken + (item.count or 1)
        return (start + begun) % _SEEDS


def gathered(raws: Iterable[RawItem], defaults: Mapping[str, object]) -> dict[str, Cluster]:
    """The clusters of a file by name, with what their members say wherever in the file they stand."""
    found: dict[str, Cluster] = {}
    for raw in raws:
        name = named(raw, defaults)
        if raw.number == DEFAULTS or name is None:
            continue
        cluster = found.setdefault(name, Cluster(name))
        for one, meant in _meant(raw).items():
            cluster.said.setdefault(one, Said(raw.fields[one], meant, raw.lines.get(one, raw.line), raw.number))
        if cluster.first is None:
            cluster.first = _sound(raw, ("seed",)).seed
    return found


def named(raw: RawItem, defaults: Mapping[str, object]) -> str | None:
    """The cluster that the item belongs to, if what stands there can be a name."""
    name = raw.fields.get("cluster")
    name = defaults.get("cluster") if name is None else name
    return None if name is None else _sound(replace(raw, fields={"cluster": name}), ("cluster",)).cluster


def _meant(raw: RawItem) -> dict[str, object]:
    """What the member itself says of what is shared, as far as it is sound: `ink` and `ink:1` mean the same."""
    sound = _sound(raw, SHARED)
    found = {name: getattr(sound, name) for name in SHARED}
    return {name: _plain(value) for name, value in found.items() if value is not None}


def _plain(value: object) -> object:
    return value.strip().casefold() if isinstance(value, str) else value


def _sound(raw: RawItem, names: Iterable[str]) -> Defaults:
    """These fields alone, without those that are wrong, which are told elsewhere."""
    fields = {name: raw.fields[name] for name in names if name in raw.fields}
    return parse(RawItem(DEFAULTS, raw.line, fields))[0]


def _of_name(name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"cluster {name}".encode()).digest()[:4])
