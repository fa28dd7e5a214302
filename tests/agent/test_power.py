"""A tower sleeps when a person asks for it, and only if nobody needs it."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gpu_agent.power import CannotSuspend, Sleeper, suspend
from gpu_agent.value import Message
from gpu_agent.wire import Refused, Resting
from tests.agent.house import House
from tests.agent.until import until


class Night:
    """A sleeper whose sleep is counted, and what it announces."""

    def __init__(self, house: House, sleep: Callable[[], None] | None = None, delay: float = 0.0) -> None:
        self.slept: list[bool] = []
        self.announced: list[Message] = []
        self.sleeper = Sleeper(house.desk, self.announced.append, sleep or self._sleep, delay)

    def _sleep(self) -> None:
        self.slept.append(True)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_rest_is_announced_to_every_line_and_then_the_workers_end_and_the_tower_sleeps(house: House) -> None:
    """What lies in a card's memory may not survive it."""
    night = Night(house)
    night.sleeper.rest(house.bot)
    until(lambda: night.slept == [True])
    assert night.announced == [Resting(seconds=0.0)]
    assert (house.runner.stops, house.bot.since()) == (1, [])


def test_a_tower_with_work_does_not_sleep(house: House) -> None:
    """And says how much it has."""
    night = Night(house)
    house.submit("a")
    house.submit("b")
    night.sleeper.rest(house.bot)
    assert house.bot.since() == [Refused(job="", kind="has-work", facts={"jobs": 2})]
    assert night.announced == []


def test_a_tower_that_was_asked_to_stay_does_not_sleep_until_it_is_let_go(house: House) -> None:
    """Stay with 0 seconds lets it go."""
    night = Night(house)
    night.sleeper.stay(600)
    night.sleeper.rest(house.bot)
    assert house.bot.since() == [Refused(job="", kind="must-stay", facts={"seconds": 600})]
    night.sleeper.stay(0)
    night.sleeper.rest(house.bot)
    until(lambda: night.slept == [True])


@pytest.mark.parametrize("ended", [False, True], ids=["renders", "has-ended"])
def test_an_order_in_the_last_seconds_keeps_it_awake(house: House, ended: bool) -> None:
    """Even one that has ended before the moment comes: its asker is about to fetch the picture."""
    looked: list[bool] = []
    night = Night(house, delay=0.01)

    def told(message: Message) -> None:
        house.submit("late")
        if ended:
            house.finish("late")

    sleeper = Sleeper(house.desk, told, lambda: looked.append(True), 0.01)
    sleeper.rest(house.bot)
    night.sleeper.stop()
    timer = sleeper._timer
    assert timer is not None
    timer.join(60)
    assert (looked, house.runner.stops) == ([], 0)


def test_stay_holds_off_a_rest_that_was_announced(house: House) -> None:
    """Asked for in the same seconds, staying wins."""
    slept: list[bool] = []
    sleeper = Sleeper(house.desk, lambda message: None, lambda: slept.append(True), 0.01)
    sleeper.rest(house.bot)
    sleeper.stay(600)
    timer = sleeper._timer
    assert timer is not None
    timer.join(60)
    assert slept == []


def test_a_system_that_refuses_to_sleep_is_told_to_every_line(house: House) -> None:
    """Nobody waits for a tower to fall asleep that cannot."""

    def refuse() -> None:
        raise CannotSuspend("Access denied")

    night = Night(house, refuse)
    night.sleeper.rest(house.bot)
    refusal = Refused(job="", kind="cannot-sleep", facts={"fault": "Access denied"})
    until(lambda: night.announced == [Resting(seconds=0.0), refusal])


def test_the_owners_command_is_run_without_a_shell(tmp_path: Path) -> None:
    """Its words arrive as they are."""
    target = tmp_path / "slept; echo $HOME"
    suspend([sys.executable, "-c", "import sys; open(sys.argv[1], 'w')", str(target)])
    assert target.exists()


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ([sys.executable, "-c", "raise SystemExit('no power')"], "no power"),
        ([sys.executable, "-c", "raise SystemExit(3)"], "exit status 3"),
        (["there-is-no-such-command"], "there-is-no-such-command: No such file or directory"),
    ],
)
def test_a_command_that_fails_says_why(command: list[str], fault: str) -> None:
    """In its own words where it has any."""
    with pytest.raises(CannotSuspend, match=fault):
        suspend(command)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sleeps by a call, not by a command")
def test_the_systems_own_command_is_used_without_one_of_the_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """systemctl on Linux, pmset on macOS."""
    name, argument = ("pmset", "sleepnow") if sys.platform == "darwin" else ("systemctl", "suspend")
    program = tmp_path / name
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    suspend()
    assert (tmp_path / "asked").read_text() == f"{argument}\n"
