"""Edits that are owed: found in the ledger whenever it changes, made by one task for each message.

What is owed stays so until the ledger says otherwise, so that whatever dies in between, the next start finds it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.ledger.database import Connection

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

Debt = TypeVar("Debt")
_log = logging.getLogger(__name__)


class Owing(Generic[Debt]):
    """`find` lists what is owed, `key` says to which message, `pay` takes a step; `await run()` never returns."""

    def __init__(
        self,
        client: "DarkroomClient",
        find: Callable[[Connection], Awaitable[list[Debt]]],
        key: Callable[[Debt], Hashable],
        pay: Callable[[Debt], Awaitable[None]],
    ) -> None:
        self._client, self._find, self._key, self._pay = client, find, key, pay
        self._busy: set[Hashable] = set()
        self._again = asyncio.Event()

    async def run(self) -> None:
        bell = self._client.db.bell
        await self._client.online.wait()
        async with asyncio.TaskGroup() as group:
            while True:
                seen = bell.count
                self._again.clear()
                async with self._client.db.reading() as connection:
                    owed = await self._find(connection)
                for debt in owed:
                    if self._key(debt) not in self._busy:
                        self._busy.add(self._key(debt))
                        group.create_task(self._step(debt))
                await bell.after_or(seen, self._stepped())

    async def _stepped(self) -> None:
        await self._again.wait()

    async def _step(self, debt: Debt) -> None:
        try:
            await self._pay(debt)
        except Exception:
            # It stays busy until the next start, so that it does not fail without end.
            _log.exception("%s is not shown as it should be before the next start", self._key(debt))
        else:
            self._busy.discard(self._key(debt))
            self._again.set()
