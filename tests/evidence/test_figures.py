"""A report makes one claim; cues, models and archetypes are corrected for their number, and few pairs are few."""

import sys

import pytest

from bot.evidence import child
from bot.evidence.figures import FEW, report
from bot.nouns import Trial

GOOD, BAD = ("slug", "fox", "bright"), ("archetype", "scene", "in neon colours")
EVEN = [(1.0, 1.0), (0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]


def trials(count: int, *kept: tuple[float, float], model: str = "demo", **named: object) -> list[Trial]:
    """So many pairs with these outcomes (with cues, without) in turn."""
    cues = named.get("cues", (GOOD,))
    archetype = named.get("archetype")
    pairs = [kept[number % len(kept)] for number in range(count)]
    return [Trial(model, archetype, cues, 1, *pair) for pair in pairs]  # type: ignore[arg-type]  # tests name fields


def test_without_pairs_nothing_is_said() -> None:
    found = report([])
    assert (found.overall.pairs, found.overall.few, found.overall.helps, found.overall.harms) == (0, True, False, False)
    assert (found.cues, found.models, found.archetypes) == ((), (), ())


def test_too_few_pairs_are_too_few_however_clear_they_look() -> None:
    """One pair more, and it may be said."""
    assert report(trials(FEW - 1, (1, 0))).overall.few
    assert not report(trials(FEW - 1, (1, 0))).overall.helps
    assert report(trials(FEW, (1, 0))).overall.helps


def test_the_one_claim_tells_what_helps_what_harms_and_what_nobody_knows() -> None:
    helping, harming = report(trials(60, (1, 0), (1, 1))).overall, report(trials(60, (0, 1), (0, 0))).overall
    assert (helping.helps, helping.harms, harming.helps, harming.harms) == (True, False, False, True)
    assert (helping.woven, helping.bare, helping.difference) == (1.0, 0.5, 0.5)
    even = report(trials(60, *EVEN)).overall
    assert (even.helps, even.harms) == (False, False)


def test_a_cue_that_harms_is_told_from_one_that_helps() -> None:
    """The pairs with both count for both."""
    found = report(
        trials(60, (1, 0), (1, 1)) + trials(60, (0, 1), (0, 0), cues=(BAD,)) + trials(4, (1, 1), cues=(GOOD, BAD))
    )
    by_name = {one.name: one for one in found.cues}
    assert (by_name[GOOD].pairs, by_name[BAD].pairs) == (64, 64)
    assert by_name[GOOD].helps
    assert by_name[BAD].harms


def test_the_more_cues_are_looked_at_the_wider_are_their_intervals() -> None:
    """Alone this cue would seem to help; as one of fifty it may be chance. Those of few pairs do not count."""
    clear = trials(60, (1, 0), (1, 1), (1, 1), (1, 0), (0, 0), (0, 1))
    others = [one for number in range(50) for one in trials(40, *EVEN, cues=(("slug", f"s{number}", "x"),))]
    few = [one for number in range(50) for one in trials(FEW - 1, *EVEN, cues=(("slug", f"f{number}", "x"),))]
    alone, among, beside = (_of(GOOD, found) for found in (clear, clear + others, clear + few))
    assert among[0] < alone[0]
    assert among[1] > alone[1]
    assert beside == alone


def _of(name: tuple[str, ...], given: list[Trial]) -> tuple[float, float]:
    (one,) = [figure for figure in report(given).cues if figure.name == name]
    return one.low, one.high


def test_models_and_kinds_have_figures_of_their_own() -> None:
    """Most pairs first; what has no kind is in none."""
    found = report(trials(30, (1, 0), model="a", archetype="hero") + trials(40, *EVEN, model="b"))
    assert [(one.name, one.pairs) for one in found.models] == [(("b",), 40), (("a",), 30)]
    assert [(one.name, one.pairs, one.helps) for one in found.archetypes] == [(("hero",), 30, True)]


async def test_the_child_gives_the_same_report() -> None:
    """Asked again about the same pairs it is not started again."""
    given = trials(60, (1, 0), (1, 1), archetype="hero")
    prover = child.Prover()
    found = await prover.report(given)
    assert found == report(given)
    assert await prover.report(given) is found


async def test_a_library_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "NEEDED", ("numpy", "no_such_library"))
    with pytest.raises(child.Unproven) as told:
        await child.Prover().report(trials(1, (1, 0)))
    assert told.value.missing == ("no_such_library",)


async def test_a_child_that_dies_leaves_its_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(child.Unproven) as told:
        await child.Prover().report(trials(1, (1, 0)))
    assert told.value.missing == ()
