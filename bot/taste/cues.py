"""Verdicts and hand edits → cues: a pure fold, so that a withdrawn verdict withdraws its cue by itself.

A cue of a slug acts at once. What several slugs of a style, an archetype or a model agree on is proposed for all of
it, and acts when somebody accepts it. A vote is one person's word on one picture; it fades with age.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import fsum

from bot.nouns import Cue, CueEdit, CueState, CueVerb, Judgement, Learned, Scope, Verdict
from bot.taste.lessons import Lesson, lessons
from bot.taste.reading import shipped
from bot.taste.taxonomy import Taxonomy

DAY = 86_400.0
FAINT = 0.05
"""A cue that weighs less has faded and acts no more: one vote after about four half-lives."""

_SLUGS_AGREE = 3  # slugs that want the same of their next picture, before it is proposed for all of them
_KEEP = 20  # messages a cue names as its origin, the latest

Key = tuple[Scope, str, str]
"""Scope, about, phrase in small letters: what makes a cue this cue."""

_BECOMES = {
    CueVerb.ADD: CueState.ACTIVE,
    CueVerb.ACCEPT: CueState.ACTIVE,
    CueVerb.UNMUTE: CueState.ACTIVE,
    CueVerb.MUTE: CueState.MUTED,
    CueVerb.RETIRE: CueState.RETIRED,
}


@dataclass(frozen=True, slots=True)
class Taste:
    """By what it is learned: the taxonomy, and the seconds in which a vote loses half its weight."""

    taxonomy: Taxonomy = field(default_factory=shipped)
    half_life: float = 90 * DAY


@dataclass(slots=True)
class _Making:
    """A cue in the making: `votes` are times by (picture, person), `origin` the times by message."""

    phrase: str = ""
    negative: str = ""
    votes: dict[tuple[str, int], float] = field(default_factory=dict)
    origin: dict[int, float] = field(default_factory=dict)
    slugs: set[str] = field(default_factory=set)
    added_at: float | None = None
    state: CueState | None = None
    by: dict[int, None] = field(default_factory=dict)

    @property
    def at(self) -> float:
        """When it was last asked for."""
        return max([*self.votes.values(), *([] if self.added_at is None else [self.added_at])])


def fold(learned: Learned, taste: Taste, now: float) -> tuple[Cue, ...]:
    """The cues of these judgements and edits: the nearest scope first, in it the heaviest.

    The order of the judgements does not matter, nor how often anything is given; edits count in their order, because
    clocks can be set back. Of active cues that exclude one another in one place, only the one asked for last has no
    `against`.
    """
    making: dict[Key, _Making] = {}
    for judgement in learned.judgements:
        if judgement.verdict is not Verdict.KEEP:
            for lesson in lessons(taste.taxonomy, judgement.words, judgement.emojis):
                _vote(making, judgement, lesson)
    for edit in {one.key: one for one in learned.edits}.values():
        _edit(making, edit)
    there = {key: one for key, one in making.items() if _is_there(key, one)}
    made = {key: _cue(key, one, taste, now) for key, one in there.items()}
    settled = _settled(made, {key: one.at for key, one in there.items()}, taste.taxonomy)
    return tuple(sorted(settled, key=lambda cue: (_REACH[cue.scope], cue.about, -cue.weight, cue.phrase)))


_REACH = {scope: reach for reach, scope in enumerate(Scope)}


def _vote(making: dict[Key, _Making], judgement: Judgement, lesson: Lesson) -> None:
    """Free words count for their slug only: what a boat should be beside is no matter of the model."""
    for scope, about in _places(judgement):
        if scope is not Scope.SLUG and not lesson.reason:
            continue
        one = making.setdefault((scope, about, lesson.phrase.casefold()), _Making())
        one.phrase = min(filter(None, (one.phrase, lesson.phrase)))
        one.negative = max(one.negative, lesson.negative)
        vote = (judgement.job, judgement.person)
        one.votes[vote] = max(judgement.at, one.votes.get(vote, judgement.at))
        one.origin[judgement.message] = max(judgement.at, one.origin.get(judgement.message, judgement.at))
        one.slugs.add(judgement.slug)


def _places(judgement: Judgement) -> Iterator[tuple[Scope, str]]:
    yield Scope.SLUG, judgement.slug
    if judgement.style:
        yield Scope.STYLE, judgement.style
    if judgement.archetype:
        yield Scope.ARCHETYPE, judgement.archetype
    if judgement.model:
        yield Scope.MODEL, judgement.model
    yield Scope.EVERYTHING, ""


def _edit(making: dict[Key, _Making], edit: CueEdit) -> None:
    one = making.setdefault((edit.scope, edit.about, edit.phrase.casefold()), _Making())
    if edit.verb is CueVerb.ADD:
        one.added_at, one.negative = edit.at, edit.negative or one.negative
    if edit.verb in (CueVerb.ADD, CueVerb.ACCEPT):
        one.by[edit.person] = None
    one.phrase = one.phrase or edit.phrase
    one.state = _BECOMES[edit.verb]


def _is_there(key: Key, one: _Making) -> bool:
    """Somebody added it, or enough people still say it."""
    if one.added_at is not None:
        return True
    return len(one.slugs) >= (1 if key[0] is Scope.SLUG else _SLUGS_AGREE)


def _cue(key: Key, one: _Making, taste: Taste, now: float) -> Cue:
    votes = sorted(0.5 ** (max(0.0, now - at) / taste.half_life) for at in one.votes.values())
    origin = sorted(one.origin, key=lambda message: (one.origin[message], message))[-_KEEP:]
    return Cue(
        phrase=one.phrase,
        about=key[1],
        origin=tuple(origin),
        weight=round(fsum(votes) + (one.added_at is not None), 6),  # a hand's vote does not fade: it can be taken back
        negative=one.negative,
        scope=key[0],
        state=one.state or (CueState.ACTIVE if key[0] is Scope.SLUG else CueState.PROPOSED),
        by=tuple(one.by),
    )


def _settled(made: Mapping[Key, Cue], at: Mapping[Key, float], taxonomy: Taxonomy) -> Iterator[Cue]:
    """Each cue, with the rival that was asked for later than it."""
    for (scope, about, phrase), cue in made.items():
        rivals = [(scope, about, rival) for rival in taxonomy.rivals(phrase)]
        since = at[scope, about, phrase], (scope, about, phrase)
        later = [(at[one], one) for one in rivals if one in made and acts(made[one]) and (at[one], one) > since]
        yield replace(cue, against=made[max(later)[1]].phrase) if later else cue


def acts(cue: Cue) -> bool:
    """Does it reach prompts, as far as it alone decides?"""
    return cue.state is CueState.ACTIVE and cue.weight >= FAINT
