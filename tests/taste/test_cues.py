"""What verdicts teach: agreement, contradiction and withdrawal."""

import pytest
from hypothesis import given

from bot.nouns import Judgement, Verdict
from bot.taste.cues import fold
from bot.taste.taxonomy import phrases, rivals
from tests.taste.judged import judgement, judgements


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
        ("I hate this", ()),
        ("not at night", ()),
        ("", ()),
    ],
)
def test_words_become_positive_phrases(said: str, learned: tuple[str, ...]) -> None:
    """A complaint is answered by its opposite, a phrase passes as itself, anger teaches nothing."""
    assert phrases(said) == learned


def test_a_rejection_with_words_makes_a_cue_of_its_slug() -> None:
    """The cue knows what it says, for which slug, and on which message it was learned."""
    (cue,) = fold([judgement("too dark", at=1)])
    assert (cue.phrase, cue.slug, cue.origin, cue.weight) == ("bright", "boat", (1001,), 1.0)


@pytest.mark.parametrize(("verdict", "count"), [(Verdict.KEEP, 0), (Verdict.REJECT, 1), (Verdict.REROLL, 1)])
def test_only_what_was_not_kept_teaches(verdict: Verdict, count: int) -> None:
    """Words on a kept picture change nothing."""
    assert len(fold([judgement("too dark", at=1, verdict=verdict)])) == count


def test_agreement_raises_the_weight_and_the_rank() -> None:
    """Two who say the same outweigh a later one who says something else; both messages are named."""
    cues = fold(
        [judgement("too dark", at=1), judgement("too dark", at=2, person=2), judgement("blurry", at=3, person=3)]
    )
    assert [(cue.phrase, cue.weight, cue.origin) for cue in cues] == [
        ("bright", 2.0, (1001, 1002)),
        ("sharp focus", 1.0, (1003,)),
    ]


def test_of_a_contradiction_the_later_word_wins() -> None:
    """Bright and dark never stand side by side; going back to bright drops dark again."""
    early, late = judgement("too dark", at=1), judgement("too bright", at=2)
    assert [cue.phrase for cue in fold([early, late])] == ["dark"]
    assert [cue.phrase for cue in fold([late, early])] == ["dark"]
    assert [cue.phrase for cue in fold([early, late, judgement("too dark", at=3)])] == ["bright"]


def test_a_withdrawn_verdict_takes_its_cue_along() -> None:
    """Without the later verdict the earlier one counts again; without any there is no cue."""
    early, late = judgement("too dark", at=1), judgement("too bright", at=2)
    assert [cue.phrase for cue in fold([early])] == ["bright"]
    assert [cue.phrase for cue in fold([late])] == ["dark"]
    assert fold([]) == ()


@given(judgements)
def test_no_two_cues_of_a_slug_contradict(given_judgements: list[Judgement]) -> None:
    """Whatever is said in whatever order, no phrase meets a rival, and each is there once."""
    cues = fold(given_judgements)
    for slug in {cue.slug for cue in cues}:
        said = [cue.phrase for cue in cues if cue.slug == slug]
        assert len(said) == len(set(said))
        assert not any(rival in said for phrase in said for rival in rivals(phrase))


@given(judgements)
def test_the_fold_does_not_depend_on_the_order_of_its_input(given_judgements: list[Judgement]) -> None:
    """Times decide, not the order in which rows come out of the ledger."""
    assert fold(given_judgements) == fold(list(reversed(given_judgements)))


@given(judgements)
def test_every_cue_comes_from_somebody(given_judgements: list[Judgement]) -> None:
    """A cue names messages on which its slug was really judged, and weighs no more than there were judgements."""
    for cue in fold(given_judgements):
        of_slug = [one for one in given_judgements if one.slug == cue.slug and one.verdict is not Verdict.KEEP]
        assert set(cue.origin) <= {one.message for one in of_slug}
        assert 1 <= cue.weight <= len(of_slug)
