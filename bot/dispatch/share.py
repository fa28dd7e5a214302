"""One tower's share of the queue: what it is wanted for, and what it claims next. Asked of the rows each time."""

import asyncio
from collections import deque
from collections.abc import Sequence

from bot.board import CONNECTED, Board
from bot.dispatch.wanted import Standing, may_take, wanted
from bot.ledger import jobs, towers
from bot.ledger.database import Connection, Database
from bot.nouns import Job
from bot.turn import order

_REMEMBERED = 64


class Share:
    """`names` are the towers of the settings, in the order of preference.

    It remembers whose jobs were claimed last, and of which model: what keeps taking turns over many claims.
    """

    def __init__(self, name: str, names: Sequence[str], board: Board) -> None:
        self.name, self._names, self._board = name, names, board
        self._recent: deque[int] = deque(maxlen=_REMEMBERED)
        self._warm: str | None = None

    def took(self, job: Job) -> None:
        self._recent.append(job.asker)
        self._warm = job.model

    async def newest(self, connection: Connection) -> int | None:
        """The row number of the youngest job that this tower has or is wanted for; None when nobody needs it."""
        unfinished = await jobs.unfinished(connection)
        mine = [lot for lot in unfinished if lot.tower == self.name]
        queued = [lot for lot in unfinished if lot.tower is None]
        if queued:
            standings = await self._standings(connection)
            waiting = {lot.model: lot.jobs for lot in queued}
            if mine or wanted(self.name, waiting, _held(unfinished), standings):
                mine += [lot for lot in queued if may_take(self.name, lot.model, standings)]
        return max((lot.newest for lot in mine), default=None)

    async def line(self, db: Database, shelf: str) -> list[str]:
        """The waiting jobs it may claim, in the order of their turns; none before the shelf of this digest has come.

        Sorting thousands would hold up the loop, so a thread does it.
        """
        async with db.reading() as connection:
            waiting = await jobs.in_line(connection)
            mine = await self._claimable(connection, shelf, {job.model for job in waiting}) if waiting else set()
        ours = [job for job in waiting if job.model in mine]
        line = await asyncio.to_thread(order, ours, warm=self._loaded(), recent=tuple(self._recent))
        return [job.id for job in line]

    def _loaded(self) -> str | None:
        """The model of the last job it got; after a start of the bot, the one that the tower says it has loaded."""
        status = self._board.states.get(self.name)
        return self._warm or (status.warm if status else None) or None

    async def _claimable(self, connection: Connection, shelf: str, models: set[str]) -> set[str]:
        stored = await towers.shelf(connection, self.name)
        if stored is None or stored.digest != shelf:
            return set()
        standings = await self._standings(connection)
        return {model for model in models if may_take(self.name, model, standings)}

    async def _standings(self, connection: Connection) -> list[Standing]:
        return [await self._standing(connection, name) for name in self._names]

    async def _standing(self, connection: Connection, name: str) -> Standing:
        shelf, heard = await towers.shelf(connection, name), await towers.heard(connection, name)
        view = self._board.towers.get(name)
        return Standing(
            name,
            models=None if shelf is None else frozenset(model.id for model in shelf.models if model.present),
            cards=0 if heard is None else len(heard.gpus),
            connected=view is not None and view.rung in CONNECTED,
            ailing=view is not None and view.ailing,
        )


def _held(unfinished: Sequence[jobs.Unfinished]) -> dict[str, int]:
    held: dict[str, int] = {}
    for lot in unfinished:
        if lot.tower is not None:
            held[lot.tower] = held.get(lot.tower, 0) + lot.jobs
    return held
