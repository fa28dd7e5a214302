"""How places become free: cancels, crashes, thanks, memory given back, the night."""

from pathlib import Path

import pytest

from gpu_agent.wire import Cancel, Cancelled, Done, Failed, Release
from tests.agent.house import House, accepted
from tests.agent.made import submit


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_waiting_order_is_cancelled_at_once(house: House) -> None:
    """Kept until thanks like every end, and its place is free."""
    house.submit("a")
    house.submit("b")
    house.desk.cancel("b", house.bot)
    assert house.bot.since() == [Cancelled(job="b", epoch=1)]
    assert house.spool.outcome("b") == Cancelled(job="b", epoch=1)
    assert house.submit("c") == [accepted("c", ahead=1)]


def test_a_running_order_is_stopped_by_its_worker(house: House) -> None:
    """The cancel is passed on, and the worker's answer is the end."""
    house.submit("a")
    house.desk.cancel("a", house.bot)
    assert house.runner.since() == [submit("a"), Cancel(job="a")]
    assert house.bot.since() == []
    house.desk.ended(Cancelled(job="a", epoch=1))
    assert house.bot.since() == [Cancelled(job="a", epoch=1)]


def test_the_first_end_wins(house: House) -> None:
    """A picture that was finished when the cancel came stays a picture, and a second end changes nothing."""
    house.submit("a")
    house.desk.cancel("a", house.bot)
    outcome = house.finish("a")
    house.desk.ended(Cancelled(job="a", epoch=1))
    house.desk.cancel("a", house.bot)
    assert house.bot.since() == [outcome, outcome]
    assert house.spool.outcome("a") == outcome


def test_cancelling_what_nobody_knows_is_answered_with_epoch_zero(house: House) -> None:
    """And leaves no trace."""
    house.desk.cancel("x", house.bot)
    assert house.bot.since() == [Cancelled(job="x", epoch=0)]
    assert house.desk.held() == ()


def test_a_cancelled_job_that_is_wanted_again_is_rendered_after_all(house: House) -> None:
    """The newer epoch was the later wish."""
    house.submit("a")
    house.desk.cancel("a", house.bot)
    house.submit("a", epoch=2)
    house.desk.ended(Cancelled(job="a", epoch=1))
    assert house.runner.since() == [submit("a"), Cancel(job="a"), submit("a", epoch=2)]
    assert house.bot.since() == []


def test_a_crash_is_tried_once_more_and_the_others_go_on(house: House) -> None:
    """The second crash is the order's own fault, and says so."""
    house.submit("a")
    house.submit("b")
    house.desk.crashed(house.runner, "signal 9")
    assert house.bot.since() == []
    house.desk.crashed(house.runner, "signal 11")
    facts = {"model": "demo", "fault": "signal 11"}
    assert house.bot.since() == [Failed(job="a", epoch=1, kind="worker-crashed", facts=facts)]
    assert house.runner.since() == [submit("a"), submit("a"), submit("b")]
    house.finish("b")
    assert [type(told) for told in house.bot.since()] == [Done]


def test_a_worker_that_dies_of_a_cancelled_order_has_cancelled_it(house: House) -> None:
    """Nobody wants that order tried again."""
    house.submit("a")
    house.desk.cancel("a", house.bot)
    house.desk.crashed(house.runner, "signal 9")
    assert house.bot.since() == [Cancelled(job="a", epoch=1)]


def test_a_worker_that_dies_idle_costs_nobody_anything(house: House) -> None:
    """It is buried, and the next order goes to a new one."""
    house.desk.crashed(house.runner, "signal 9")
    assert house.runner.stops == 1
    assert house.submit("a") == [accepted("a")]


def test_memory_is_given_back_at_once_or_after_the_render(house: House) -> None:
    """Never under a running render, and before the next one."""
    house.desk.release()
    assert house.runner.since() == [Release()]
    house.submit("a")
    house.submit("b")
    house.desk.release()
    house.desk.release()
    assert house.runner.since() == [submit("a")]
    house.finish("a")
    assert house.runner.since() == [Release(), submit("b")]


def test_warm_names_the_model_until_its_memory_is_given_back(house: House) -> None:
    """Whoever chooses a tower by what it has loaded is not misled."""
    house.submit("a")
    house.finish("a")
    warm = [house.desk.warm()]
    house.desk.release()
    warm.append(house.desk.warm())
    house.submit("b")
    house.finish("b")
    house.desk.crashed(house.runner, "signal 9")
    assert [*warm, house.desk.warm()] == ["demo", "", ""]


def test_thanks_forgets_the_job_and_a_running_one_stays(house: House) -> None:
    """The same job afterwards is a new one."""
    house.submit("a")
    house.desk.thank("a")
    house.finish("a")
    house.desk.thank("a")
    assert house.desk.held() == ()
    house.bot.since()
    assert house.submit("a") == [accepted("a")]


def test_closing_for_the_night_needs_an_empty_desk_and_no_order_since(house: House) -> None:
    """Only then the workers are ended."""
    before = house.desk.accepted
    house.submit("a")
    assert not house.desk.close_for_the_night(house.desk.accepted)
    house.finish("a")
    assert not house.desk.close_for_the_night(before)
    assert house.runner.stops == 0
    assert house.desk.close_for_the_night(house.desk.accepted)
    assert house.runner.stops == 1
