"""Judgements as tests write them down, and the words people are imagined to write."""

from hypothesis import strategies as st

from bot.nouns import Cue, CueEdit, CueVerb, Judgement, Learned, Scope, Verdict
from bot.taste.cues import Taste, fold
from bot.taste.reading import shipped

TASTE = Taste()
NOW = 100.0
COMPLAINTS = [keyword for reason in shipped().reasons for one in reason.all() for keyword in one.keywords]
COMPLAINTS += ["at night", "by day", "on the left", "more trees", "fewer trees", "less fog"]
EMOJIS = [reason.emoji for reason in shipped().reasons if reason.emoji]


def judgement(
    words: str,
    *,
    at: float,
    person: int = 1,
    verdict: Verdict = Verdict.REJECT,
    slug: str = "boat",
    model: str = "demo",
    archetype: str | None = None,
    emojis: tuple[str, ...] = (),
    style: str | None = None,
) -> Judgement:
    return Judgement(f"job{at}", slug, int(1000 + at), person, verdict, words, at, model, archetype, emojis, style)


def edit(verb: CueVerb, phrase: str, at: float = 50, scope: Scope = Scope.SLUG, about: str = "boat") -> CueEdit:
    return CueEdit(f"k{at}{verb}{phrase}", verb, scope, about, phrase, 7, at)


def cues(*given: Judgement | CueEdit, now: float = NOW, scope: Scope = Scope.SLUG) -> list[Cue]:
    """The cues of this scope."""
    said = tuple(one for one in given if isinstance(one, Judgement))
    edits = tuple(one for one in given if isinstance(one, CueEdit))
    return [cue for cue in fold(Learned(said, edits), TASTE, now) if cue.scope is scope]


words = st.one_of(
    st.sampled_from(COMPLAINTS), st.text(max_size=60), st.lists(st.sampled_from(COMPLAINTS)).map(", ".join)
)
judgements = st.lists(
    st.builds(
        Judgement,
        job=st.sampled_from(["a", "b", "c", "d"]),
        slug=st.sampled_from(["boat", "moon", "hill"]),
        message=st.integers(1, 9),
        person=st.integers(1, 4),
        verdict=st.sampled_from(Verdict),
        words=words,
        at=st.integers(0, 50).map(float),
        model=st.sampled_from(["demo", "big"]),
        archetype=st.sampled_from([None, "hero"]),
        emojis=st.lists(st.sampled_from(EMOJIS), max_size=2, unique=True).map(tuple),
        style=st.sampled_from([None, "ink"]),
    ),
    unique_by=lambda one: (one.job, one.person),
)
edits = st.lists(
    st.builds(
        CueEdit,
        key=st.integers(0, 10**9).map(str),
        verb=st.sampled_from([verb for verb in CueVerb if verb is not CueVerb.ADD]),
        scope=st.just(Scope.SLUG) | st.just(Scope.MODEL),
        about=st.sampled_from(["boat", "moon", "demo"]),
        phrase=st.sampled_from(["bright", "dark", "big", "sharp focus", "more trees"]),
        person=st.integers(1, 3),
        at=st.integers(0, 60).map(float),
    ),
    max_size=6,
)
