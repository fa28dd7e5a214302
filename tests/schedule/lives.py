"""A rota that is up and down over weeks: time leaps from one thing that is due to the next, as naps would get there."""

import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bot.intake.accept import Intake
from bot.ledger import rota
from bot.ledger.database import Database
from bot.nouns import RotaEntry, RotaKind, SlotOutcome
from bot.schedule.rota import Rota
from bot.settings import Limits
from tests.clock import FakeClock

HOUR, DAY = 3600.0, 86400.0
GRACE = 6 * HOUR
Down = tuple[float, float]
"""From when to when the bot is not there."""
Told = tuple[float, SlotOutcome]


def digest(cron: str, zone: str, since: float, name: str = "digest") -> RotaEntry:
    return RotaEntry(name, "", "words", cron, zone, "", 11, 1, 5, since, None, kind=RotaKind.DIGEST, since=since)


class Life:
    def __init__(self, db: Database, start: float) -> None:
        self.db = db
        self.clock = FakeClock(start)
        self._intake = Intake(db, self.clock, Limits(), ())
        self._heard = 0

    def rota(self) -> Rota:
        """As it begins when the bot is started."""
        return Rota(self.db, self.clock, self._intake, GRACE / HOUR)

    async def add(self, entry: RotaEntry) -> None:
        async with self.db.transaction() as connection:
            await rota.add(connection, entry)

    async def anew(self, entry: RotaEntry) -> None:
        """Only this entry, and the clock at its beginning; what was said before is not heard any more."""
        self._heard += len(await self.said())
        async with self.db.transaction() as connection:
            await connection.execute("DELETE FROM rota")
        self.clock.jump(entry.since - self.clock.now())
        await self.add(entry)

    async def until(self, end: float, downs: Sequence[Down] = ()) -> None:
        """Lives on to this moment, but for these times, which come one after another."""
        for gone, back in downs:
            await self._up(gone)
            self.clock.jump(back - self.clock.now())
        await self._up(end)

    async def _up(self, end: float) -> None:
        up = self.rota()
        while self.clock.now() <= end:
            if await up.step() <= 0:
                continue
            async with self.db.reading() as connection:
                nearest = await rota.nearest(connection)
            due = None if nearest is None else nearest[1]
            if due is None or due > end:
                break
            self.clock.jump(due - self.clock.now())
        self.clock.jump(end - self.clock.now())

    async def outcomes(self, entry: str = "digest") -> list[Told]:
        """What became of its moments, in their order."""
        async with self.db.reading() as connection:
            return [(slot.at, slot.outcome) for slot in reversed(await rota.slots(connection, entry))]

    async def said(self) -> list[str]:
        async with self.db.reading() as connection:
            due = await connection.execute_fetchall("SELECT text FROM notices ORDER BY rowid")
        return [str(row["text"]) for row in due][self._heard :]

    async def named_as_missed(self) -> int:
        """Moments that are told to be missed besides the one that a text is about."""
        return sum(int(count) for text in await self.said() for count in re.findall(r"(\d+) earlier moment", text))


@asynccontextmanager
async def life(start: float) -> AsyncIterator[Life]:
    with tempfile.TemporaryDirectory() as home:
        async with Database(Path(home) / "darkroom.db") as db:
            yield Life(db, start)


def expected(due: Sequence[float], downs: Sequence[Down]) -> tuple[list[Told], int]:
    """What has to become of these moments, and how many are only counted. Of those in one absence the last one is
    made up for, if that is within the grace."""
    told: list[Told] = []
    counted = 0
    for number, moment in enumerate(due):
        back = next((back for gone, back in downs if gone < moment < back), None)
        if back is None:
            told.append((moment, SlotOutcome.SERVED))
        elif any(moment < later <= back for later in due[number + 1 :]):
            counted += 1
        else:
            told.append((moment, _late(back - moment)))
    return told, counted


def _late(seconds: float) -> SlotOutcome:
    if seconds > GRACE:
        return SlotOutcome.MISSED
    return SlotOutcome.LATE if seconds > 120 else SlotOutcome.SERVED
