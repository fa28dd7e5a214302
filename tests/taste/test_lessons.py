"""What words and reactions teach, by the reasons of the taxonomy."""

import pytest

from bot.taste.lessons import MOST, Lesson, lessons, unfiled
from bot.taste.reading import shipped

TAXONOMY = shipped()


@pytest.mark.parametrize(
    ("said", "learned"),
    [
        ("too dark", ("bright",)),
        ("It is TOO DARK!", ("bright",)),
        ("too small, on the left", ("big", "on the left")),
        ("should be at sunset and bigger", ("at sunset", "big")),
        ("too far right", ("on the left",)),
        ("make it blue", ("blue",)),
        ("make it soft", ("soft",)),
        ("fewer trees", ("few trees",)),
        ("less fog but more trees", ("little fog", "more trees")),
        ("wrong colours, with soft light", ("balanced natural colors", "with soft light")),
        ("with six fingers", ("natural anatomy",)),
        ("I hate this", ()),
        ("not at night", ()),
        ("", ()),
    ],
)
def test_words_become_positive_phrases(said: str, learned: tuple[str, ...]) -> None:
    """A complaint is answered by its opposite, a phrase passes as itself, anger teaches nothing."""
    assert tuple(lesson.phrase for lesson in lessons(TAXONOMY, said)) == learned


def test_a_complaint_knows_its_reason_and_what_to_keep_out() -> None:
    """Free words have no reason, but what there should be less of is kept out too."""
    assert lessons(TAXONOMY, "too dark") == (Lesson("bright", "dark", "colour"),)
    assert lessons(TAXONOMY, "less fog") == (Lesson("little fog", "fog", ""),)


@pytest.mark.parametrize("emoji", ["🎨", "📐", "🖐", "🔤", "🌫", "🎯"])
def test_each_emoji_of_a_reason_teaches_by_itself(emoji: str) -> None:
    (lesson,) = lessons(TAXONOMY, "", (emoji,))
    assert TAXONOMY.emojis[emoji].id == lesson.reason
    assert lesson.phrase
    assert lesson.negative


def test_words_about_a_reason_say_more_than_its_emoji() -> None:
    """Who reacts with 🎨 and writes "too dark" wants it bright, nothing else; 🖐 is another matter."""
    assert [one.phrase for one in lessons(TAXONOMY, "too dark", ("🎨", "🖐", "✅"))] == ["bright", "natural anatomy"]


def test_one_picture_teaches_only_so_much() -> None:
    """Ten thousand lines are one person's word on one picture."""
    assert len(lessons(TAXONOMY, "\n".join(f"with {number} birds" for number in range(10_000)))) == MOST


def test_what_fits_no_reason_is_listed_cleaned() -> None:
    """Also what passed as a phrase of its own; each once, in small letters."""
    said = "too dark, I hate this, at Night, **i hate this** @everyone"
    assert unfiled(TAXONOMY, said) == ("i hate this", "at night", "i hate this everyone")
