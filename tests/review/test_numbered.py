"""Verdicts by number, however people write them; what cannot be understood is named, and then nothing counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nouns import Verdict
from bot.review import numbered, pasted
from bot.review.number_tokens import vocabulary
from bot.review.numbered import Fault, Understood
from bot.texts.review import numbers

KNOWN = vocabulary(
    pasted.words({"✅": Verdict.KEEP, "❌": Verdict.REJECT, "🔁": Verdict.REROLL, "fox:12": Verdict.KEEP})
)
PAGE = range(1, 11)
PICTURES = set(PAGE) - {5}


def read(text: str) -> Understood:
    return numbered.read(text, KNOWN, PAGE, PICTURES)


def told(text: str) -> dict[str, str]:
    """Verdict → numbers."""
    understood = read(text)
    assert understood.faults == ()
    found: dict[str, list[int]] = {}
    for number, said in understood.said.items():
        found.setdefault(said.verdict.value if said.verdict else "open", []).append(number)
    return {verdict: numbers(among) for verdict, among in found.items()}


@pytest.mark.parametrize(
    ("text", "keep", "reject"),
    [
        ("all but 3, 7-9", "1–2, 4, 6, 10", "3, 7–9"),
        ("All except #3 and #7.", "1–2, 4, 6, 8–10", "3, 7"),
        ("keep all but no. 3", "1–2, 4, 6–10", "3"),
        ("everything without 3 7", "1–2, 4, 6, 8–10", "3, 7"),
        ("except 3", "1–2, 4, 6–10", "3"),
        ("all good except 3", "1–2, 4, 6–10", "3"),
        ("all, reject 3", "1–2, 4, 6–10", "3"),
        ("keep 1-5, reject 6", "1–4", "6"),
        ("1-5 keep, 6 reject", "1–4", "6"),
        ("1..4 yes; 6, 8 no", "1–4", "6, 8"),
        ("3, 7 reject; rest keep", "1–2, 4, 6, 8–10", "3, 7"),
        ("REJECT 3 AND 7, KEEP THE REST", "1–2, 4, 6, 8–10", "3, 7"),
        ("✅ 1–4 ❌ 6", "1–4", "6"),
        ("<:fox:12> 1, 2", "1–2", ""),
        ("9-7 keep", "7–9", ""),
        ("keep 8 to 10", "8–10", ""),
        ("none", "", "1–4, 6–10"),
        ("none but 4", "4", "1–3, 6–10"),
        ("reject none", "1–4, 6–10", ""),
        ("reject all but 4", "4", "1–3, 6–10"),
        ("keep 1-10 except 4", "1–3, 6–10", ""),
        ("alle außer 3 und 7", "1–2, 4, 6, 8–10", "3, 7"),
        ("behalte 1–4, verwirf 6", "1–4", "6"),
        ("keine", "", "1–4, 6–10"),
        ("**all** but `3`", "1–2, 4, 6–10", "3"),
    ],
)
def test_it_is_read_as_people_write_it(text: str, keep: str, reject: str) -> None:
    """In either order, English or German, with dashes, signs and fillers; a range passes over what has no picture."""
    assert told(text) == {verdict: among for verdict, among in (("keep", keep), ("reject", reject)) if among}


def test_what_is_named_counts_before_what_is_left_out() -> None:
    assert told("all but 3, 7; reroll 7") == {"keep": "1–2, 4, 6, 8–10", "reject": "3", "reroll": "7"}
    assert told("the rest again, keep 1-3") == {"keep": "1–3", "reroll": "4, 6–10"}
    assert told("take back 3, keep 4") == {"open": "3", "keep": "4"}
    assert told("undo all") == {"open": "1–4, 6–10"}


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("reject 6: too dark", {6: "too dark"}),
        ("reject 6 – too dark, 7: bad hands", {6: "too dark", 7: "bad hands"}),
        ("all but 3 (too dark), 7 (no hands; no feet)", {3: "too dark", 7: "no hands; no feet"}),
        ("reject 3, 7: flat; keep 1", {3: "flat", 7: "flat"}),
        ("reject 3: too dark, keep 7", {3: "too dark"}),
        ("reject: 3, 7", {}),
        ("3: reject", {}),
    ],
)
def test_reasons_stand_behind_the_numbers_they_are_about(text: str, reasons: dict[int, str]) -> None:
    said = read(text).said
    assert read(text).faults == ()
    assert {number: one.reason for number, one in said.items() if one.reason} == reasons


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault("nothing")),
        ("keep 1-10 but 1-10", Fault("nothing")),
        ("…", Fault("word", "…")),
        ("3, 7", Fault("verdict", "3, 7")),
        ("keep", Fault("numbers", "keep")),
        ("all but", Fault("but")),
        ("keep 11", Fault("number", "11")),
        ("all but 8-12", Fault("number", "8-12")),
        ("keep 0", Fault("number", "0")),
        ("keep 1-999999999", Fault("number", "1-999999999")),
        ("keep 5", Fault("picture", "5")),
        ("keep 3, reject 3", Fault("twice", "3")),
        ("reject 3 too dark", Fault("word", "too")),
        ("rest", Fault("verdict", "rest")),
        ("again none", Fault("none", "again")),
        ("keep banana", Fault("word", "banana")),
    ],
)
def test_faults_are_named_and_nothing_counts(text: str, fault: Fault) -> None:
    understood = read(text)
    assert fault in understood.faults
    assert understood.said == {}


@given(st.text(max_size=200))
def test_whatever_is_typed_is_understood_or_refused(text: str) -> None:
    """Only pictures of the page are judged, and never beside a fault."""
    understood = read(text)
    assert set(understood.said) <= PICTURES
    assert bool(understood.said) != bool(understood.faults)


@given(st.sets(st.sampled_from(sorted(PICTURES))), st.sampled_from([", ", " ", " and ", ",", ";\n"]))
def test_all_but_some_keeps_the_others(some: set[int], between: str) -> None:
    """With any separator that a list may have; a semicolon ends it, so that what follows has no verdict."""
    text = f"all but {between.join(map(str, sorted(some)))}"
    understood = read(text)
    if not some or (";" in between and len(some) > 1):
        assert understood.faults
    else:
        assert {number for number, one in understood.said.items() if one.verdict is Verdict.KEEP} == PICTURES - some
        assert {number for number, one in understood.said.items() if one.verdict is Verdict.REJECT} == some
