"""How cues enter a prompt, and what can never enter one."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nouns import Cue, CueEdit, CueState, Judgement, Learned
from bot.taste.compose import Composed, Reader, asked_negative, compose, estimated
from bot.taste.cues import fold
from bot.taste.wording import LONGEST_PHRASE, clean
from tests import made
from tests.taste.judged import NOW, TASTE, edits, judgement, judgements

PLAIN = Reader(300)
GUIDED = Reader(300, negative_acts=True)


def cue(phrase: str, negative: str = "") -> Cue:
    return Cue(phrase, "boat", (1,), negative=negative)


def woven(prompt: str, *cues: Cue, reader: Reader = PLAIN, negative: str = "") -> Composed:
    return compose(prompt, negative, cues, reader, TASTE.taxonomy)


def test_a_cue_stands_behind_the_persons_own_words() -> None:
    """The prompt is extended, never rewritten."""
    composed = woven("a red boat on the sea", cue("bright"), cue("on the left"))
    assert composed.prompt == "a red boat on the sea, bright, on the left"
    assert composed.cues == (cue("bright"), cue("on the left"))


@pytest.mark.parametrize("prompt", ["a Bright boat", "bright", "a boat, bright."])
def test_what_the_prompt_says_already_is_not_repeated(prompt: str) -> None:
    """Whole words, however they are capitalised."""
    assert woven(prompt, cue("bright")).prompt == prompt


def test_part_of_a_word_is_not_the_word() -> None:
    """A brightly lit boat is not said to be bright yet."""
    assert woven("a brightly lit boat", cue("bright")).prompt == "a brightly lit boat, bright"


def test_the_persons_own_words_win_over_a_cue() -> None:
    """Who asks for night gets no day, whatever was learned; who wants nothing bright gets nothing bright."""
    assert woven("a boat at night", cue("by day"), cue("big")).prompt == "a boat at night, big"
    assert woven("a boat", cue("bright"), negative="bright").prompt == "a boat"


def test_what_an_earlier_cue_is_against_is_not_asked_for_by_a_later_one() -> None:
    """Less fog, and with fog: the heavier one stands, whether a negative prompt acts or not."""
    for reader in (PLAIN, GUIDED):
        composed = woven("a boat", cue("little fog", "fog"), cue("with fog"), cue("big"), reader=reader)
        assert composed.prompt == "a boat, little fog, big"


def test_a_cue_that_does_not_fit_makes_room_for_a_shorter_one() -> None:
    """The limit is kept by leaving out, not by cutting a phrase in two."""
    composed = woven("a boat", cue("rich in detail"), cue("big"), reader=Reader(12))
    assert composed.prompt == "a boat, big"
    assert composed.cues == (cue("big"),)


def test_the_tokens_a_model_reads_are_a_limit_too() -> None:
    """Estimated rather too high, so that no cue stands where the tokenizer cuts; 0 is unknown, not none."""
    assert estimated("a red boat") == 5
    assert estimated("a photorealistic boat, 8k") > 7
    assert woven("a red boat", cue("rich in detail"), cue("big"), reader=Reader(300, 7)).prompt == "a red boat, big"
    assert woven("a red boat", cue("rich in detail"), reader=Reader(300, 0)).prompt == "a red boat, rich in detail"


def test_what_a_cue_is_against_goes_where_a_negative_prompt_acts() -> None:
    """Elsewhere the cue is phrased positively only, and the person's own negative prompt stays as it is."""
    guided = woven("a boat", cue("bright", "dark"), cue("big", "tiny"), reader=GUIDED, negative="text")
    assert (guided.prompt, guided.negative) == ("a boat, bright, big", "text, dark, tiny")
    plain = woven("a boat", cue("bright", "dark"), negative="text")
    assert (plain.prompt, plain.negative, plain.cues[0].negative) == ("a boat, bright", "text", "")


