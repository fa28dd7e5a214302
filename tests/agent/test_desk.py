"""Places, joins and epochs: who gets a place, and what asking again means."""

from pathlib import Path

import pytest

from gpu_agent.spool import Spool
from gpu_agent.wire import Accepted, Cancelled, Done, Failed, Progress, Refused
from tests.agent.house import Ear, House, accepted, refused
from tests.agent.made import submit


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_one_renders_one_waits_and_the_third_is_refused(house: House) -> None:
    """Two places for a card; what has no place is told so and holds nothing."""
    told = [house.submit(job) for job in ("a", "b", "c")]
    assert told == [[accepted("a")], [accepted("b", ahead=1)], [refused("c", "busy", places=2)]]
    assert (house.desk.rendering(), house.desk.waiting()) == (("a",), ("b",))
    assert house.runner.since() == [submit("a")]


def test_the_waiting_order_is_handed_over_when_the_first_ends(house: House) -> None:
    """The outcome is told and the next begins."""
    house.submit("a")
    house.submit("b")
    outcome = house.finish("a")
    assert house.bot.since() == [outcome]
    assert house.runner.since() == [submit("a"), submit("b")]
    assert house.desk.held() == ("b", "a")


def test_each_card_has_its_own_two_places(tmp_path: Path) -> None:
    """Two cards render two and keep two waiting, in order."""
    house = House(tmp_path, runners=2)
    aheads = [told.ahead for job in "abcd" for told in house.submit(job) if isinstance(told, Accepted)]
    assert aheads == [0, 0, 2, 3]
    assert house.submit("e") == [refused("e", "busy", places=4)]
    house.finish("b")
    assert [runner.since() for runner in house.runners] == [[submit("a")], [submit("b"), submit("c")]]


def test_the_same_job_again_joins_and_the_newest_asker_hears_the_rest(house: House) -> None:
    """Asked twice, rendered once; the line that was cut is not waited for."""
    later = Ear()
    house.submit("a")
    house.submit("b")
    assert house.submit("a", asker=later) == [accepted("a")]
    assert house.submit("b", asker=later) == [accepted("b", ahead=1)]
    progress = Progress(job="a", phase="rendering", step=1, of=6)
    house.desk.progressed(progress, b"")
    outcome = house.finish("a")
    assert later.since() == [progress, outcome]
    assert house.bot.since() == []
    assert house.runner.since() == [submit("a"), submit("b")]


def test_a_finished_job_is_answered_from_the_spool(house: House) -> None:
    """Accepted, then Done, and nothing is handed to the worker."""
    house.submit("a")
    outcome = house.finish("a")
    house.runner.since()
    assert house.submit("a", asker=Ear()) == [accepted("a"), outcome]
    assert house.runner.since() == []


def test_a_lower_epoch_is_refused_whether_the_job_runs_or_has_ended(house: House) -> None:
    """A bot that slept through a change of plan cannot undo it."""
    house.submit("a", epoch=3)
    stale = [refused("a", "stale-epoch", epoch=2, known=3)]
    assert house.submit("a", epoch=2) == stale
    house.finish("a")
    house.bot.since()
    assert house.submit("a", epoch=2) == stale


def test_a_higher_epoch_takes_over_a_running_job(house: House) -> None:
    """One render; its end carries the newest epoch though the worker knows the first."""
    house.submit("a")
    assert house.submit("a", epoch=4) == [accepted("a", epoch=4)]
    house.finish("a")
    assert [told.epoch for told in house.bot.since() if isinstance(told, Done)] == [4]
    assert house.runner.since() == [submit("a")]


def test_a_higher_epoch_of_a_finished_job_is_done_under_that_epoch(house: House, tmp_path: Path) -> None:
    """And stays so on disk."""
    house.submit("a")
    outcome = house.finish("a").model_copy(update={"epoch": 2})
    house.bot.since()
    assert house.submit("a", epoch=2) == [accepted("a", epoch=2), outcome]
    assert Spool(tmp_path).outcome("a") == outcome


@pytest.mark.parametrize("kind", ["failed", "cancelled"])
def test_what_brought_no_picture_is_told_again_or_tried_again(house: House, kind: str) -> None:
    """The same epoch hears the same end, a higher one is another try."""
    ends = {"failed": Failed(job="a", epoch=1, kind="out-of-memory"), "cancelled": Cancelled(job="a", epoch=1)}
    house.spool.keep(ends[kind])  # type: ignore[arg-type]
    assert house.submit("a") == [accepted("a"), ends[kind]]
    assert house.submit("a", epoch=2) == [accepted("a", epoch=2)]
    assert house.desk.held() == ("a",)


def test_an_order_that_cannot_be_rendered_is_refused_with_its_facts(house: House) -> None:
    """Unknown model, wrong size, empty prompt: before a place is taken."""
    assert house.submit("a", model="other") == [refused("a", "unknown-model", model="other", known="demo")]
    kinds = [
        told.kind
        for own in ({"width": 100}, {"width": 1024}, {"prompt": " "}, {"prompt": "x" * 301})
        for told in house.submit("a", **own)
        if isinstance(told, Refused)
    ]
    assert kinds == ["size-multiple", "size-range", "prompt-empty", "prompt-length"]
    assert house.desk.held() == ()


def test_a_full_disk_takes_nothing_new_and_keeps_what_it_has(tmp_path: Path) -> None:
    """The refusal says how much is free; a running job may still be joined; with room again it goes on by itself."""
    free = [5000]
    house = House(tmp_path, free=lambda spool: free[0])
    house.submit("a")
    free[0] = 999
    assert house.submit("b") == [refused("b", "disk-full", free=999, floor=1000)]
    assert house.submit("a") == [accepted("a")]
    free[0] = 1000
    assert house.submit("b") == [accepted("b", ahead=1)]


def test_another_try_that_finds_no_place_leaves_the_former_end_as_it_was(house: House) -> None:
    """A refusal changes nothing."""
    ended = Failed(job="a", epoch=1, kind="out-of-memory")
    house.spool.keep(ended)
    house.submit("b")
    house.submit("c")
    assert house.submit("a", epoch=2) == [refused("a", "busy", places=2)]
    assert house.spool.outcome("a") == ended
