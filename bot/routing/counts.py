"""What people think of pictures → how many each model had kept, and who won side by side. Pure.

What counts for a picture is `decided`; a comparison is the asker's to decide, else that of all who voted in it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from bot.nouns import Opinion, Route, Tally, Verdict, decided

_WORTH = {Verdict.KEEP: 1, Verdict.REROLL: 0, Verdict.REJECT: -1, None: 0}
Duels = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Record:
    """Of one archetype: what each model had kept when it was asked alone, and how often (one, other) was won."""

    alone: dict[str, Tally] = field(default_factory=dict)
    duels: Duels = field(default_factory=Counter)

    def of(self, model: str) -> Tally:
        return self.alone.get(model, Tally())

    def route(self, model: str, instead: str) -> Route:
        """The figures of taking one model instead of another."""
        won, lost = self.duels[model, instead], self.duels[instead, model]
        return Route(model=model, instead=instead, ours=self.of(model), theirs=self.of(instead), won=won, lost=lost)


def alone(opinions: Iterable[Opinion]) -> dict[str, Tally]:
    """What each model had kept, by model; `opinions` are of pictures that were no part of a comparison."""
    kept, of = Counter[str](), Counter[str]()
    for about in _grouped(opinions, lambda one: one.job):
        opinions_by = {one.person: one.verdict for one in about if one.person is not None and one.verdict is not None}
        if (verdict := decided(about[0].asker, opinions_by)) is not None:
            of[about[0].model] += 1
            kept[about[0].model] += verdict is Verdict.KEEP
    return {model: Tally(kept=kept[model], of=of[model]) for model in of}


def duels(opinions: Iterable[Opinion]) -> Duels:
    """How often each model won over each other, by comparison: as many wins as comparisons, however many voted.

    A picture that the voters left alone stands between one that they keep and one that they reject.
    """
    won: Duels = Counter()
    for group in _grouped(opinions, lambda one: one.ask):
        heard = _heard(group)
        scores = Counter[str]()
        for one in group:
            scores[one.model] += _WORTH[one.verdict] if one.person in heard else 0
        won.update(pair for pair in permutations(scores, 2) if scores[pair[0]] > scores[pair[1]])
    return won


def _heard(about: Sequence[Opinion]) -> set[int]:
    """Whose word counts."""
    people = {one.person for one in about if one.person is not None}
    return {about[0].asker} & people or people


def _grouped(opinions: Iterable[Opinion], key: Callable[[Opinion], str]) -> Iterable[list[Opinion]]:
    groups: defaultdict[str, list[Opinion]] = defaultdict(list)
    for one in opinions:
        groups[key(one)].append(one)
    return groups.values()
