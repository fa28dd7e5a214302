"""Verdicts → cues: a fold over what counts now, so that a withdrawn verdict withdraws its cue by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.nouns import Cue, Judgement, Verdict
from bot.taste import taxonomy


@dataclass(slots=True)
class _Learned:
    """A phrase in the making. `votes` are the (picture, person) pairs that asked for it, `at` the latest time."""

    votes: set[tuple[str, int]] = field(default_factory=set)
    origin: dict[int, None] = field(default_factory=dict)
    at: float = 0.0


def fold(judgements: Sequence[Judgement]) -> tuple[Cue, ...]:
    """The cues of these judgements, which may be of several slugs: most agreed first, then the latest.

    The weight is the number of judgements that asked for the phrase. Of phrases that exclude one another only the
    one asked for last is there. The order of the judgements does not matter, their times do.
    """
    learned: dict[tuple[str, str], _Learned] = {}
    for judgement in sorted(judgements, key=lambda one: (one.at, one.job, one.person)):
        if judgement.verdict is Verdict.KEEP:
            continue
        for phrase in taxonomy.phrases(judgement.words):
            _learn(learned, judgement, phrase)
    ranked = sorted(learned.items(), key=lambda item: (-len(item[1].votes), -item[1].at, item[0]))
    return tuple(Cue(phrase, slug, tuple(one.origin), float(len(one.votes))) for (slug, phrase), one in ranked)


def _learn(learned: dict[tuple[str, str], _Learned], judgement: Judgement, phrase: str) -> None:
    for rival in taxonomy.rivals(phrase):
        learned.pop((judgement.slug, rival), None)
    entry = learned.setdefault((judgement.slug, phrase), _Learned())
    entry.votes.add((judgement.job, judgement.person))
    entry.origin.setdefault(judgement.message)
    entry.at = judgement.at
