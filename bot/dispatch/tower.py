"""A tower and the ladder to it.

    asleep   nothing answers on its port: packets wake it            NeverWoke · Unreachable · NameUnknown · PortClosed
      │      TCP connection within 1.5 s                             reach.py
    port     something listens
      │      "SSH-" within 3 s                                       PortSilent                    reach.py
    ssh      an SSH server
      │      pinned host key and the bot's own key within 20 s       HostKeyUnknown · HostKeyChanged · LoginRefused
    login    it lets the bot in                                      login.py
      │      the agent's Ready within 10 s                           AgentMissing · DaemonDown · ProtocolMismatch
    ready    orders are taken                                        link.py

While it starts, the tower may stand on a rung for a while; what only a person can change is told at once.
"""

from bot.board import Board, TowerView
from bot.clock import Clock
from bot.dispatch.heed import heed_cancel
from bot.dispatch.link import Link, open_link
from bot.dispatch.wake import Attempt
from bot.errors import (
    DaemonDown,
    DarkroomError,
    LineCut,
    NameUnknown,
    NeverWoke,
    PortClosed,
    PortSilent,
    TowerTrouble,
    Unreachable,
)
from bot.ledger import towers
from bot.ledger.database import Database
from bot.settings import Tower

LOOK_EVERY = 1.0
ASLEEP = (Unreachable, PortClosed, NameUnknown)
"""What a sleeping tower looks like; a name may be one that only the tower itself answers for."""
STARTING = (*ASLEEP, PortSilent, DaemonDown, LineCut)
"""What passes by itself while a tower starts."""


class Ladder:
    """Climbs to one tower and shows each rung on the board."""

    def __init__(self, tower: Tower, db: Database, board: Board, clock: Clock, bot_id: str) -> None:
        self._tower, self._db, self._board, self._clock, self._bot = tower, db, board, clock, bot_id
        self._reached = "asleep"

    async def look(self) -> Link:
        """One attempt, without waking it. Raises a leaf of TowerTrouble, or BadSettings."""
        async with self._db.reading() as connection:
            shelf = await towers.shelf(connection, self._tower.name)
        self._reached = "asleep"
        return await open_link(self._tower, self._bot, "" if shelf is None else shelf.digest, self._climbed)

    async def wake(self) -> Link:
        """Looks first: a tower that is up gets no packet. Then packets and looks, until ready or out of patience."""
        attempt = Attempt(self._tower, self._db, self._clock)
        try:
            link = await self._until_ready(attempt)
        except DarkroomError:
            await attempt.ended(self._reached)
            raise
        try:
            await attempt.ended("ready")
        except BaseException:
            await link.close()
            raise
        return link

    def show(self, rung: str, error: DarkroomError | None = None) -> None:
        """Puts the rung on the board, with what is wrong there. Trouble is remembered until the tower is ready."""
        kind, facts = ("", {}) if error is None else (error.kind, error.facts)
        shown = self._board.towers.get(self._tower.name)
        if shown is None or (shown.rung, shown.kind, shown.facts) != (rung, kind, facts):
            ailing = rung == "trouble" or (rung != "ready" and shown is not None and shown.ailing)
            self._board.tower(self._tower.name, TowerView(rung, self._clock.now(), kind, facts, ailing))

    async def _until_ready(self, attempt: Attempt) -> Link:
        deadline = self._clock.monotonic() + self._tower.wake_patience
        while True:
            try:
                return await self.look()
            except STARTING as trouble:
                heed_cancel()
                can_wake = self._tower.mac is not None or not isinstance(trouble, ASLEEP)
                if not can_wake or self._clock.monotonic() >= deadline:
                    raise self._verdict(trouble) from trouble
                if isinstance(trouble, ASLEEP):
                    self.show("waking")
                    await attempt.send()
            await self._clock.sleep(LOOK_EVERY)

    def _verdict(self, trouble: TowerTrouble) -> TowerTrouble:
        """A dark tower that got its packets never woke; everything else is what it looks like."""
        if isinstance(trouble, Unreachable) and self._tower.mac is not None:
            return NeverWoke(tower=self._tower.name, host=self._tower.host, seconds=round(self._tower.wake_patience))
        return trouble

    def _climbed(self, rung: str) -> None:
        self._reached = rung
        self.show(rung)
