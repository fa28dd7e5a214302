"""Ledgers kept by hand are read under whichever names their fields have, and every fault is named."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ReviewsUnfit
from bot.nouns import Verdict
from bot.yours import handkept, shapes
from bot.yours.shapes import Fault, Review, Undecided


def one(entry: Any) -> shapes.Found:
    (found,) = shapes.read({"slug": "fox", "reviews": [entry]}, "fox.json", "fox")
    return found


@pytest.mark.parametrize(
    "entry",
    [
        {"verdict": "reject", "reason": "too dark", "date": "2026-11-21T09:00:00Z", "prompt": "a fox"},
        {"decision": "Rejected", "note": "too dark", "at": 1795251600, "text": "a fox"},
        {"status": "❌", "comment": " too dark ", "timestamp": 1795251600000, "prompt": "a fox"},
        {"keep": False, "feedback": ["too dark"], "reviewed_at": "2026-11-21 10:00+01:00", "positive": "a fox"},
        {"approved": "no", "notes": "too dark", "created": "1795251600", "prompt": "a fox", "mood": {"any": 1}},
    ],
)
def test_a_review_is_read_under_many_names(entry: dict[str, Any]) -> None:
    """The names people gave their fields, the ways they wrote verdicts and dates; further fields are left alone."""
    assert one(entry) == Review("fox.json, 1", "fox", Verdict.REJECT, "too dark", 1795251600.0, prompt="a fox")


@pytest.mark.parametrize(
    "told",
    [
        {"slug": "fox", "model": "Z-Image Turbo", "reviews": [{"keep": True}]},
        {"fox": [{"keep": True, "model": "z-image-turbo"}]},
        {"fox": {"model": "z image turbo", "entries": [{"keep": True}]}},
        [{"slug": "Fox", "keep": True, "model": "z-image-turbo"}],
    ],
)
def test_a_file_has_one_of_four_shapes(told: Any) -> None:
    """What stands beside the list holds for its entries."""
    (found,) = shapes.read(told, "any.json", "any")
    assert isinstance(found, Review)
    assert (found.slug, found.model, found.verdict) == ("fox", "z-image-turbo", Verdict.KEEP)


@pytest.mark.parametrize(
    ("entry", "field", "kind"),
    [
        ({"verdict": "perhaps"}, "verdict", "verdict"),
        ({"keep": True, "when": "yesterday"}, "when", "date"),
        ({"keep": True, "date": 1e18}, "date", "date"),
        ({"keep": True, "size": "1x1"}, "size", "size"),
        ({"keep": True, "width": "wide"}, "width", "number"),
        ({"keep": True, "note": {"a": 1}}, "note", "text"),
        ({"keep": True, "note": "x" * 5000}, "note", "long"),
        ({"keep": True, "prompt": "a\x00b"}, "prompt", "characters"),
        ({"keep": True, "slug": "船"}, "slug", "slug"),
        ({"keep": True, "steps": 0}, "steps", "steps"),
        ({"keep": True, "cfg": "much"}, "cfg", "number"),
        ({"keep": True, "reactions": "🎨"}, "reactions", "reactions"),
        ("keep", "", "no-entry"),
    ],
)
def test_a_fault_has_its_place(entry: Any, field: str, kind: str) -> None:
    """File, entry, the field as it is named there, and what is wrong."""
    found = one(entry)
    assert isinstance(found, Fault)
    assert (found.place, found.field, found.kind) == ("fox.json, 1", field, kind)


@pytest.mark.parametrize("entry", [{}, {"verdict": None}, {"status": "pending"}, {"prompt": "a fox"}])
def test_an_entry_without_a_verdict_is_no_fault(entry: dict[str, Any]) -> None:
    """It waits for one."""
    assert one(entry) == Undecided("fox.json, 1")


def test_a_seed_that_no_model_takes_is_left_out() -> None:
    """ComfyUI's may be longer, and -1 stands for any; the verdict counts all the same."""
    for seed in (-1, 2**63):
        found = one({"keep": True, "seed": seed})
        assert isinstance(found, Review)
        assert found.seed is None


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*shapes._SHARED, *shapes._VERDICT, "at"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_whatever_a_file_holds_ends_in_reviews_or_faults(told: Any) -> None:
    """Nothing a JSON file can say is an exception."""
    assert all(isinstance(found, Review | Fault | Undecided) for found in shapes.read(told, "a.json", "a"))


def test_all_files_are_looked_at_before_it_is_said_what_is_wrong(tmp_path: Path) -> None:
    """Each with its own fault; a repository's own folder is none of them."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.json").write_text("{")
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_text(json.dumps([{"verdict": "hm"}]), encoding="utf-8")
    (tmp_path / "c.json").write_bytes(b"\xff")
    (tmp_path / "d.json").write_text("7")
    (tmp_path / "e.json").write_text("[" * 100_000)
    with pytest.raises(ReviewsUnfit) as refused:
        handkept.read(tmp_path)
    assert [(place, kind) for place, _, kind, _ in refused.value.found] == [
        ("a.json", "no-json"),
        ("b.json, 1", "verdict"),
        ("c.json", "no-json"),
        ("d.json", "no-list"),
        ("e.json", "no-json"),
    ]


def test_a_folder_without_files_is_a_fault(tmp_path: Path) -> None:
    """Rather than nothing done in silence."""
    with pytest.raises(ReviewsUnfit):
        handkept.read(tmp_path / "none")
