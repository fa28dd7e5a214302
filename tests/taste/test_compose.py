"""How cues enter a prompt, and what can never enter one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nouns import Cue, Judgement
from bot.taste.compose import compose
from bot.taste.cues import fold
from bot.taste.wording import LONGEST_PHRASE, clean
from tests.taste.judged import judgements


def cue(phrase: str) -> Cue:
    return Cue(phrase, "boat", (1,))


def test_a_cue_stands_behind_the_persons_own_words() -> None:
    """The prompt is extended, never rewritten."""
    composed = compose("a red boat on the sea", [cue("bright"), cue("on the left")], 300)
    assert composed.prompt == "a red boat on the sea, bright, on the left"
    assert composed.cues == (cue("bright"), cue("on the left"))


@pytest.mark.parametrize("prompt", ["a Bright boat", "bright", "a boat, bright."])
def test_what_the_prompt_says_already_is_not_repeated(prompt: str) -> None:
    """Whole words, however they are capitalised."""
    assert compose(prompt, [cue("bright")], 300).prompt == prompt


def test_part_of_a_word_is_not_the_word() -> None:
    """A brightly lit boat is not said to be bright yet."""
    assert compose("a brightly lit boat", [cue("bright")], 300).prompt == "a brightly lit boat, bright"


def test_the_persons_own_words_win_over_a_cue() -> None:
    """Who asks for night gets no day, whatever was learned before."""
    assert compose("a boat at night", [cue("by day"), cue("big")], 300).prompt == "a boat at night, big"


def test_a_cue_that_does_not_fit_makes_room_for_a_shorter_one() -> None:
    """The limit is kept by leaving out, not by cutting a phrase in two."""
    composed = compose("a boat", [cue("rich in detail"), cue("big")], 12)
    assert composed.prompt == "a boat, big"
    assert composed.cues == (cue("big"),)


@given(st.text(max_size=200), judgements, st.integers(0, 250))
def test_composing_is_bounded_and_deterministic(prompt: str, given_judgements: list[Judgement], limit: int) -> None:
    """Never over the limit because of cues, the same twice, and unchanged to the letter when nothing is added."""
    cues = fold(given_judgements)
    composed = compose(prompt, cues, limit)
    assert composed == compose(prompt, cues, limit)
    assert len(composed.prompt) <= max(limit, len(prompt))
    assert (composed.prompt == prompt) == (composed.cues == ())
    assert compose(prompt, (), limit).prompt == prompt


@given(st.text(max_size=400))
def test_cleaning_leaves_one_plain_short_line(text: str) -> None:
    """No control or bidirectional mark, no mention, no link, no markup, at most 80 characters; twice is once."""
    cleaned = clean(text)
    assert len(cleaned) <= LONGEST_PHRASE
    assert not set(cleaned) & set("@<>*_~`|#[](){}\\")
    assert "://" not in cleaned
    assert not [letter for letter in cleaned if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    "hostile",
    [
        "in @everyone's house",
        "at <@123456789012345678>",
        "by https://evil.example/x and",
        "at discord.gg/abc",
        "in **bold** `code`",
        "on \u202ethgir eht\u202c",
        "at night'; DROP TABLE jobs; --",
        "in " + "x" * 5000,
        "on the left\n" * 10_000,
    ],
)
def test_hostile_words_reach_no_prompt_unescaped(hostile: str) -> None:
    """What is left of an attack is at most a few harmless words."""
    prompt = compose("a boat", [cue(phrase) for phrase in [hostile]], 300).prompt
    assert len(prompt) <= len("a boat, ") + LONGEST_PHRASE
    assert not set(prompt) & set("@<>*`;=\n\u202e\u202c")
    assert "evil" not in prompt
    assert "discord.gg" not in prompt
