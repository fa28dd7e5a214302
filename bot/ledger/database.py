"""The ledger's door: one writing connection behind `transaction()`, one that only reads, and a bell after each commit.

Only one process owns the file: a second one is refused by a lock held for as long as the ledger is open.
"""

import asyncio
import fcntl
import sqlite3
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiosqlite

from bot.errors import LedgerDamaged, LedgerInUse
from bot.ledger.migrations import migrate

Connection = aiosqlite.Connection

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # "accepted" is said after a commit, so a commit must survive a power cut
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA trusted_schema=OFF",
)


class Bell:
    """Rung after each commit. A waiter passes the count it has seen, so that no ring between is missed."""

    def __init__(self) -> None:
        self.count = 0
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self.count += 1
        self._rung.set()
        self._rung = asyncio.Event()

    async def after(self, seen: int) -> int:
        """Waits until the bell was rung after `seen`; gives the new count."""
        while self.count <= seen:
            await self._rung.wait()
        return self.count


class Database:
    """`async with Database(path) as ledger:` opens, checks and migrates the file.

    Raises LedgerInUse, LedgerDamaged or LedgerTooNew.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bell = Bell()
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._owner = self._own()
        try:
            self._writer = await self._connect()
            try:
                await self._check()
                await migrate(self._writer)
                self._reader = await self._connect()
                await self._reader.execute("PRAGMA query_only=ON")
            except BaseException:
                await self._writer.close()
                raise
        except sqlite3.DatabaseError as error:
            self._owner.close()
            raise LedgerDamaged(path=str(self.path), fault=str(error)) from error
        except BaseException:
            self._owner.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._reader.close()
        await self._writer.close()
        self._owner.close()

    def _own(self) -> Any:
        lock = self.path.with_name(self.path.name + ".lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise LedgerInUse(path=str(self.path)) from error
        return lock

    async def _connect(self) -> Connection:
        connection = await aiosqlite.connect(self.path, isolation_level=None)
        connection.row_factory = sqlite3.Row
        for pragma in _PRAGMAS:
            await connection.execute(pragma)
        return connection

    async def _check(self) -> None:
        rows = await self._writer.execute_fetchall("PRAGMA integrity_check(3)")
        faults = [row[0] for row in rows]
        if faults != ["ok"]:
            raise LedgerDamaged(path=str(self.path), fault="; ".join(faults))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """The writing connection inside BEGIN IMMEDIATE … COMMIT; any exception rolls back.

        The end is shielded: a cancelled task never leaves the connection inside a transaction.
        """
        async with self._lock:
            try:
                await _whole(self._writer.execute("BEGIN IMMEDIATE"))
                yield self._writer
            except BaseException:
                await _whole(self._writer.rollback())
                raise
            await _whole(self._writer.commit())
        self.bell.ring()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """The connection that only reads; what was committed before is seen."""
        yield self._reader


async def _whole(step: Awaitable[Any]) -> None:
    """Runs the step to its end even while this task is being cancelled, then lets the cancellation through."""
    task = asyncio.ensure_future(step)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
