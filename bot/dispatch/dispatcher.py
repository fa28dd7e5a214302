"""One loop for each tower: nothing to do → wait for the bell; something to do → have it up, and work along its line."""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from bot.board import Board
from bot.clock import Clock
from bot.dispatch.heed import heed_cancel
from bot.dispatch.link import Link
from bot.dispatch.pins import edition
from bot.dispatch.session import Session
from bot.dispatch.share import Share
from bot.dispatch.tower import ASLEEP, Ladder
from bot.errors import BadSettings, DarkroomError, HostKeyChanged, HostKeyUnknown, TowerTrouble
from bot.ledger import towers
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.settings import Tower

RETRY = 600.0
RETRY_BY_HAND = 30.0
"""A tower without a MAC address is switched on by a person, and looked for more often."""
LOOK_AT_PINS = 5.0
HEALTHY = 60.0
BACKOFF = 0.5
BACKOFF_MOST = 30.0
_dice = secrets.SystemRandom()
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Need:
    """Why the tower is wanted, and what was trusted, before it was tried. `newest` is the youngest such job, by row."""

    wish: str | None
    newest: int | None
    pins: tuple[int, int, int] | None

    @property
    def up(self) -> bool:
        """Worth waking it. A wish for sleep, or nothing at all, is only worth a look."""
        return self.newest is not None or self.wish == "wake"


class Dispatcher:
    """`await run()` never returns; it may be cancelled anywhere, and the next one goes on from the rows.

    `names` are all towers of the settings in the order of preference; without them, this one is alone.
    """

    def __init__(
        self,
        tower: Tower,
        db: Database,
        files: Files,
        board: Board,
        clock: Clock,
        bot_id: str,
        names: Sequence[str] = (),
    ) -> None:
        self._tower, self._db, self._files, self._board, self._clock = tower, db, files, board, clock
        self._ladder = Ladder(tower, db, board, clock, bot_id)
        self._share = Share(tower.name, names or (tower.name,), board)
        self._cuts = 0

    async def run(self) -> NoReturn:
        while True:
            need = await self._need()
            try:
                link = await (self._ladder.wake() if need.up else self._ladder.look())
            except (TowerTrouble, BadSettings) as trouble:
                heed_cancel()
                await self._wait_out(trouble, need)
            else:
                await self._work(link)

    async def _work(self, link: Link) -> None:
        """A cut line never ends a job: what renders goes on rendering, and the next line asks for it."""
        began = self._clock.monotonic()
        try:
            await Session(link, self._db, self._files, self._board, self._clock, self._share).run()
        except TowerTrouble as trouble:
            _log.info("the line to %s ended: %s", self._tower.name, trouble)
            self._ladder.show("unknown", trouble)
        finally:
            await link.close()
        if self._clock.monotonic() - began >= HEALTHY:
            self._cuts = 0
        await self._clock.sleep(_dice.uniform(0, min(BACKOFF_MOST, BACKOFF * 2**self._cuts)))
        self._cuts += 1

    async def _need(self) -> Need:
        async with self._db.reading() as connection:
            wish = await towers.wish_of(connection, self._tower.name)
            newest = await self._share.newest(connection)
        return Need(wish, newest, edition(self._tower))

    async def _wait_out(self, trouble: DarkroomError, tried: Need) -> None:
        """Jobs stay queued until there is a reason to try again. The wish that was tried is answered by the board.

        The bell is for the other towers, who may have to stand in for this one.
        """
        dark = not tried.up and isinstance(trouble, ASLEEP) and self._tower.mac is not None
        self._ladder.show("asleep" if dark else "trouble", None if dark else trouble)
        self._db.bell.ring()
        if tried.wish is not None:
            async with self._db.transaction() as connection:
                await towers.take_wish(connection, self._tower.name)
        if isinstance(trouble, HostKeyChanged | HostKeyUnknown):
            await self._until_vouched(tried)
        else:
            by_hand = isinstance(trouble, ASLEEP) and self._tower.mac is None
            await self._until_news(tried, RETRY_BY_HAND if by_hand else RETRY)

    async def _until_vouched(self, tried: Need) -> None:
        """No job is a reason to speak to a stranger; a person's new pin is, or a person's wish."""
        while True:
            seen = self._db.bell.count
            now = await self._need()
            if now.wish is not None or now.pins != tried.pins:
                return
            await self._bell_or(seen, LOOK_AT_PINS)

    async def _until_news(self, tried: Need, patience: float) -> None:
        """A wish, a job younger than those that were tried for, or for these, time.

        A tower that nobody needs is not looked at again: on some cards any packet wakes the machine.
        """
        until = self._clock.monotonic() + patience
        while tried.newest is None or self._clock.monotonic() < until:
            seen = self._db.bell.count
            now = await self._need()
            if now.wish is not None or (now.newest or 0) > (tried.newest or 0):
                return
            await self._bell_or(seen, None if tried.newest is None else until - self._clock.monotonic())

    async def _bell_or(self, seen: int, seconds: float | None) -> None:
        """Until the next commit, or until the seconds are over."""
        await self._db.bell.after_or(seen, None if seconds is None else self._clock.sleep(seconds))
