"""Word lists: whole words, whatever their case and accents, and nothing in them is code."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadSettings
from bot.people.terms import Terms
from bot.people.words import Words, folded, read


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("gore", "a scene with gore", True),
        ("gore", "GORE!", True),
        ("gore", "gory", False),
        ("gore", "gorextra", False),
        ("gore", "(gore:1.4)", True),
        ("gore", "blood_and_gore", True),
        ("cafe", "the Café", True),
        ("café", "the CAFE", True),
        ("straße", "die STRASSE", True),
        ("gore", "ｇｏｒｅ", True),
        ("gore", "go\u200bre", True),
        ("gore", "g\u0336o\u0336re", True),
        ("two words", "Two   words here", True),
        ("two words", "two, words", True),
        ("two words", "two other words", False),
        ("paint*", "painted", True),
        ("paint*", "repaint", False),
        ("*paint", "repaint", True),
        ("*paint*", "repainted", True),
        ("red paint*", "a red painting", True),
        ("血", "血 と 花", True),
    ],
)
def test_whole_words_are_compared(pattern: str, text: str, found: bool) -> None:
    assert Words([pattern]).found(text) is found


@pytest.mark.parametrize("pattern", [".*", "(a+)+$", "[a-z]", "a|b", "\\w", "?", "", "   ", "***"])
def test_a_pattern_is_no_regular_expression(pattern: str) -> None:
    """What is special elsewhere means nothing here, and an empty line forbids nothing."""
    assert not Words([pattern]).found("some harmless words " * 50)


def test_a_file_has_a_pattern_a_line_and_comments(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("# not here\n\ngore   # nor this\n  Blood bath\n", encoding="utf-8-sig")
    words = read(str(path))
    assert words.found("gore")
    assert words.found("a blood bath")
    assert not words.found("not here, nor this")
    assert not read("")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """By its name, with the reason; the bot does not start without its filter."""
    with pytest.raises(BadSettings) as missing:
        read(str(tmp_path / "none.txt"))
    assert str(missing.value.facts["place"]).endswith("none.txt")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadSettings, match="UTF-8"):
        read(str(tmp_path / "binary"))


def test_every_text_of_an_ask_is_looked_at_and_no_word_is_told() -> None:
    """The refusal does not teach what is on the list."""
    terms = Terms(unwanted=Words(["gore"]), restricted=Words(["nude"]))
    for where in ("prompt", "negative", "slug"):
        found = terms.refusal({"prompt": "x", "negative": "", where: "much gore"})
        assert found is not None
        assert (found.kind, found.facts) == ("unwanted-words", {"where": where})
    gated = terms.refusal({"prompt": "a nude"})
    assert gated is not None
    assert gated.kind == "not-age-restricted"
    assert terms.refusal({"prompt": "a fox"}) is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_breaks_it_and_each_word_finds_itself(before: str, word: str) -> None:
    """Whatever alphabet: a single word on the list is found behind any other words."""
    plain = "".join(letter for letter in word if letter.isalnum())
    listed = Words([plain])
    assert listed.found(f"{before} {plain}") is bool(listed)
    assert folded(folded(word)) == folded(word)