def test_nothing_the_prompt_wants_is_put_against_it() -> None:
    """Said already, wanted by the person, or too long: the positive phrase alone is added."""
    assert woven("a foggy boat, fog", cue("little fog", "fog"), reader=GUIDED).negative == ""
    assert woven("a boat", cue("bright", "dark"), reader=GUIDED, negative="Dark").negative == "Dark"
    assert woven("a boat", cue("bright", "dark"), reader=Reader(15, 0, True), negative="x" * 12).negative == "x" * 12


@pytest.mark.parametrize(
    "changed", [{"state": state} for state in CueState if state is not CueState.ACTIVE] + [{"against": "dark"}]
)
def test_what_does_not_act_reaches_no_prompt(changed: dict[str, str]) -> None:
    """Proposed, muted, retired, contradicted or faded."""
    assert woven("a boat", replace(cue("bright"), **changed)).prompt == "a boat"  # type: ignore[arg-type]
    assert woven("a boat", replace(cue("bright"), weight=0.01)).prompt == "a boat"


@given(st.text(max_size=200), st.text(max_size=50), judgements, edits, st.integers(0, 250), st.integers(0, 60))
def test_composing_is_bounded_deterministic_and_undone(
    prompt: str, negative: str, said: list[Judgement], by_hand: list[CueEdit], limit: int, tokens: int
) -> None:
    """Never over a limit because of cues, the same twice, nothing beside what contradicts it, from whichever places.

    Without verdicts everything is back letter for letter.
    """
    reader = Reader(limit, tokens, negative_acts=limit % 2 == 0)

    def composed(*judged: Judgement) -> Composed:
        found = fold(Learned(judged, tuple(by_hand)), TASTE, NOW)
        return compose(prompt, negative, found, reader, TASTE.taxonomy)

    made_of = composed(*said)
    assert made_of == composed(*reversed(said))
    assert made_of.prompt == prompt or reader.takes(made_of.prompt)
    assert made_of.negative == negative or reader.takes(made_of.negative)
    assert (made_of.prompt == prompt) == (made_of.cues == ())
    phrases = {cue.phrase.casefold() for cue in made_of.cues}
    assert not any(phrases & TASTE.taxonomy.rivals(cue.phrase) for cue in made_of.cues)
    assert composed() == Composed(prompt, negative)
    job = made.job(negative=made_of.negative, cues=made_of.cues)
    assert asked_negative(job) == negative


@given(st.text(max_size=400))
def test_cleaning_leaves_one_plain_short_line(text: str) -> None:
    """No control or bidirectional mark, no mention, no link, no markup, at most 80 characters; twice is once."""
    cleaned = clean(text)
    assert len(cleaned) <= LONGEST_PHRASE
    assert not set(cleaned) & set("@<>*_~`|#[](){}\\")
    assert "://" not in cleaned
    assert not [letter for letter in cleaned if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert clean(cleaned) == cleaned


HOSTILE = [
    "in @everyone's house",
    "at <@123456789012345678>",
    "by https://evil.example/x and",
    "at discord.gg/abc",
    "in **bold** `code`",
    "on \u202ethgir eht\u202c",
    "at night'; DROP TABLE jobs; --",
    "less https://evil.example/x @here",
    "in " + "x" * 5000,
    "on the left\n" * 10_000,
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_reach_no_prompt_unescaped(hostile: str) -> None:
    """What is left of an attack is at most a few harmless words, in either prompt, by verdict or by hand."""
    learned = fold(Learned((judgement(hostile, at=NOW),)), TASTE, NOW)
    for composed in (woven("a boat", *learned, reader=GUIDED), woven("a boat", cue(hostile, hostile), reader=GUIDED)):
        text = composed.prompt + composed.negative
        assert all(len(one.phrase) <= LONGEST_PHRASE for one in composed.cues)
        assert not set(text) & set("@<>*`;=\n\u202e\u202c")
        assert "evil" not in text
        assert "discord.gg" not in text
