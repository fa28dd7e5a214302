"""Trials → report: one claim about all pairs, and figures of cues, models and archetypes corrected for their number."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.stats import false_discovery_control

from bot.evidence.sequence import against_zero, interval
from bot.nouns import Figure, Report, Trial

ERROR = 0.05
"""How often an interval may be wrong, over all looks together."""

FEW = 20
"""Pairs, below which nothing is said. Cues, models and archetypes with fewer are not among those corrected for."""

Name = tuple[str, ...]


def report(trials: Sequence[Trial]) -> Report:
    """What these pairs show; their order does not matter."""
    cues: dict[Name, list[Trial]] = defaultdict(list)
    models: dict[Name, list[Trial]] = defaultdict(list)
    archetypes: dict[Name, list[Trial]] = defaultdict(list)
    for trial in trials:
        models[(trial.model,)].append(trial)
        if trial.archetype:
            archetypes[(trial.archetype,)].append(trial)
        for cue in dict.fromkeys(trial.cues):
            cues[cue].append(trial)
    return Report(_figure((), trials, ERROR), *(_corrected(group) for group in (cues, models, archetypes)))


def _corrected(groups: Mapping[Name, Sequence[Trial]]) -> tuple[Figure, ...]:
    """The figures with most pairs first; of those whose interval leaves out 0, on average 1 in 20 is wrong at most.

    Those are chosen by the procedure of Benjamini and Hochberg on e-values, which needs no independence (R. Wang and
    A. Ramdas, "False discovery rate control with e-values", Journal of the Royal Statistical Society B 84 (2022)), and
    all intervals are widened by how few were chosen (Z. Xu, R. Wang and A. Ramdas, "Post-selection inference for
    e-value based confidence intervals", Electronic Journal of Statistics 18 (2024)).
    """
    doubts = [min(1.0, 1 / against_zero(_differences(group))) for group in groups.values() if len(group) >= FEW]
    chosen = int(np.sum(false_discovery_control(doubts) <= ERROR)) if doubts else 0
    error = ERROR * max(1, chosen) / max(1, len(doubts))
    made = [_figure(name, group, error) for name, group in groups.items()]
    return tuple(sorted(made, key=lambda figure: (-figure.pairs, figure.name)))


def _figure(name: Name, trials: Sequence[Trial], error: float) -> Figure:
    count = len(trials)
    low, high = interval(_differences(trials), error) if count >= FEW else (-1.0, 1.0)
    woven = sum(trial.woven for trial in trials) / count if count else 0.0
    bare = sum(trial.bare for trial in trials) / count if count else 0.0
    return Figure(name, count, woven, bare, low, high, count < FEW)


def _differences(trials: Sequence[Trial]) -> list[float]:
    return [trial.difference for trial in trials]
