"""The taxonomy's files: what ships, what a person adds or replaces, and what is refused with its place."""

from pathlib import Path

import pytest

from bot.taste.lessons import lessons
from bot.taste.reading import TaxonomyError, load, parse, shipped
from bot.taste.wording import clean

OWN = """
[axes]
weather = ["in the rain"]

[[reason]]
id = "weather"
name = "Weather"
emoji = "🌧"
keywords = ["Too Wet"]
positive = "in the sun"
negative = "rain"
axis = "weather"

[[reason]]
id = "focus"
name = "Sharpness"
keywords = ["fuzzy"]
positive = "crisp"
"""


def test_every_shipped_phrase_is_as_it_would_stand_in_a_prompt() -> None:
    """Reasons have names and wordings both ways, and no keyword belongs to two."""
    found = [word for reason in shipped().reasons for one in reason.all() for word in one.keywords]
    assert len(found) == len(set(found))
    assert {reason.id for reason in shipped().reasons} >= {"colour", "composition", "anatomy", "lettering", "focus"}
    for reason in shipped().reasons:
        for one in reason.all():
            assert (clean(one.positive), clean(one.negative)) == (one.positive, one.negative)
        assert not reason.emoji or (reason.positive and reason.negative)


def test_a_file_of_ones_own_adds_and_replaces(tmp_path: Path) -> None:
    """A new reason is learned from, a known one is the new one alone, the others stay; history is read anew."""
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    own = load(path)
    assert [one.phrase for one in lessons(own, "too wet, fuzzy, too dark")] == ["in the sun", "crisp", "bright"]
    assert lessons(own, "blurry") == ()
    assert own.rivals("in the sun") == {"in the rain"}
    assert "🌧" in own.emojis
    assert "🌫" not in own.emojis


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[reason]]\nid = \n\n", "line 2"),
        ("[[reasons]]\n", "field “reasons”: Extra inputs"),
        ('[[reason]]\nid = "x"\n', "reason “x”, field “name”: Field required"),
        ('[[reason]]\nname = "x"\n', "reason “number 1”, field “id”: Field required"),
        ('[[reason]]\nid = "x"\nname = "X"\npositive = "by @everyone"\n', "reason “x”, field “positive”: would stand"),
        ('[[reason]]\nid = "x"\nname = "X"\nkeywords = [" "]\n', "reason “x”, field “keywords.0”: a keyword is empty"),
        ('[[reason]]\nid = "x"\nname = "X"\nemoji = "🎨"\n', "reason “x”, field “emoji”: 🎨 is that of “colour”"),
        ('[[reason]]\nid = "x"\nname = "X"\n' * 2, "reason “x”, field “id”: there are two"),
        ('[[reason]]\nid = "x"\nname = "X"\ncomplaints = [{keyword = "a"}]\n', "field “complaints.0.keyword”"),
    ],
)
def test_a_fault_is_told_with_file_reason_and_field(text: str, said: str) -> None:
    with pytest.raises(TaxonomyError) as refused:
        parse("own.toml", text.encode(), shipped())
    assert refused.value.file == "own.toml"
    assert said in refused.value.fault


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match="cannot be read"):
        load(tmp_path / "none.toml")
