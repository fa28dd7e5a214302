"""One look at the machine, everything at once: what is seen of cards and drive reaches desk, notes and wakefulness."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gpu_agent.config import Card as CardSettings
from gpu_agent.config import Config, Models
from gpu_agent.energy import Meter
from gpu_agent.watch import Card, Watch
from gpu_agent.wire import Progress, Release
from tests.agent.house import House, accepted
from tests.agent.made import submit
from tests.agent.nvidia import Chip, Nvml, chip, process, use


class Owner:
    """Keeps awake by writing it down."""

    def __init__(self) -> None:
        self.wanted: list[bool] = []

    def want(self, wanted: bool) -> None:
        self.wanted.append(wanted)


@pytest.fixture(scope="module")
def game() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        yield child.pid
        assert child.stdin is not None
        child.stdin.close()


def watching(house: House, seen: Chip, patch: pytest.MonkeyPatch, **own: Any) -> tuple[Watch, Owner]:
    """A watch over this desk's one runner and this card."""
    use(patch, Nvml(seen))
    owner, staying, mounted = Owner(), own.pop("staying", False), own.pop("mounted", lambda: None)
    cards = [Card(house.runner, seen.uuid, Meter(seen.uuid))]
    awake: Any = owner
    return Watch(Config(**own), house.desk, cards, lambda: staying, mounted, awake), owner


def test_a_game_holds_orders_up_takes_its_memory_and_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, game: int
) -> None:
    """Our own worker on the card is no game."""
    house, card = House(tmp_path), chip(ComputeRunningProcesses=[process(os.getpid(), 9 * 10**9)])
    watch, _ = watching(house, card, monkeypatch)
    house.submit("a")
    house.finish("a")
    house.bot.since()
    watch.look()
    assert house.runner.since() == [submit("a")]
    card.answers["GraphicsRunningProcesses"] = [process(game, 3 * 10**9)]
    watch.look()
    assert house.runner.since() == [Release()]
    told = house.submit("b")
    assert told[0] == accepted("b")
    assert isinstance(told[1], Progress)
    assert (told[1].hold, told[1].facts["bytes"]) == ("card-in-use", 3 * 10**9)
    card.answers["GraphicsRunningProcesses"] = []
    watch.look()
    assert house.runner.since() == [submit("b")]


def test_an_owner_who_does_not_share_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, game: int
) -> None:
    """`share = false` in the settings: the card is ours."""
    house, card = House(tmp_path), chip(GraphicsRunningProcesses=[process(game, 3 * 10**9)])
    watch, _ = watching(house, card, monkeypatch, card=CardSettings(share=False))
    watch.look()
    assert house.submit("a") == [accepted("a")]


def test_a_drive_that_is_away_is_told_by_its_last_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path of the tower's is nobody's business. What is on it is looked at before the order goes on, and once."""
    house, guard = House(tmp_path), tmp_path / "secret" / "weights-here"
    before: list[int] = []
    watch, _ = watching(
        house,
        chip(),
        monkeypatch,
        models=Models(guard_path=guard),
        mounted=lambda: before.append(len(house.runner.heard)),
    )
    watch.look()
    told = house.submit("a")[1]
    assert isinstance(told, Progress)
    assert (told.hold, told.facts) == ("weights-not-mounted", {"path": "weights-here"})
    guard.parent.mkdir()
    guard.touch()
    watch.look()
    watch.look()
    assert (house.runner.since(), before) == ([submit("a")], [0])


def test_the_set_time_of_the_settings_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In minutes."""
    house = House(tmp_path)
    watch, _ = watching(house, chip(), monkeypatch, card=CardSettings(release_minutes=2.0))
    house.submit("a")
    house.finish("a")
    house.runner.since()
    for house.clock in (119.0, 120.0):
        watch.look()
    assert house.runner.since() == [Release()]


def test_a_hot_card_is_noted_while_it_renders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no longer than that."""
    hot = chip(Temperature=lambda sensor: 91, CurrentClocksEventReasons=0x20, UtilizationRates=SimpleNamespace(gpu=99))
    house = House(tmp_path)
    watch, _ = watching(house, hot, monkeypatch)
    watch.look()
    notes = [watch.notes()]
    house.submit("a")
    watch.look()
    notes.append(watch.notes())
    house.finish("a")
    watch.look()
    assert [*notes, watch.notes()] == [(), ("Card A is 91 °C and slows itself down",), ()]


def test_the_machine_is_wanted_awake_with_work_or_when_it_was_asked_to_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the last order has ended."""
    house = House(tmp_path)
    watch, owner = watching(house, chip(), monkeypatch)
    watch.look()
    house.submit("a")
    watch.look()
    house.finish("a")
    watch.look()
    assert owner.wanted == [False, True, False]
    staying, owner = watching(house, chip(), monkeypatch, staying=True)
    staying.look()
    assert owner.wanted == [True]


def test_a_look_that_fails_neither_stops_the_looking_nor_holds_up_an_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says what happened, and the next look is as good as any."""

    def broken(*_: object) -> None:
        raise RuntimeError("no such thing")

    house, card = House(tmp_path), chip(ProcessUtilization=broken)
    watch, owner = watching(house, card, monkeypatch)
    watch.start()
    assert "no such thing" in caplog.text
    assert house.submit("a") == [accepted("a")]
    del card.answers["ProcessUtilization"]
    watch.look()
    assert owner.wanted[-1] is True
    watch.stop()
    assert owner.wanted[-1] is False
