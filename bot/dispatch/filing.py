"""How orders ended, one after another: outcome → fetch → rows → Thanks; or, when it may pass, back in line."""

import asyncio
from collections.abc import Callable

from bot.board import Board
from bot.clock import Clock
from bot.dispatch import outcomes
from bot.dispatch.fetch import Fetcher
from bot.dispatch.link import Link
from bot.errors import PictureBroken
from bot.ledger import jobs
from bot.ledger.database import Database
from bot.nouns import Job, JobState
from gpu_agent.wire import Cancelled, Done, Failed, Refused, Thanks

Outcome = Done | Failed | Cancelled


class Filing:
    """`filed` is called after each outcome, when the tower has room for another order."""

    def __init__(
        self, link: Link, fetcher: Fetcher, db: Database, board: Board, clock: Clock, filed: Callable[[], None]
    ) -> None:
        self._link, self._fetcher, self._db, self._board, self._clock = link, fetcher, db, board, clock
        self._filed = filed
        self._name = link.tower.name
        self._waiting: asyncio.Queue[Outcome] = asyncio.Queue()

    def put(self, outcome: Outcome) -> None:
        self._waiting.put_nowait(outcome)

    async def run(self) -> None:
        while True:
            await self._settle(await self._waiting.get())

    async def refuse(self, refused: Refused) -> None:
        """The tower will never render this one."""
        async with self._db.reading() as connection:
            job = await jobs.get(connection, refused.job)
        if job is not None and self._is_ours(job):
            await outcomes.failed(self._db, self._clock, job, refused.kind, refused.facts)
            self._board.ended(job.id)

    async def _settle(self, outcome: Outcome) -> None:
        """Thanked once it is in the rows, and when it does not count any more; another bot's jobs are left alone.

        So are those that wait for another try: their next order may be on its way already, and thanks behind it would
        lose its answer. The tower forgets a failure with the next order, or is thanked when it says Ready.
        """
        async with self._db.reading() as connection:
            job = await jobs.get(connection, outcome.job)
        if job is None or job.state is JobState.QUEUED:
            return
        if self._is_ours(job):
            if self._is_old(job, outcome):
                return  # the tower has the new order too, and answers it under its epoch: thanks would lose that answer
            if not await self._put_back(job, outcome):
                await self._file(job, outcome)
                await self._link.send(Thanks(job=job.id))
        else:
            await self._link.send(Thanks(job=job.id))
        self._board.ended(job.id)
        self._filed()

    def _is_ours(self, job: Job) -> bool:
        return job.state is JobState.RENDERING and job.tower == self._name

    def _is_old(self, job: Job, outcome: Outcome) -> bool:
        """A job that the tower will not render because of a cancel is cancelled, whatever the epoch."""
        return outcome.epoch != job.epoch and not (isinstance(outcome, Cancelled) and job.cancel_wanted)

    async def _put_back(self, job: Job, outcome: Outcome) -> bool:
        """Whether it failed in a way that may pass, and is tried once more."""
        if not isinstance(outcome, Failed) or not outcome.worth_retrying:
            return False
        return await outcomes.put_back(self._db, self._clock, job, outcome.kind, outcome.facts)

    async def _file(self, job: Job, outcome: Outcome) -> None:
        if isinstance(outcome, Done):
            await self._fetch_and_file(job, outcome)
        elif isinstance(outcome, Failed):
            await outcomes.failed(self._db, self._clock, job, outcome.kind, outcome.facts)
        else:
            await outcomes.cancelled(self._db, self._clock, job)

    async def _fetch_and_file(self, job: Job, done: Done) -> None:
        try:
            done = await self._fetcher.fetch(done, job.order())
        except PictureBroken as broken:
            await outcomes.failed(self._db, self._clock, job, broken.kind, broken.facts)
        else:
            await outcomes.rendered(self._db, self._clock, job, done)
