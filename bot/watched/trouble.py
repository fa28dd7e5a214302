"""A watched folder that cannot be looked at: told in its channel when that lasts, once, until it is over."""

import logging
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeVar

from bot.clock import Clock, new_id
from bot.errors import GitRefused
from bot.ledger import notices, remembered
from bot.ledger.database import Database
from bot.nouns import Notice, NoticeKind
from bot.texts.failures import sentence
from gpu_agent.value import Facts

T = TypeVar("T")
What = Literal["folder", "git"]

_log = logging.getLogger(__name__)
_LASTING = 600.0  # seconds: a line that is down for a moment, or a drive that wakes, is nobody's business


class Trouble:
    """That it was told survives a restart, so that a bot which starts often does not say it each time."""

    def __init__(self, db: Database, clock: Clock, channel: int, place: Path) -> None:
        self._db, self._clock, self._channel, self._place = db, clock, channel, place
        self._since: dict[What, float] = {}
        self._well: set[What] = set()
        self._key = f"watched:{channel}:{sha256(str(place).encode()).hexdigest()[:16]}"

    async def told_of(self, what: What, work: Callable[[], Awaitable[T]]) -> T | None:
        """What the work gives; None when it failed, which is told when it has failed for long."""
        try:
            given = await work()
        except GitRefused as error:
            await self._lasts(what, "watched-git", {"folder": self._place.name, "fault": error.facts["fault"]})
        except OSError as error:
            facts: Facts = {"folder": self._place.name, "fault": error.strerror}
            await self._lasts(what, "watched-folder", facts)
        else:
            await self._over(what)
            return given
        return None

    async def _lasts(self, what: What, kind: str, facts: Facts) -> None:
        self._well.discard(what)
        now, key = self._clock.now(), f"{self._key}:{what}"
        since = self._since.setdefault(what, now)
        _log.log(logging.WARNING if since == now else logging.DEBUG, "a watched folder: %s %s", kind, facts["fault"])
        if now - since < _LASTING:
            return
        notice = Notice(new_id(self._clock), NoticeKind.ANNOUNCEMENT, self._channel, now, text=sentence(kind, facts))
        async with self._db.transaction() as connection:
            if not await remembered.get(connection, key):
                await remembered.put(connection, key, kind)
                await notices.make_due(connection, notice)

    async def _over(self, what: What) -> None:
        self._since.pop(what, None)
        if what in self._well:
            return
        async with self._db.transaction() as connection:
            await remembered.put(connection, f"{self._key}:{what}", "")
        self._well.add(what)
