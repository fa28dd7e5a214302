"""Permutations: one prompt with braces becomes as many as its alternatives make, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intake import permutations
from bot.intake.permutations import Member


def prompts(text: str) -> list[str]:
    return [member.prompt for member in permutations.expand(text)]


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("a {red,blue} boat", [("a red boat", "red"), ("a blue boat", "blue")]),
        ("a { red , pale blue } boat", [("a red boat", "red"), ("a pale blue boat", "pale blue")]),
        ("{a,b} {1,2}", [("a 1", "a, 1"), ("a 2", "a, 2"), ("b 1", "b, 1"), ("b 2", "b, 2")]),
        ("a boat{, at night}", [("a boat", "–"), ("a boatat night", "at night")]),
        ("a boat{\\, at night,}", [("a boat, at night", ", at night"), ("a boat", "–")]),
        ("{a,b,a}", [("a", "a"), ("b", "b")]),
        ("{a,{b,c}}", [("{a,b}", "b"), ("{a,c}", "c")]),
        ("{a\nb,c}", [("a\nb", "a\nb"), ("c", "c")]),
    ],
)
def test_every_alternative_makes_a_prompt_with_its_label(text: str, members: list[tuple[str, str]]) -> None:
    """Braces multiply, the last changing fastest; the same prompt comes once."""
    assert permutations.expand(text) == [Member(*member) for member in members]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a red boat", "a red boat"),
        ("a {red} boat", "a {red} boat"),
        ("a { boat", "a { boat"),
        ("a, b } boat", "a, b } boat"),
        ("{}", "{}"),
        ("\\{a,b\\}", "{a,b}"),
        ("\\{a,b}", "{a,b}"),
        ("{a\\,b}", "{a,b}"),
        ("\\\\{a}", "\\{a}"),
        ("smile \\o/ \\, \\\\", "smile \\o/ \\, \\\\"),
    ],
)
def test_what_is_no_permutation_is_one_prompt(text: str, plain: str) -> None:
    """A brace without a comma stays, an escaped one is a letter, and a prompt without braces is not looked at."""
    assert permutations.expand(text) == [Member(plain, "")]
    assert permutations.count(text) == 1


def test_millions_are_counted_without_being_made() -> None:
    """A hundred braces of ten are a number with a hundred zeros, and that is known at once."""
    assert permutations.count("{0,1,2,3,4,5,6,7,8,9}" * 100) == 10**100


@given(st.text(alphabet="ab{},\\ ", max_size=40))
def test_escaped_words_come_back_as_they_were(text: str) -> None:
    """A prompt that is offered again asks for that prompt alone."""
    assert prompts(permutations.escaped(text)) == [text]


@given(st.text(alphabet="ab{},\\ ", max_size=40))
def test_no_more_are_made_than_were_counted(text: str) -> None:
    """The count is what is confirmed; alternatives that turn out the same only make it less."""
    assert 1 <= len(prompts(text)) <= permutations.count(text)


def test_no_prompt_takes_long_to_be_read() -> None:
    """Six thousand letters that look like the beginning of something are read once, not over and over."""
    for text in ("{" + "\\," * 3000, "{" * 6000, "{" + "\\\\" * 3000, "{a" * 3000):
        assert permutations.count(text) == 1


def test_a_long_alternative_has_a_short_label() -> None:
    """The label stands under a picture."""
    (first, _) = permutations.expand("{" + "very " * 50 + ", b}")
    assert len(first.label) == 80
