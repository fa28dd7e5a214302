"""When jobs end, worked out by hand: cards one after another, loads between models, nothing where nothing is known."""

import pytest

from bot.chat.forecast import Lane, ends
from bot.ledger.estimates import Like, Work
from gpu_agent.wire import Progress

NOW = 1000.0


def work(job: str, model: str = "demo", tower: str | None = None) -> Work:
    return Work(job, f"ask-{job}", None, tower, Like(model, 64, 64, 8, (1, 0.0, False, False)))


def usually(one: Work) -> float | None:
    return {"demo": 100.0, "large": 300.0}.get(one.like.model)


def loads(tower: str, model: str) -> float | None:
    return {"demo": 20.0, "large": 60.0}.get(model)


def lane(warm: str = "demo", tower: str = "tower") -> Lane:
    return Lane(tower, NOW, warm)


def at(job: str, phase: str, **more: object) -> tuple[Work, Progress]:
    return work(job, tower="tower"), Progress.model_validate({"job": job, "phase": phase, **more})


def test_jobs_end_one_after_another() -> None:
    assert ends([lane()], [], [work("a"), work("b")], usually, loads) == {"a": NOW + 100, "b": NOW + 200}


def test_another_model_is_loaded_between() -> None:
    found = ends([lane()], [], [work("a"), work("b", "large"), work("c")], usually, loads)
    assert found == {"a": NOW + 100, "b": NOW + 460, "c": NOW + 580}


def test_two_cards_share_the_line() -> None:
    found = ends([lane(), lane("")], [], [work("a"), work("b"), work("c")], usually, loads)
    assert found == {"a": NOW + 100, "b": NOW + 120, "c": NOW + 200}


@pytest.mark.parametrize(
    ("phase", "more", "rest"),
    [
        ("rendering", {"step": 2, "of": 8}, 75.0),
        ("rendering", {}, 100.0),
        ("encoding", {}, 100.0),
        ("decoding", {}, 0.0),
        ("saving", {}, 0.0),
        ("loading", {"share": 0.5}, 110.0),
        ("waiting", {}, 100.0),
    ],
)
def test_what_is_left_of_a_running_job(phase: str, more: dict[str, object], rest: float) -> None:
    """The step, the share of a load; what waits on the tower has all before it."""
    found = ends([lane()], [at("a", phase, **more)], [work("b")], usually, loads)
    assert found == {"a": NOW + rest, "b": NOW + rest + 100}


def test_what_waits_on_the_tower_comes_behind_what_runs_there() -> None:
    running = [at("next", "waiting"), at("now", "rendering", step=4, of=8)]
    assert ends([lane()], running, [], usually, loads) == {"now": NOW + 50, "next": NOW + 150}


def test_a_job_without_progress_yet_is_still_to_be_done() -> None:
    assert ends([lane("")], [(work("a", tower="tower"), None)], [], usually, loads) == {"a": NOW + 120}


@pytest.mark.parametrize(
    "before",
    [at("x", "waiting", hold="cooling"), (work("x", "unknown", "tower"), None), (work("x", tower="gone"), None)],
)
def test_behind_what_is_unknown_everything_is(before: tuple[Work, Progress | None]) -> None:
    """One that is held up, of a model nobody knows, or on a tower that is away."""
    assert ends([lane()], [before], [work("b")], usually, loads) == {}


def test_what_is_before_an_unknown_job_is_known() -> None:
    assert ends([lane()], [], [work("a"), work("x", "unknown"), work("b")], usually, loads) == {"a": NOW + 100}


def test_a_load_nobody_watched_is_unknown() -> None:
    assert ends([lane("other")], [], [work("a")], usually, lambda tower, model: None) == {}


def test_without_a_card_nothing_is_known() -> None:
    assert ends([], [(work("a", tower="tower"), None)], [work("b")], usually, loads) == {}
