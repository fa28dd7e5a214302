"""What verdicts and hands make of cues: agreement, age, reach, contradiction and withdrawal."""

import random

import pytest
from hypothesis import given

from bot.nouns import CueEdit, CueState, CueVerb, Judgement, Learned, Scope, Verdict
from bot.taste.cues import DAY, FAINT, acts, fold
from tests.taste.judged import NOW, TASTE, cues, edit, edits, judgement, judgements


def test_a_rejection_with_words_makes_a_cue_of_its_slug() -> None:
    """The cue knows what it says, what it keeps out, for which slug, and on which message it was learned."""
    (cue,) = cues(judgement("too dark", at=NOW))
    assert (cue.phrase, cue.negative, cue.about, cue.origin, cue.weight) == ("bright", "dark", "boat", (1100,), 1.0)
    assert (cue.scope, cue.state, cue.by, cue.against) == (Scope.SLUG, CueState.ACTIVE, (), "")


@pytest.mark.parametrize(("verdict", "count"), [(Verdict.KEEP, 0), (Verdict.REJECT, 1), (Verdict.REROLL, 1)])
def test_only_what_was_not_kept_teaches(verdict: Verdict, count: int) -> None:
    """Words on a kept picture change nothing."""
    assert len(cues(judgement("too dark", at=1, verdict=verdict))) == count


def test_agreement_raises_the_weight_and_the_rank() -> None:
    """Two who say the same outweigh a later one who says something else; both messages are named."""
    found = cues(
        judgement("too dark", at=1), judgement("too dark", at=2, person=2), judgement("blurry", at=3, person=3)
    )
    assert [(cue.phrase, round(cue.weight), cue.origin) for cue in found] == [
        ("bright", 2, (1001, 1002)),
        ("sharp focus", 1, (1003,)),
    ]


def test_a_vote_loses_half_its_weight_in_each_half_life_until_it_acts_no_more() -> None:
    """Age is counted to the moment that is named, never into the future."""
    said = judgement("too dark", at=0)
    assert [cues(said, now=days * DAY)[0].weight for days in (-5, 0, 90, 180)] == [1.0, 1.0, 0.5, 0.25]
    old = cues(said, now=500 * DAY)[0]
    assert old.weight < FAINT
    assert not acts(old)
    assert acts(cues(said, now=300 * DAY)[0])


@pytest.mark.parametrize(
    ("first", "then", "phrases"),
    [
        ("too dark", "too bright", ("bright", "dark")),
        ("more trees", "fewer trees", ("more trees", "few trees")),
        ("too small", "too big", ("big", "small")),
    ],
)
def test_of_a_contradiction_the_later_word_wins_and_both_are_shown(
    first: str, then: str, phrases: tuple[str, str]
) -> None:
    """The earlier one names what stands against it; saying it again turns the two around."""
    one, two, three = judgement(first, at=1), judgement(then, at=2), judgement(first, at=3)
    early, late = phrases
    assert {cue.phrase: cue.against for cue in cues(two, one)} == {early: late, late: ""}
    assert {cue.phrase: cue.against for cue in cues(one, two, three)} == {early: "", late: early}


def test_a_muted_rival_stands_against_nobody() -> None:
    """Only what acts can exclude something."""
    said = judgement("too dark", at=1), judgement("too bright", at=2)
    found = {cue.phrase: cue for cue in cues(*said, edit(CueVerb.MUTE, "dark"))}
    assert (found["bright"].against, found["dark"].state) == ("", CueState.MUTED)


def test_a_withdrawn_verdict_takes_its_cue_along() -> None:
    """Without the later verdict the earlier one counts again; without any there is no cue, whatever hands did to it."""
    early = judgement("too dark", at=1)
    assert [cue.against for cue in cues(early)] == [""]
    assert cues(edit(CueVerb.MUTE, "bright"), edit(CueVerb.UNMUTE, "bright", 60)) == []


