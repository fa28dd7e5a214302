"""Which towers may take a job, and whether a tower is worth waking for the jobs that wait. Pure.

A job is offered along a line of towers: first those that are connected, because nobody has to be woken for them, then
the others in the order of the settings. A tower is wanted when more waiting jobs come down to it than those before it
have room for. A tower in trouble is tried, but takes nothing from those behind it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

AHEAD = 2
"""Jobs for each card: one renders and one waits on the tower, so that the card never waits for the line."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A tower as rows and board show it. `models` lie on its shelf; None when that was never seen.

    `ailing`: it has not been ready since it was last in trouble.
    """

    name: str
    models: frozenset[str] | None = None
    cards: int = 0
    connected: bool = False
    ailing: bool = False


def places(cards: int) -> int:
    """How many jobs a tower holds at once; one whose cards are unknown counts as having one."""
    return AHEAD * max(1, cards)


def takers(model: str, towers: Sequence[Standing]) -> list[Standing]:
    """Those that may take a job of this model, in the order in which it is offered to them.

    A shelf that was never seen may hold it. A model that nobody has goes to one tower as well, whose agent refuses it
    in words: the job ends, and does not wait for ever.
    """
    line = sorted(towers, key=lambda tower: not tower.connected)
    able = [tower for tower in line if tower.models is None or model in tower.models]
    if any(tower.models is not None or not tower.ailing for tower in able):
        return able
    refuser = min(line, key=lambda tower: tower.ailing)
    return [tower for tower in line if tower in able or tower is refuser]


def may_take(name: str, model: str, towers: Sequence[Standing]) -> bool:
    return any(tower.name == name for tower in takers(model, towers))


def wanted(name: str, waiting: Mapping[str, int], held: Mapping[str, int], towers: Sequence[Standing]) -> bool:
    """`waiting` counts the queued jobs of each model, `held` those that each tower has already.

    Only jobs that this tower may take fill up the others here: it must not be woken for what it cannot render.
    """
    room = {tower.name: places(tower.cards) - held.get(tower.name, 0) for tower in towers}
    lines = {model: _before(name, takers(model, towers)) for model in waiting if may_take(name, model, towers)}
    for model in sorted(lines, key=lambda model: len(lines[model])):  # who has less choice is served first
        left = waiting[model]
        for earlier in lines[model]:
            taken = max(0, min(left, room[earlier]))
            room[earlier] -= taken
            left -= taken
        if left > 0:
            return True
    return False


def _before(name: str, line: Sequence[Standing]) -> list[str]:
    """The healthy ones that are asked before this tower."""
    names = [tower.name for tower in line]
    return [tower.name for tower in line[: names.index(name)] if not tower.ailing]
