"""What is said before a file is rendered: times and sums as exact as they are meant, never longer than a message."""

import pytest

from bot.accounts.meter import Spent
from bot.nouns import Outlook, Share
from bot.texts import estimate as texts


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 s"), (17.4, "18 s"), (89.5, "90 s"), (90.1, "2 min"), (645, "11 min"), (5340, "89 min"),
        (5400, "1 h 30 min"), (7190, "2 h 0 min"), (100_000, "27 h 47 min"),
    ],
)  # fmt: skip
def test_times_are_as_exact_as_an_estimate(seconds: float, words: str) -> None:
    assert texts.span(seconds) == words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (2.25, "$", "$2.25"), (0.0, "$", "$0.00"), (0.0123, "€", "€0.01"), (0.000208, "$", "$0.00021"),
        (0.0000000002, "$", "$0.000000"), (12, "EUR", "12.00 EUR"),
    ],
)  # fmt: skip
def test_sums_show_something_below_a_cent(amount: float, currency: str, words: str) -> None:
    """A sign stands in front, a word behind."""
    assert texts.money(amount, currency) == words


@pytest.mark.parametrize(
    ("amount", "words"), [(0.44, "0.44 Wh"), (1.7306, "1.7 Wh"), (58.3, "58 Wh"), (57_600.0, "57.6 kWh")]
)
def test_energy_has_two_figures(amount: float, words: str) -> None:
    assert texts.watt_hours(amount) == words


def test_everything_at_its_longest_fits_into_one_message() -> None:
    """Thousands of slugs, a dozen of models with endless names, nothing known: the buttons need their words."""
    shares = tuple(Share(f"model-{n}", 1000, None, 0.0, 1000) for n in range(12))
    names = {share.model: "*" * 200 for share in shares}
    slugs = [f"{n:03}-" + "x" * 60 for n in range(900)]
    found = Outlook(shares, None, 0.0, 10_000, None, 1_800_000_000.0)
    lines = texts.head("*" * 300, 10_000, found, names) + texts.time(found, names)
    lines += [texts.cost(found, Spent(0, 0), 540.0, "$"), texts.sent_before(1e9, same=False)]
    lines += texts.changed(slugs, slugs, slugs)
    lines += [texts.part(found, Spent(0, 0), "$"), texts.whole_refused("x" * 200), texts.ASK]
    assert len("\n".join(lines)) <= 2000
    assert sum("900 item" in line for line in lines) == 3


def test_one_slug_is_named_however_long_it_is() -> None:
    (line,) = texts.changed(["y" * 64 for _ in range(9)][:1], [], [])
    assert line == f"1 item changed: {'y' * 64}."


def test_models_are_told_in_their_order() -> None:
    """Of one alone there is no order."""
    shares = (Share("z", 30, 0.0, 1.0), Share("f", 1, 0.0, 1.0))
    told = texts.head("b.json", 3, Outlook(shares, 0.0, 2.0), {"z": "Turbo"})
    assert told == [
        "**b.json**: 31 pictures of 3 items.",
        "In this order: 30 pictures with Turbo, then 1 picture with f.",
    ]
    assert texts.head("b.json", 3, Outlook(shares[:1], 0.0, 1.0), {})[1] == "All with z."


def test_parts_that_take_no_time_are_left_out() -> None:
    """A tower that is up, with the model loaded, neither wakes nor loads."""
    found = Outlook((Share("demo", 2, 0.0, 20.0),), 0.0, 20.0)
    assert texts.time(found, {}) == ["About 20 s: rendering 20 s."]


def test_a_window_is_told_instead_of_an_end() -> None:
    found = Outlook((Share("demo", 2, 0.0, 20.0),), 0.0, 20.0, opens=1_800_000_000.0)
    assert "It begins when its window opens, <t:1800000000:f>." in texts.time(found, {})
