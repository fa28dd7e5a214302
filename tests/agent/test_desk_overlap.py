"""A card takes the next order as soon as the pixels of the one before are there, and crashes are counted fairly."""

from pathlib import Path

import pytest

from gpu_agent.wire import Cancel, Cancelled, Done, Failed, Release
from tests.agent.house import House, accepted, refused
from tests.agent.made import submit


@pytest.fixture
def house(tmp_path: Path) -> House:
    """One that finishes "a" while "b" renders."""
    house = House(tmp_path)
    for job in ("a", "b"):
        house.submit(job)
    house.pixels("a")
    house.bot.since()
    return house


def test_the_next_is_handed_over_with_the_pixels_and_each_ends_by_itself(tmp_path: Path) -> None:
    """Their words go to whoever asked, in order; both count as in hand until their ends."""
    house = House(tmp_path)
    house.submit("a")
    house.submit("b")
    assert house.runner.since() == [submit("a")]
    saving = house.pixels("a")
    assert (house.bot.since(), house.runner.since()) == ([saving], [submit("b")])
    assert (house.desk.rendering(), house.desk.waiting(), house.desk.warm()) == (("a", "b"), (), "demo")
    first, second = house.finish("a"), house.finish("b")
    assert house.bot.since() == [first, second]


def test_a_picture_that_is_being_finished_takes_nobodys_place(house: House) -> None:
    """The card stays one job ahead; two wait or render for each card, and no more."""
    assert house.submit("c") == [accepted("c", ahead=1)]
    assert house.submit("d") == [refused("d", "busy", places=2)]
    house.pixels("b")
    house.bot.since()
    assert house.submit("d") == [accepted("d", ahead=1)]


def test_cancelling_while_it_is_finished_is_the_workers_to_answer(house: House) -> None:
    """Done or Cancelled, whichever it says first; the one that renders is not disturbed."""
    house.desk.cancel("a", house.bot)
    assert house.runner.since()[-1] == Cancel(job="a")
    house.desk.ended(Cancelled(job="a", epoch=1))
    assert house.bot.since() == [Cancelled(job="a", epoch=1)]
    assert house.desk.rendering() == ("b",)


def test_a_crash_counts_against_the_one_that_rendered(house: House) -> None:
    """Both are begun again, in their order; the second crash of "b" ends "b" alone."""
    house.runner.since()
    house.desk.crashed(house.runner, "signal 9")
    assert house.runner.since() == [submit("a")]
    house.pixels("a")
    assert house.runner.since() == []  # finished alone this time: it might have been the cause
    house.finish("a")
    assert house.runner.since() == [submit("b")]
    house.bot.since()
    house.desk.crashed(house.runner, "signal 11")
    facts = {"model": "demo", "fault": "signal 11"}
    assert house.bot.since() == [Failed(job="b", epoch=1, kind="worker-crashed", facts=facts)]


def test_one_whose_finishing_kills_is_found_out(house: House) -> None:
    """Beside another it is not blamed; alone it is, and the other one ends with its picture."""
    house.desk.crashed(house.runner, "signal 9")
    for _ in range(2):
        house.pixels("a")
        house.desk.crashed(house.runner, "signal 9")
    assert [type(told) for told in house.bot.since() if not hasattr(told, "phase")] == [Failed]
    house.finish("b")
    assert [(type(told), told.job) for told in house.bot.since() if isinstance(told, Done)] == [(Done, "b")]


def test_a_crash_renders_nothing_again_that_is_done(house: House) -> None:
    """Its picture is on disk."""
    house.finish("a")
    house.runner.since()
    house.desk.crashed(house.runner, "signal 9")
    assert house.runner.since() == [submit("b")]
    assert [told.job for told in house.bot.since() if isinstance(told, Done)] == ["a"]


def test_a_crash_ends_what_was_to_be_stopped_and_hands_over_nothing_that_ends(house: House) -> None:
    """Ends are settled before anybody is seated."""
    house.submit("c")
    for job in ("a", "b"):
        house.desk.cancel(job, house.bot)
    house.runner.since()
    house.bot.since()
    house.desk.crashed(house.runner, "signal 9")
    assert house.bot.since() == [Cancelled(job="a", epoch=1), Cancelled(job="b", epoch=1)]
    assert house.runner.since() == [submit("c")]


def test_memory_is_given_back_between_the_pixels_and_the_next(tmp_path: Path) -> None:
    """Finishing needs no card."""
    house = House(tmp_path)
    house.submit("a")
    house.submit("b")
    house.desk.release()
    house.runner.since()
    house.pixels("a")
    assert house.runner.since() == [Release(), submit("b")]
    assert house.desk.warm() == ""


def test_a_newer_epoch_of_a_picture_that_is_cancelled_while_finished_is_rendered_again(house: House) -> None:
    """The newer wish counts, and its turn comes when the card is free."""
    house.desk.cancel("a", house.bot)
    house.submit("a", epoch=2)
    house.runner.since()
    house.desk.ended(Cancelled(job="a", epoch=1))
    assert (house.desk.waiting(), house.runner.since()) == (("a",), [])
    house.pixels("b")
    assert house.runner.since() == [submit("a", epoch=2)]


def test_a_picture_that_another_jobs_thanks_took_away_is_drawn_again(house: House) -> None:
    """Two jobs of the same order have the same file; Done is never said of one that is not there."""
    outcome = house.finish("a")
    house.bot.since()
    same = outcome.model_copy(update={"job": "b"})
    house.desk.thank("a")
    house.runner.since()
    house.desk.ended(same)
    assert (house.bot.since(), house.runner.since()) == ([], [submit("b")])
    outcome = house.finish("b")
    assert house.bot.since() == [outcome]


def test_a_busy_card_is_told_once_which_order_comes_next(tmp_path: Path) -> None:
    """As soon as one waits for it, so that its worker may prepare it; told again of the one after, and of none that
    is handed over at once."""
    house = House(tmp_path)
    house.submit("a")
    assert house.runner.expected == []
    house.submit("b")
    house.desk.tend({}, 600.0)
    assert house.runner.expected == ["b"]
    house.pixels("a")
    house.submit("c")
    assert house.runner.expected == ["b", "c"]
    assert house.runner.since() == [submit("a"), submit("b")]


def test_an_order_is_told_ahead_only_where_it_fits(tmp_path: Path) -> None:
    """Each card hears of its own next one; the order is taken by whichever is free first."""
    house = House(tmp_path, runners=2)
    for job in ("a", "b", "c"):
        house.submit(job)
    assert [runner.expected for runner in house.runners] == [["c"], ["c"]]
    house.pixels("b")
    assert house.runners[1].since() == [submit("b"), submit("c")]
