"""What the rows want of a ready tower, sent to it: Submit, Cancel, Rest, Stay. Looked at after each commit.

An order is sent once the pictures it needs are there; `upload` sends those meanwhile, so that no other job waits.
"""

import asyncio
from collections.abc import Awaitable, Callable

from bot.clock import Clock
from bot.dispatch.claims import keep_ahead
from bot.dispatch.link import Link
from bot.dispatch.share import Share
from bot.dispatch.upload import Uploads
from bot.ledger import towers
from bot.ledger.database import Database
from bot.nouns import Job
from gpu_agent.wire import Cancel, Refused, Rest, Status, Stay, Submit

STAY = 300.0
TICK = 60.0


class Directing:
    """`run` and `remind` run as tasks beside each other, for one line. `refuse` ends a job that cannot be sent."""

    def __init__(
        self,
        link: Link,
        db: Database,
        clock: Clock,
        share: Share,
        uploads: Uploads,
        refuse: Callable[[Refused], Awaitable[None]],
    ) -> None:
        self._link, self._db, self._clock, self._share = link, db, clock, share
        self._uploads, self._refuse = uploads, refuse
        self._name = link.tower.name
        self._stir = asyncio.Event()
        self._sent: dict[str, int] = {}  # the epoch of each job on this line
        self._stopping: dict[str, int] = {}
        self._stay_again_at: float | None = None

    def not_yet(self, job: str) -> None:
        """The tower had no room for it: it keeps its claim and is offered again."""
        self._sent.pop(job, None)

    def again(self) -> None:
        """The tower may have room now."""
        self._stir.set()

    async def hear_the_bell(self) -> None:
        seen = self._db.bell.count
        while True:
            seen = await self._db.bell.after(seen)
            self._stir.set()

    async def remind(self) -> None:
        """A tower that is busy with somebody else's orders is asked again, told again to stay awake, and asked how it
        is."""
        while True:
            await self._link.send(Status())
            await self._clock.sleep(TICK)
            self._stir.set()

    async def run(self) -> None:
        while True:
            self._stir.clear()
            await self._grant_wish()
            mine = await keep_ahead(self._db, self._link.ready, self._share)
            for job in mine:
                await self._hand_over(job)
            await self._keep_awake(bool(mine))
            await self._stir.wait()

    async def _hand_over(self, job: Job) -> None:
        """Sent once on each line: the tower joins what it has already."""
        if self._sent.get(job.id) != job.epoch:
            await self._submit(job)
        if job.cancel_wanted and self._stopping.get(job.id) != job.epoch:
            self._stopping[job.id] = job.epoch
            await self._link.send(Cancel(job=job.id))  # one that the tower does not know is cancelled, too

    async def _submit(self, job: Job) -> None:
        order = job.order()
        if (fault := self._uploads.fault(order)) is not None:
            await self._refuse(Refused(job=job.id, kind=fault.kind, facts=fault.facts))
        elif self._uploads.want(order):
            self._sent[job.id] = job.epoch
            await self._link.send(Submit(epoch=job.epoch, order=order))

    async def _grant_wish(self) -> None:
        """The tower is awake, so only a wish for sleep is left to grant."""
        async with self._db.reading() as connection:
            wanted = await towers.wish_of(connection, self._name)
        if wanted is None:
            return
        if wanted == "sleep":
            await self._link.send(Rest())
        async with self._db.transaction() as connection:
            await towers.take_wish(connection, self._name)

    async def _keep_awake(self, needed: bool) -> None:
        now = self._clock.monotonic()
        if needed and (self._stay_again_at is None or now >= self._stay_again_at):
            self._stay_again_at = now + STAY - 2 * TICK
            await self._link.send(Stay(seconds=STAY))
        elif not needed and self._stay_again_at is not None:
            self._stay_again_at = None
            await self._link.send(Stay(seconds=0))
