"""In which order suggestions come."""

import pytest

from bot.chat.autocomplete import fitting
from bot.chat.ranking import ranked


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("", ["snow owl", "owl", "a bowl", "night-owl", "fox"]),
        ("owl", ["owl", "snow owl", "night-owl", "a bowl"]),
        (" OWL ", ["owl", "snow owl", "night-owl", "a bowl"]),
        ("ow", ["owl", "snow owl", "night-owl", "a bowl"]),
        ("o(", []),
    ],
)
def test_beginnings_come_before_words_and_words_before_the_rest(typed: str, order: list[str]) -> None:
    """Among equals the given order stays."""
    names = ["snow owl", "owl", "a bowl", "night-owl", "fox"]
    assert [name for name, _ in ranked(typed, ((name, "x") for name in names))] == order


def test_values_are_looked_at_too() -> None:
    """Whoever types an id means it."""
    assert ranked("sdxl", [("Stable Diffusion", "sdxl"), ("about sdxl", "other")]) == [
        ("Stable Diffusion", "sdxl"), ("about sdxl", "other"),
    ]  # fmt: skip


def test_no_more_and_no_longer_than_discord_takes() -> None:
    """25 of them; a name is cut, and what has a value that would have to be cut is left out."""
    pairs = [("n" * 150, "v" * 100), ("long", "v" * 101), *((f"n{number}", "v") for number in range(40))]
    choices = fitting("", pairs)
    assert len(choices) == 25
    assert (len(choices[0].name), choices[1].name) == (100, "n0")
