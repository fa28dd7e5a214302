"""What is told when something that the rota began is over: a batch whose last picture was posted, a window that closed.

batch ended                          announcement of what came of it → closed
window's end come                    shut: nothing more begins, what renders renders on
shut, and nothing of it renders      announcement of what came of it → told
"""

from bot.clock import Clock
from bot.ledger import batches, rota, windows, yields
from bot.ledger.database import Connection, Database
from bot.nouns import Batch, RotaEntry
from bot.schedule.lookback import cost
from bot.schedule.saying import SILENCE, Saying, say
from bot.settings import CostsTable
from bot.texts import announcements

_BEST = 9
"""Pictures on a best-of sheet."""


class Endings:
    """Each is told in the transaction that remembers it."""

    def __init__(self, db: Database, clock: Clock, costs: CostsTable) -> None:
        self._db, self._clock, self._costs = db, clock, costs

    async def tell(self) -> float:
        """Tells what is over; gives the seconds until the next window closes, or infinity."""
        async with self._db.reading() as connection:
            ended = await batches.ended(connection)
        for batch in ended:
            await self._batch(batch)
        await self.shut()
        return await self._windows()

    async def shut(self) -> None:
        now = self._clock.now()
        async with self._db.reading() as connection:
            over = any(is_open and closes <= now for _, is_open, closes in await windows.opened(connection))
        if over:
            async with self._db.transaction() as connection:
                await windows.shut(connection, now)

    async def _batch(self, batch: Batch) -> None:
        async with self._db.transaction() as connection:
            if await batches.close(connection, batch.id):
                which = yields.of_batch(batch.id)
                found = await yields.counted(connection, which)
                text = announcements.done(batch.name, found, cost(self._costs, found))
                best = await yields.best(connection, which, batch.channel, _BEST)
                await say(connection, self._clock, batch.channel, batch.asker, _with_best(text, best))

    async def _windows(self) -> float:
        """Seconds until the next end; what still renders rings the bell when it is done."""
        next_end = float("inf")
        async with self._db.reading() as connection:
            opened = await windows.opened(connection)
        for entry_id, is_open, closes in opened:
            if is_open:
                next_end = min(next_end, closes - self._clock.now())
            else:
                await self._window(entry_id)
        return next_end

    async def _window(self, entry_id: str) -> None:
        async with self._db.reading() as connection:
            entry = await rota.get(connection, entry_id)
            over = entry is not None and not await windows.rendering(connection, entry)
        if entry is not None and over:
            async with self._db.transaction() as connection:
                saying = await self._came_of(connection, entry)
                if await windows.told(connection, entry):
                    await say(connection, self._clock, entry.channel, entry.asker, saying)

    async def _came_of(self, connection: Connection, entry: RotaEntry) -> Saying:
        """Nothing, if nothing was rendered and nothing waits."""
        ended = await windows.ended(connection, entry, self._clock.now())
        waiting = len(await windows.waiting(connection, entry))
        if not ended and not waiting:
            return SILENCE
        which = yields.of_jobs(ended)
        found = await yields.counted(connection, which)
        text = announcements.closed(entry, found, waiting, cost(self._costs, found))
        return _with_best(text, await yields.best(connection, which, entry.channel, _BEST))


def _with_best(text: str, best: list[str]) -> Saying:
    return Saying(text, ("best", {"jobs": best}) if best else None)
