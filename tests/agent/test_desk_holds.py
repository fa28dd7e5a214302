"""Accepted orders wait for what ends by itself, are told why, and go on by themselves; memory goes back to others."""

from pathlib import Path
from typing import Any

import pytest

from gpu_agent.holds import Hold
from gpu_agent.wire import Progress, Release
from tests.agent.house import Ear, House, accepted
from tests.agent.made import submit

UNMOUNTED = Hold("weights-not-mounted", {"path": "guard"})
GAME = Hold("card-in-use", {"program": "game.exe", "bytes": 3_000_000_000})
LONG = 600.0


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def waits(job: str, hold: Hold | None) -> Progress:
    own: dict[str, Any] = {} if hold is None else {"hold": hold.kind, "facts": hold.facts}
    return Progress(job=job, phase="waiting", **own)


def test_an_order_that_is_held_up_is_accepted_told_and_goes_on(house: House) -> None:
    """Nothing is handed over meanwhile; another reason is told, the same is not told twice."""
    house.desk.tend({house.runner: UNMOUNTED}, LONG)
    assert house.submit("a") == [accepted("a"), waits("a", UNMOUNTED)]
    house.desk.tend({house.runner: UNMOUNTED}, LONG)
    house.desk.tend({house.runner: GAME}, LONG)
    assert (house.bot.since(), house.runner.since()) == ([waits("a", GAME)], [])
    assert house.desk.hold() == GAME
    house.desk.tend({}, LONG)
    assert (house.bot.since(), house.runner.since()) == ([], [submit("a")])
    assert house.desk.hold() is None


def test_only_the_one_whose_turn_it_is_is_told(house: House) -> None:
    """The one behind it waits for it, and both are counted."""
    house.desk.tend({house.runner: UNMOUNTED}, LONG)
    house.submit("a")
    assert house.submit("b") == [accepted("b", ahead=1)]
    assert house.submit("a", asker=Ear()) == [accepted("a"), waits("a", UNMOUNTED)]


def test_a_running_render_is_left_alone(house: House) -> None:
    """What has begun ends; the next one waits."""
    house.submit("a")
    house.submit("b")
    house.bot.since()
    house.desk.tend({house.runner: GAME}, LONG)
    assert (house.desk.hold(), house.bot.since()) == (None, [])
    outcome = house.finish("a")
    assert house.bot.since() == [outcome, waits("b", GAME)]
    assert house.runner.since()[1:] == []


def test_memory_goes_back_to_the_owners_program_as_soon_as_nothing_renders(house: House) -> None:
    """Once; and not for reasons that another program does not gain by."""
    house.submit("a")
    house.finish("a")
    house.runner.since()
    house.desk.tend({house.runner: UNMOUNTED}, LONG)
    assert house.runner.since() == []
    house.desk.tend({house.runner: GAME}, LONG)
    house.desk.tend({house.runner: GAME}, LONG)
    assert (house.runner.since(), house.desk.warm()) == ([Release()], "")


def test_an_idle_worker_gives_the_memory_back_after_the_set_time(house: House) -> None:
    """Counted from the end of the last render; once; and never under a render, however long that takes."""
    house.submit("a")
    house.clock = 1000.0
    house.desk.tend({}, LONG)
    house.finish("a")
    house.runner.since()
    for house.clock in (1599.9, 1600.0, 5000.0):
        house.desk.tend({}, LONG)
        if house.clock == 1599.9:
            assert house.runner.since() == []
    assert house.runner.since() == [Release()]


def test_a_cancelled_wait_is_over(house: House) -> None:
    """Nobody has to mount a drive to get rid of an order."""
    house.desk.tend({house.runner: UNMOUNTED}, LONG)
    house.submit("a")
    house.desk.cancel("a", house.bot)
    assert house.desk.held() == ("a",)
    assert house.desk.waiting() == ()
    house.desk.tend({}, LONG)
    assert house.runner.since() == []


def test_a_machine_that_has_to_cool_rests_between_two_renders(tmp_path: Path) -> None:
    """From the pixels on, told as a reason; the first one begins at once."""
    house = House(tmp_path, cool_down=15.0)
    house.submit("a")
    house.submit("b")
    house.bot.since()
    saving = house.pixels("a")
    assert house.bot.since() == [saving, waits("b", Hold("cooling", {"seconds": 15}))]
    house.clock = 14.9
    house.desk.tend({}, LONG)
    assert house.runner.since() == [submit("a")]
    house.clock = 15.0
    house.desk.tend({}, LONG)
    assert house.runner.since() == [submit("b")]


def test_a_game_on_one_card_leaves_the_other_to_work(tmp_path: Path) -> None:
    """Whoever waits is told while there is a card that nothing but the game keeps from it."""
    house = House(tmp_path, runners=2)
    game, other = house.runners
    house.desk.tend({game: GAME}, LONG)
    assert house.submit("a") == [accepted("a")]
    assert other.since() == [submit("a")]
    assert house.submit("b") == [accepted("b"), waits("b", GAME)]
    assert house.desk.hold() is None
    house.finish("a")
    assert (other.since(), game.since()) == ([submit("b")], [])


def test_a_reason_that_ended_while_others_go_first_is_taken_back(tmp_path: Path) -> None:
    """Then it only waits."""
    house = House(tmp_path)
    house.submit("a")
    house.submit("b", asker=Ear())
    house.desk.tend({house.runner: GAME}, LONG)
    house.desk.crashed(house.runner, "signal 9")
    assert house.bot.since() == [waits("a", GAME)]
    house.desk.tend({}, LONG)
    assert house.runner.since()[-1] == submit("a")
