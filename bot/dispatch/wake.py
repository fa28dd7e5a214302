"""Magic packets to every target of a tower. A target that fails is a note: another one may reach the tower."""

import asyncio
import logging

import wakeonlan

from bot.clock import Clock
from bot.ledger import towers
from bot.ledger.database import Database
from bot.settings import Tower

PACKETS = 3
GAP = 0.1
EVERY = 5.0
_log = logging.getLogger(__name__)


class Attempt:
    """One attempt to wake a tower: a row from its first packet on, packets again every five seconds."""

    def __init__(self, tower: Tower, db: Database, clock: Clock) -> None:
        self._tower, self._db, self._clock = tower, db, clock
        self._row: int | None = None
        self._began = self._sent_at = 0.0

    async def send(self) -> None:
        """Sends packets, unless the last ones are too fresh."""
        now = self._clock.monotonic()
        if self._row is None:
            async with self._db.transaction() as connection:
                self._row = await towers.begin_wake(connection, self._tower.name, self._clock.now())
            self._began = now
        elif now - self._sent_at < EVERY:
            return
        self._sent_at = now
        await send_packets(self._tower, self._clock)

    async def ended(self, rung: str) -> None:
        """Keeps how far it came, and the seconds to ready; nothing when no packet was needed."""
        if self._row is not None:
            seconds = self._clock.monotonic() - self._began if rung == "ready" else None
            async with self._db.transaction() as connection:
                await towers.end_wake(connection, self._row, rung, seconds)


async def send_packets(tower: Tower, clock: Clock) -> tuple[str, ...]:
    """Three packets to each target; gives a note for each target that could not be sent to.

    Sent from a thread, because a target may be a name that takes its time to be looked up.
    """
    assert tower.mac is not None
    notes: dict[str, str] = {}
    for number in range(PACKETS):
        if number:
            await clock.sleep(GAP)
        notes |= await asyncio.to_thread(_send, tower, tower.mac)
    for target, fault in notes.items():
        _log.warning("no magic packet for %s by way of %s: %s", tower.name, target, fault)
    return tuple(f"{target}: {fault}" for target, fault in notes.items())


def _send(tower: Tower, mac: str) -> dict[str, str]:
    notes = {}
    for target in tower.wake_targets:
        try:
            wakeonlan.wake(mac, host=target, port=tower.wake_port)
        except OSError as error:
            notes[target] = error.strerror or str(error)
    return notes
