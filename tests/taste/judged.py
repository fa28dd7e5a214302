"""Judgements as tests write them down, and the words people are imagined to write."""

from hypothesis import strategies as st

from bot.nouns import Judgement, Verdict
from bot.taste.taxonomy import REASONS

COMPLAINTS = [keyword for reason in REASONS for keyword in reason.keywords] + ["at night", "by day", "on the left"]


def judgement(
    words: str, *, at: float, person: int = 1, verdict: Verdict = Verdict.REJECT, slug: str = "boat"
) -> Judgement:
    return Judgement(f"job{at}", slug, int(1000 + at), person, verdict, words, at)


words = st.one_of(
    st.sampled_from(COMPLAINTS), st.text(max_size=60), st.lists(st.sampled_from(COMPLAINTS)).map(", ".join)
)
judgements = st.lists(
    st.builds(
        Judgement,
        job=st.sampled_from(["a", "b", "c"]),
        slug=st.sampled_from(["boat", "moon"]),
        message=st.integers(1, 9),
        person=st.integers(1, 4),
        verdict=st.sampled_from(Verdict),
        words=words,
        at=st.integers(0, 50).map(float),
    ),
    unique_by=lambda one: (one.job, one.person),
)
