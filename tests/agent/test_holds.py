"""Why an order waits although its card has nothing else to do: decided from what was seen."""

from collections.abc import Sequence

import pytest

from gpu_agent import holds
from gpu_agent.holds import Hold, Occupant, Occupation

GAME = "game.exe"


def one(name: str = GAME, held: int | None = None, share: float = 0.0, pid: int = 7) -> Occupant:
    return Occupant(pid, name, held, share)


def looks(*seen: Sequence[Occupant]) -> list[bool]:
    """Whether the card is in use after each look."""
    occupation = Occupation()
    return [occupation.look(others) is not None for others in seen]


def test_much_memory_is_use_at_once_and_ends_with_the_process() -> None:
    """A game that loads holds memory long before it draws."""
    holds_much, less = one(held=3_210_000_000), one(held=1_000_000_000)
    assert looks([less], [holds_much], []) == [False, True, False]
    assert Occupation().look([holds_much]) == Hold("card-in-use", {"program": GAME, "bytes": 3_200_000_000})


def test_work_is_use_when_it_lasts() -> None:
    """One busy look may be a window that opens; two are a game."""
    busy, calm = one(share=0.9), one(share=0.0)
    assert looks([busy], [calm], [calm], [calm], [busy], [busy]) == [False] * 5 + [True]


def test_a_games_menu_is_no_end_of_the_game() -> None:
    """It takes a while of calm, or the end of the process."""
    busy, calm = one(share=0.5), one(share=0.01)
    assert looks([busy], [busy], [calm], [calm], [calm], [calm], [calm], [calm]) == [False] + [True] * 6 + [False]
    assert looks([busy], [busy], []) == [False, True, False]


def test_two_programs_are_told_apart() -> None:
    """Two that are busy in turn are not one that lasts; and the one that holds most is named."""
    assert looks([one(share=1, pid=1)], [one(share=1, pid=2)]) == [False, False]
    named = Occupation().look([one("small", 2_000_000_000, pid=1), one("large", 9_000_000_000, pid=2)])
    assert named == Hold("card-in-use", {"program": "large", "bytes": 9_000_000_000})


@pytest.mark.parametrize("desktop", ["Xorg", "dwm.exe", "gnome-shell", "kwin_wayland", "explorer.exe"])
def test_the_desktop_itself_is_nobody(desktop: str) -> None:
    """A card with a screen is not in use for that."""
    assert looks(*[[one(desktop, 4_000_000_000, 0.8)]] * 3) == [False] * 3


def test_unknown_bytes_are_told_as_unknown() -> None:
    """Windows does not say what a process holds; what it does shows."""
    occupation = Occupation()
    assert occupation.look([one(share=0.9)]) is None
    assert occupation.look([one(share=0.9)]) == Hold("card-in-use", {"program": GAME, "bytes": None})


@pytest.mark.parametrize(("level", "hold"), [(1, None), (2, False), (4, True)])
def test_memory_pressure_is_the_systems_own_judgement(level: int, hold: bool | None) -> None:
    """Normal, warning, critical."""
    assert holds.pressure(level) == (None if hold is None else Hold("memory-pressure", {"critical": hold}))


def test_a_machine_cools_for_so_long_after_a_render_and_not_before_the_first() -> None:
    """Told with the whole time, so that it is told once."""
    cooled = [holds.cooling(ended, 100.0, 15.0) for ended in (None, 85.0, 85.1, 100.0)]
    rests = Hold("cooling", {"seconds": 15})
    assert cooled == [None, None, rests, rests]
    assert holds.cooling(100.0, 100.0, 0.0) is None
