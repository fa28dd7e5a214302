"""Whose turn it is: one total order over the waiting jobs. Pure, so that chat can tell a place in line with it.

People take turns. A person's waiting jobs get the ranks base, base + 1, …; lower ranks come first. The base continues
where the person's last turn ended, but never before the round that is being served now: who asked for a hundred
pictures while nobody else was there does not pay for it later, and who comes new does not have to catch up.

Within a rank: what somebody waits for on a card before items of a batch, then jobs of the model that is loaded
already, then the older job.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Protocol, TypeVar

MOST_OVERTAKEN = 8
"""A job lets at most so many later jobs of the same rank pass because their model is loaded."""


class Waiting(Protocol):
    """What of a job decides its place; a whole `Job` will do, and so will `InLine`."""

    @property
    def id(self) -> str: ...
    @property
    def asker(self) -> int: ...
    @property
    def batch(self) -> str | None: ...
    @property
    def model(self) -> str: ...
    @property
    def created_at(self) -> float: ...


One = TypeVar("One", bound=Waiting)


def order(waiting: Sequence[One], *, warm: str | None = None, recent: Sequence[int] = ()) -> list[One]:
    """The waiting jobs in the order they will be claimed.

    `warm` is the model that is loaded now. `recent` names the askers of the jobs claimed last, oldest first; feeding
    each claim back into it continues the same order.
    """
    ranked = sorted(_ranked(waiting, recent), key=lambda pair: (pair[0], *_seniority(pair[1])))
    line: list[One] = []
    for _, group in groupby(ranked, key=lambda pair: (pair[0], pair[1].batch is not None)):
        line += _prefer_loaded([job for _, job in group], line[-1].model if line else warm)
    return line


def _seniority(job: Waiting) -> tuple[bool, float, str]:
    return job.batch is not None, job.created_at, job.id


def _ranked(waiting: Iterable[One], recent: Sequence[int]) -> Iterable[tuple[int, One]]:
    turn, round_now = _turns_taken(recent)
    of: defaultdict[int, list[One]] = defaultdict(list)
    for job in sorted(waiting, key=_seniority):
        of[job.asker].append(job)
    for asker, jobs in of.items():
        yield from enumerate(jobs, start=max(turn.get(asker, 0), round_now))


def _turns_taken(recent: Sequence[int]) -> tuple[dict[int, int], int]:
    """The rank each person's next job may have, and the round that was served last."""
    following: dict[int, int] = {}
    round_now = 0
    for asker in recent:
        round_now = max(following.get(asker, 0), round_now)
        following[asker] = round_now + 1
    return following, round_now


def _prefer_loaded(jobs: list[One], loaded: str | None) -> list[One]:
    """Jobs of one rank, each model's together, as far as the bound on overtaking allows."""
    line: list[One] = []
    overtaken = dict.fromkeys((job.id for job in jobs), 0)
    while jobs:
        at = _next_loaded(jobs, overtaken, loaded)
        for passed in jobs[:at]:
            overtaken[passed.id] += 1
        line.append(jobs.pop(at))
        loaded = line[-1].model
    return line


def _next_loaded(jobs: Sequence[Waiting], overtaken: dict[str, int], loaded: str | None) -> int:
    """The first job of the loaded model that nobody has waited too long for; else the first of all."""
    for at, job in enumerate(jobs):
        if job.model == loaded:
            return at
        if overtaken[job.id] >= MOST_OVERTAKEN:
            break
    return 0
