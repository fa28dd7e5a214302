"""What a file would take, worked out by hand: waking, loading, rendering, the line, and what nobody knows yet."""

import pytest

from bot.chat.forecast import Lane
from bot.chat.outlook import NOBODY, Past, Place, Queue, outlook, ready
from bot.ledger.estimates import Like, Work
from bot.nouns import InLine, Outlook, Share
from gpu_agent.wire import Progress

NOW = 1000.0
SECONDS = {"demo": 10.0, "large": 60.0}
LOADS = {"demo": 5.0, "large": 30.0}


def like(model: str) -> Like:
    return Like(model, 64, 64, 8, (1, 0.0, False, False))


def past(*unknown: str) -> Past:
    """Everything is known but the pictures of these models, and the loads of those behind a minus."""
    usual = {like(model): None if model in unknown else seconds for model, seconds in SECONDS.items()}
    loads = {
        (tower, model): None if f"-{model}" in unknown else seconds
        for tower in ("tower", "other")
        for model, seconds in LOADS.items()
    }
    return Past(usual, loads)


def queue(*models: str, asker: int = 1, batch: str | None = "~") -> Queue:
    names = [f"{asker}-{number:02}" for number in range(len(models))]
    jobs = [InLine(name, asker, batch, model, NOW) for name, model in zip(names, models, strict=True)]
    works = {one.id: Work(one.id, "", batch, None, like(one.model)) for one in jobs}
    return Queue(jobs, works)


def tower(warm: str = "", cards: int = 1) -> Place:
    return Place("tower", None, (Lane("tower", NOW, warm),) * cards)


def test_models_are_rendered_one_after_another() -> None:
    """The loaded one first, without a load; the other behind it."""
    found = outlook(queue("large", "demo", "large", "demo"), [tower("large")], past(), NOW)
    assert found == Outlook((Share("large", 2, 0.0, 120.0), Share("demo", 2, 5.0, 20.0)), 0.0, 145.0)
    assert (found.pictures, found.rendering, found.awake, found.known) == (4, 140.0, 5.0, True)


def test_two_cards_share_the_work() -> None:
    """Each loads the model; the span is that of the longer one, the energy that of all."""
    found = outlook(queue("demo", "demo", "demo"), [tower(cards=2)], past(), NOW)
    assert (found.span, found.rendering) == (25.0, 30.0)


def test_a_sleeping_tower_is_woken_first() -> None:
    """Its cards are free when it is up; a time that nobody knows counts for nothing and is said to be unknown."""
    asleep = Place("tower", None, (Lane("tower", NOW + 40),), 40.0)
    found = outlook(queue("demo"), [asleep], past(), NOW)
    assert (found.wake, found.span, found.awake, found.known) == (40.0, 55.0, 45.0, True)
    found = outlook(queue("demo"), [Place("tower", None, (Lane("tower", NOW),), None)], past(), NOW)
    assert (found.wake, found.span, found.known) == (None, 15.0, False)


@pytest.mark.parametrize(
    ("unknown", "shares", "span"),
    [
        ("large", (Share("demo", 1, 5.0, 10.0), Share("large", 1, 30.0, 0.0, 1)), 45.0),
        ("-large", (Share("demo", 1, 5.0, 10.0), Share("large", 1, None, 60.0)), 75.0),
    ],
)
def test_what_was_not_seen_often_enough_is_not_made_up(unknown: str, shares: tuple[Share, ...], span: float) -> None:
    """The rest is reckoned all the same, and when all is ready is not told."""
    mine = queue("demo", "large")
    found = outlook(mine, [tower()], past(unknown), NOW)
    assert (found.shares, found.span, found.known) == (shares, span, False)
    assert ready(mine, NOBODY, [], [tower()], past(unknown)) is None


def test_a_model_goes_to_the_tower_that_has_it() -> None:
    """Two towers render beside each other; the one that sleeps is woken only for what the other lacks."""
    first = Place("tower", frozenset({"demo"}), (Lane("tower", NOW, "demo"),))
    second = Place("other", frozenset({"demo", "large"}), (Lane("other", NOW + 40),), 40.0)
    assert outlook(queue("demo"), [first, second], past(), NOW).wake == 0.0
    found = outlook(queue("demo", "large"), [first, second], past(), NOW)
    assert (found.wake, found.span) == (40.0, 130.0)


def test_others_take_their_turns_in_between() -> None:
    """Somebody who waits at a card comes first in each round, and what renders is waited for."""
    mine, others = queue("demo", "demo"), queue("demo", "demo", "demo", asker=2, batch=None)
    assert ready(mine, NOBODY, [], [tower("demo")], past()) == NOW + 20
    assert ready(mine, others, [], [tower("demo")], past()) == NOW + 40
    renders = Work("r", "a", None, "tower", like("large"))
    half = Progress(job="r", phase="rendering", step=1, of=2)
    assert ready(mine, others, [(renders, half)], [tower("large")], past()) == NOW + 30 + 5 + 40


def test_behind_something_of_unknown_length_nothing_is_promised() -> None:
    """Of the others' pictures, too, and of a tower that nobody has seen wake."""
    mine = queue("demo")
    assert ready(mine, queue("large", asker=2, batch=None), [], [tower()], past("large")) is None
    assert ready(mine, NOBODY, [], [Place("tower", None, (Lane("tower", NOW),), None)], past()) is None
