"""A bot that is up or down, and time that passes meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from bot.intake.accept import Intake
from bot.ledger import batches, jobs, notices, rota
from bot.ledger.database import Database
from bot.nouns import Job, JobState, Notice, NoticeKind, RotaEntry
from bot.people.terms import FREE, Terms
from bot.schedule.foreseeing import NONE
from bot.schedule.rota import Rota
from bot.settings import Limits
from tests.clock import FakeClock, until
from tests.ledger import lookups
from tests.ledger.rows import finish
from tests.scheduled import scheduled

HOUR = 3600.0
DAY = 24 * HOUR
FILE = json.dumps([{"slug": f"boat-{n}", "prompt": f"{n} red boats"} for n in range(2)]).encode()


class Nights:
    """A batch "daily 02:00" in UTC; START is noon, so that the first moment is 14 hours away."""

    START = 1_800_014_400.0  # 2027-01-15 12:00 UTC

    def __init__(self, db: Database, clock: FakeClock) -> None:
        self.db = db
        self.clock = clock
        self.limits = Limits()
        self.intake = Intake(db, clock, self.limits, ())
        self.terms: Terms = FREE
        self.towers = NONE
        self._messages = count(1)

    async def schedule(self, when: str = "daily 02:00", *, data: bytes = FILE, terms: Terms = FREE) -> RotaEntry:
        return await scheduled(
            self.db,
            self.intake,
            "nightly.json",
            data,
            when,
            asker=11,
            guild=1,
            channel=5,
            terms=terms,
            clock=self.clock,
        )

    @asynccontextmanager
    async def up(self) -> AsyncIterator[None]:
        """The bot runs its rota; afterwards it is killed wherever it is."""
        task = asyncio.create_task(self.rota().run())
        try:
            await self.settled()
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def rota(self) -> Rota:
        return Rota(self.db, self.clock, self.intake, 6, self.terms, self.towers)

    async def settle_rota(self) -> None:
        """What happens at a start before anything is claimed."""
        await self.rota().settle()

    def message(self) -> int:
        """The id of one more message."""
        return next(self._messages)

    async def line(self) -> set[str]:
        """The jobs that may begin now."""
        async with self.db.reading() as connection:
            return {job.id for job in await jobs.in_line(connection)}

    async def worth_waking_for(self) -> int:
        """How many waiting jobs a tower is woken for."""
        async with self.db.reading() as connection:
            return sum(lot.jobs for lot in await jobs.unfinished(connection))

    async def claim(self, job: Job) -> bool:
        """Whether a tower can have it."""
        async with self.db.transaction() as connection:
            return await jobs.claim(connection, job.id, "tower", "boot1") is not None

    async def settled(self) -> None:
        """Waits until the rota has nothing to do before its next moment and sleeps."""

        async def asleep() -> bool:
            async with self.db.reading() as connection:
                nearest = await rota.nearest(connection)
                ended, wanted = await batches.ended(connection), await rota.wanted(connection)
            known = nearest is None or (nearest[1] is not None and nearest[1] > self.clock.now())
            return known and not ended and not wanted and bool(self.clock.naps)

        await until(asleep)

    async def pass_time(self, seconds: float) -> None:
        """While the bot is up; of several moments in this time it would see only that they have passed."""
        await self.settled()  # or it would still lie down by the clock as it was
        await self.clock.advance(seconds)
        await self.settled()

    async def told(self) -> list[str]:
        """The announcements, in the order in which they are said."""
        return [notice.text for notice in await self._notices() if notice.kind is NoticeKind.ANNOUNCEMENT]

    async def told_of(self, words: str) -> bool:
        return any(words in text for text in await self.told())

    async def kinds(self) -> list[NoticeKind]:
        return [notice.kind for notice in await self._notices()]

    async def _notices(self) -> list[Notice]:
        async with self.db.reading() as connection:
            return await notices.due_in(connection, 5, 1000)

    async def slots(self) -> list[float]:
        """The moments whose batches were accepted."""
        async with self.db.reading() as connection:
            rows = await connection.execute_fetchall("SELECT slot FROM batches ORDER BY slot")
        return [row["slot"] for row in rows]

    async def render_everything(self, *states: JobState) -> None:
        """Ends the waiting jobs in these states, one after another, and says their notices."""
        self.clock.jump(1)  # rendering takes its time, and notices are said in the order of theirs
        async with self.db.transaction() as connection:
            for number, (job, state) in enumerate(zip(await lookups.unfinished(connection), states, strict=True)):
                await finish(connection, job, state, self.clock.now(), message=1000 + number)
