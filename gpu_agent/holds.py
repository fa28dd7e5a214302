"""Why an accepted order waits although its card has nothing else to do: decided from what was seen, without looking.

A hold ends by itself, so nobody is asked for anything but what its sentence says.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gpu_agent.value import Facts

MUCH_MEMORY = 1_500_000_000
MUCH_WORK = 0.25
SECONDS_TO_COOL = 15.0
# A score of a process rises with each look that finds it working, and falls with each that does not: a game's menu
# is no end of the game, and one busy moment of a browser is no game.
_RISE, _BEGINS, _HIGHEST = 3, 4, 6
_STEP = 100_000_000  # facts do not change with every megabyte
# Programs that draw the desktop itself hold memory on every card with a screen.
_DESKTOP = frozenset({
    "dwm.exe", "explorer.exe", "searchhost.exe", "shellexperiencehost.exe", "startmenuexperiencehost.exe",
    "textinputhost.exe", "xorg", "xwayland", "gnome-shell", "kwin_wayland", "kwin_x11", "plasmashell", "sway",
    "hyprland", "cinnamon", "mutter", "gnome-remote-desktop-daemon",
})  # fmt: skip


@dataclass(frozen=True)
class Hold:
    """A kind and the facts its sentence needs."""

    kind: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class Occupant:
    """A process of somebody else's on a card: the bytes it holds there, None where the system does not tell, and its
    share (0..1) of the card's time."""

    pid: int
    name: str
    bytes: int | None
    share: float


class Occupation:
    """Is somebody else working on this card? Remembers from look to look."""

    def __init__(self) -> None:
        self._scores: dict[int, int] = {}
        self._working: set[int] = set()

    def look(self, others: Iterable[Occupant]) -> Hold | None:
        """`card-in-use` by the program that holds or does most, or None."""
        others = [one for one in others if one.name.lower() not in _DESKTOP]
        self._scores = {one.pid: self._score(one) for one in others}
        self._working = {pid for pid, score in self._scores.items() if score >= _BEGINS or self._goes_on(pid)}
        there = [one for one in others if (one.bytes or 0) >= MUCH_MEMORY or one.pid in self._working]
        if not there:
            return None
        most = max(there, key=lambda one: (one.bytes or 0, one.share, one.pid))
        held = None if most.bytes is None else round(most.bytes / _STEP) * _STEP
        return Hold("card-in-use", {"program": most.name, "bytes": held})

    def _score(self, one: Occupant) -> int:
        before = self._scores.get(one.pid, 0)
        return min(_HIGHEST, before + _RISE) if one.share >= MUCH_WORK else max(0, before - 1)

    def _goes_on(self, pid: int) -> bool:
        return pid in self._working and self._scores[pid] > 0


def unmounted(drive: str) -> Hold:
    """The weights are on a drive that is not there; `drive` is the last name of the guard's path."""
    return Hold("weights-not-mounted", {"path": drive})


def pressure(level: int) -> Hold | None:
    """By macOS's own count: 1 is normal, 2 a warning, 4 critical."""
    return None if level < 2 else Hold("memory-pressure", {"critical": level >= 4})


def cooling(ended_at: float | None, now: float, seconds: float) -> Hold | None:
    """A machine without a large fan rests between two pictures; times of one clock that never jumps."""
    if ended_at is None or now - ended_at >= seconds:
        return None
    return Hold("cooling", {"seconds": round(seconds)})
