"""Verdicts as text: what people write is understood, whatever they write it in, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nouns import Verdict
from bot.review.pasted import LONGEST_WORDS, Line, Unread, read, words

KEEP, REJECT, REROLL = Verdict.KEEP, Verdict.REJECT, Verdict.REROLL
KNOWN = words({"✅": KEEP, "❌": REJECT, "🔁": REROLL, "My_Star:123": KEEP})


def one(text: str) -> Line | Unread:
    (line,) = read(text, KNOWN)
    return line


@pytest.mark.parametrize(
    ("text", "verdict", "said"),
    [
        ("red-fox: keep", KEEP, ""),
        ("red-fox: reject – too dark, hands", REJECT, "too dark, hands"),
        ("- **Red-Fox** — REJECT: too dark", REJECT, "too dark"),
        ("  • red-fox = verwerfen (zu dunkel)", REJECT, "zu dunkel"),
        ("3. `red-fox` -> behalten!", KEEP, ""),
        ("* [x] red-fox.png: ok", KEEP, ""),
        ("red-fox\treroll\tmore trees", REROLL, "more trees"),
        ("red-fox: noch einmal, heller", REROLL, "heller"),
        ("red-fox keep", KEEP, ""),
        ("red-fox- keep", KEEP, ""),
        ("red-fox:❌ hands", REJECT, "hands"),
        ("red-fox ✅\ufe0f", KEEP, ""),
        ("❌ red-fox – too dark", REJECT, "too dark"),
        ("keep: red-fox", KEEP, ""),
        ("red-fox: <:My_Star:123>", KEEP, ""),
        ("\u202e\ufeff“red-fox”: keep", KEEP, ""),
        ("red-fox: once more – it's flat", REROLL, "it's flat"),
        ("red-fox: zurücknehmen", None, ""),
        ("| red-fox | no | blurry |", REJECT, "blurry"),
    ],
)
def test_a_line_is_read_as_people_write_it(text: str, verdict: Verdict | None, said: str) -> None:
    assert one(text) == Line(1, "red-fox", None, verdict, said)


@pytest.mark.parametrize("text", ["red-fox #2: keep", "red-fox#2 keep", "Red-Fox #02 – ok", "✅ red-fox #2"])
def test_a_picture_has_a_number(text: str) -> None:
    assert one(text) == Line(1, "red-fox", 2, KEEP)


@pytest.mark.parametrize("text", ["red-fox@k3f9q: keep", "- `Red-Fox@K3F9Q` ok", "✅ red-fox.png@k3f9q"])
def test_a_picture_is_named_exactly_by_the_end_of_its_job(text: str) -> None:
    assert one(text) == Line(1, "red-fox", None, KEEP, end="k3f9q")


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("red-fox: lovely", "verdict"),
        ("red-fox: not bad", "verdict"),
        ("red-fox", "verdict"),
        ("a fox keep", "verdict"),
        ("keep the red one", "verdict"),
        ("ключ: keep", "subject"),
        ("keeper", "verdict"),
        ("@everyone: keep", "subject"),
    ],
)
def test_what_says_nothing_is_told_with_its_number(text: str, trouble: str) -> None:
    assert list(read(f"\n{text}\n", KNOWN)) == [Unread(2, text, trouble)]


def test_empty_lines_rules_and_fences_are_passed_over() -> None:
    """The others keep their numbers."""
    found = list(read("```\n---\n\nred-fox: keep\n\n***\nowl: reject\n```", KNOWN))
    assert [(line.at, line.name) for line in found if isinstance(line, Line)] == [(4, "red-fox"), (7, "owl")]
    assert len(found) == 2


def test_a_slug_may_be_a_word_that_is_a_verdict() -> None:
    assert one("keep: reject") == Line(1, "keep", None, REJECT)
    assert one("good-fox: no") == Line(1, "good-fox", None, REJECT)


def test_words_are_kept_up_to_a_length() -> None:
    found = one("fox: reject " + "x" * 9999)
    assert isinstance(found, Line)
    assert len(found.words) == LONGEST_WORDS


@given(st.text())
def test_any_text_is_read_without_breaking(text: str) -> None:
    """Line for line, at most one answer each, in order."""
    numbers = [line.at for line in read(text, KNOWN)]
    assert numbers == sorted(set(numbers))
    assert not numbers or numbers[-1] <= len(text.splitlines())


@given(
    st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}[a-z0-9]", fullmatch=True),
    st.sampled_from(Verdict),
    st.text("abc ,", max_size=9),
)
def test_what_a_program_writes_comes_back(slug: str, verdict: Verdict, said: str) -> None:
    assert one(f"{slug}: {verdict} – {said}x") == Line(1, slug, None, verdict, f"{said}x".lstrip(" ,"))
