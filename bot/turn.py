"""Whose turn it is: one total order over the waiting jobs. Pure, so that chat can tell a place in line with it.

People take turns. A person's waiting jobs get the ranks base, base + 1, …; lower ranks come first. The base continues
where the person's last turn ended, but never before the round that is being served now: who asked for a hundred
pictures while nobody else was there does not pay for it later, and who comes new does not have to catch up.

Within a rank: what somebody waits for on a card before items of a batch, then jobs of the model that is loaded
already, then the older job. A person's turn in a batch may go to any of its items: to one of the loaded model, and when
there is none, to the models in the order of their names, so that a batch has each of its models loaded once.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, repeat
from typing import Generic, Protocol, TypeVar

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


Seniority = tuple[bool, float, str]


@dataclass(slots=True, eq=False)
class _Lot(Generic[One]):
    """Jobs of one person that may change places with each other: one that was asked for alone, or a batch's items.

    It has as many `turns` as it had jobs; `of_model` are those that are left, by the names of their models.
    """

    seniority: Seniority
    turns: int
    of_model: dict[str, deque[One]]

    def take(self, loaded: str | None) -> One:
        """The oldest job of the loaded model; else of the first."""
        model = loaded if loaded in self.of_model else next(iter(self.of_model))
        assert model is not None
        jobs = self.of_model[model]
        taken = jobs.popleft()
        if not jobs:
            del self.of_model[model]
        return taken


def order(waiting: Sequence[One], *, warm: str | None = None, recent: Sequence[int] = ()) -> list[One]:
    """The waiting jobs in the order they will be claimed.

    `warm` is the model that is loaded now. `recent` names the askers of the jobs claimed last, oldest first; feeding
    each claim back into it continues the same order.
    """
    ranked = sorted(_ranked(waiting, recent), key=lambda turn: (turn[0], turn[1].seniority))
    line: list[One] = []
    for _, group in groupby(ranked, key=lambda turn: (turn[0], turn[1].seniority[0])):
        line += _prefer_loaded([lot for _, lot in group], line[-1].model if line else warm)
    return line


def _ranked(waiting: Iterable[One], recent: Sequence[int]) -> Iterator[tuple[int, _Lot[One]]]:
    """Every turn there is to be, with its rank."""
    turn, round_now = _turns_taken(recent)
    for asker, lots in _lots(waiting).items():
        turns = chain.from_iterable(repeat(lot, lot.turns) for lot in lots)
        yield from enumerate(turns, start=max(turn.get(asker, 0), round_now))


def _lots(waiting: Iterable[One]) -> dict[int, list[_Lot[One]]]:
    """Each person's lots in the order of their turns. What joins a batch later, such as a second try, stands behind."""
    lots: defaultdict[int, list[_Lot[One]]] = defaultdict(list)
    batches: defaultdict[tuple[int, Seniority], list[One]] = defaultdict(list)
    for job in waiting:
        if job.batch is None:
            lots[job.asker].append(_Lot((False, job.created_at, job.id), 1, {job.model: deque((job,))}))
        else:
            batches[job.asker, (True, job.created_at, job.batch)].append(job)
    for (asker, seniority), jobs in batches.items():
        of_model: dict[str, deque[One]] = {}
        for job in sorted(jobs, key=lambda one: (one.model, one.id)):
            of_model.setdefault(job.model, deque()).append(job)
        lots[asker].append(_Lot(seniority, len(jobs), of_model))
    return {asker: sorted(lots[asker], key=lambda lot: lot.seniority) for asker in sorted(lots)}


def _turns_taken(recent: Sequence[int]) -> tuple[dict[int, int], int]:
    """The rank each person's next job may have, and the round that was served last."""
    following: dict[int, int] = {}
    round_now = 0
    for asker in recent:
        round_now = max(following.get(asker, 0), round_now)
        following[asker] = round_now + 1
    return following, round_now


def _prefer_loaded(lots: list[_Lot[One]], loaded: str | None) -> list[One]:
    """The turns of one rank, those of the loaded model first, as far as the bound on overtaking allows."""
    line: list[One] = []
    passed = [0] * len(lots)
    while lots:
        at = _next_loaded(lots, passed, loaded)
        for older in range(at):
            passed[older] += 1
        del passed[at]
        line.append(lots.pop(at).take(loaded))
        loaded = line[-1].model
    return line


def _next_loaded(lots: Sequence[_Lot[One]], passed: Sequence[int], loaded: str | None) -> int:
    """The first turn that the loaded model can have, unless somebody older has waited too long; else the first."""
    for at, lot in enumerate(lots):
        if loaded in lot.of_model:
            return at
        if passed[at] >= MOST_OVERTAKEN:
            break
    return 0