def test_what_three_slugs_agree_on_is_proposed_for_their_style_archetype_and_model() -> None:
    """Two slugs are too few, free words never reach beyond their slug, and a proposal waits to be accepted."""
    three = [judgement("too dark, at sea", at=at, slug=f"s{at}", archetype="hero", style="ink") for at in (1, 2, 3)]
    wide = {Scope.STYLE: "ink", Scope.ARCHETYPE: "hero", Scope.MODEL: "demo", Scope.EVERYTHING: ""}
    for scope, about in wide.items():
        assert cues(*three[:2], scope=scope) == []
        (cue,) = cues(*three, scope=scope)
        assert (cue.phrase, cue.about, cue.state, len(cue.origin)) == ("bright", about, CueState.PROPOSED, 3)
        assert not acts(cue)
        (cue,) = cues(*three, edit(CueVerb.ACCEPT, "bright", scope=scope, about=about), scope=scope)
        assert (cue.state, cue.by) == (CueState.ACTIVE, (7,))


def test_a_cue_by_hand_needs_no_verdict_and_does_not_fade() -> None:
    """It says who added it, and goes only by hand."""
    added = edit(CueVerb.ADD, "on paper")
    (cue,) = cues(added, now=5000 * DAY)
    assert (cue.phrase, cue.weight, cue.by, cue.origin) == ("on paper", 1.0, (7,), ())
    (cue,) = cues(added, edit(CueVerb.RETIRE, "On Paper", 60))
    assert (cue.state, acts(cue)) == (CueState.RETIRED, False)
    (cue,) = cues(added, edit(CueVerb.RETIRE, "on paper", 60), edit(CueVerb.UNMUTE, "on paper", 70))
    assert cue.state is CueState.ACTIVE


def test_hands_count_in_their_order_also_when_the_clock_was_set_back() -> None:
    """The last word is the last event, whatever time it carries."""
    said = judgement("too dark", at=1)
    (cue,) = cues(said, edit(CueVerb.MUTE, "bright", 60), edit(CueVerb.UNMUTE, "bright", 50))
    assert cue.state is CueState.ACTIVE


@given(judgements, edits)
def test_no_two_acting_cues_of_a_place_contradict(said: list[Judgement], by_hand: list[CueEdit]) -> None:
    """Whatever is said in whatever order, nothing that acts meets a rival, and each phrase is there once."""
    found = fold(Learned(tuple(said), tuple(by_hand)), TASTE, NOW)
    keys = [(cue.scope, cue.about, cue.phrase.casefold()) for cue in found]
    assert len(keys) == len(set(keys))
    for cue in found:
        if acts(cue) and not cue.against:
            place = [one for one in found if (one.scope, one.about) == (cue.scope, cue.about)]
            free = {one.phrase.casefold() for one in place if acts(one) and not one.against}
            assert not free & TASTE.taxonomy.rivals(cue.phrase)


@given(judgements, edits)
def test_neither_order_nor_repetition_matters(said: list[Judgement], by_hand: list[CueEdit]) -> None:
    """Rows may come out of the ledger in any order and more than once; edits may be told twice."""
    shuffled = [*said, *said]
    random.Random(len(said)).shuffle(shuffled)
    once = fold(Learned(tuple(said), tuple(by_hand)), TASTE, NOW)
    assert fold(Learned(tuple(shuffled), tuple(by_hand * 2)), TASTE, NOW) == once


@given(judgements, edits)
def test_every_cue_comes_from_somebody(said: list[Judgement], by_hand: list[CueEdit]) -> None:
    """A cue names messages that were really judged there, and weighs no more than there were judgements."""
    for cue in fold(Learned(tuple(said), tuple(by_hand)), TASTE, NOW):
        unkept = [one for one in said if one.verdict is not Verdict.KEEP]
        about = {Scope.SLUG: "slug", Scope.MODEL: "model", Scope.ARCHETYPE: "archetype"}.get(cue.scope)
        there = [one for one in unkept if about is None or getattr(one, about) == cue.about]
        assert cue.origin
        assert set(cue.origin) <= {one.message for one in there}
        assert 0 < cue.weight <= len(there)


@given(edits)
def test_without_verdicts_hands_alone_leave_nothing(by_hand: list[CueEdit]) -> None:
    """Muting, accepting or retiring what nobody says makes no cue."""
    assert fold(Learned((), tuple(by_hand)), TASTE, NOW) == ()
