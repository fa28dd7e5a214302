"""The ledger's door: one writing connection behind `transaction()`, one that only reads, and a bell after each commit.

Only one process owns the file: a second one is refused by a lock held for as long as the ledger is open.
"""

import asyncio
import fcntl
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import aiosqlite

from bot.errors import LedgerDamaged, LedgerInUse, LedgerUnreachable
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

    async def after_or(self, seen: int, pause: Coroutine[Any, Any, None] | None) -> None:
        """Waits until it was rung after `seen` or the pause is over, whichever comes first; None waits for the bell."""
        waits: list[asyncio.Task[Any]] = [asyncio.ensure_future(self.after(seen))]
        if pause is not None:
            waits.append(asyncio.ensure_future(pause))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


class Database:
    """`async with Database(path) as ledger:` opens, checks and migrates the file.

    Raises LedgerInUse, LedgerDamaged, LedgerTooNew or LedgerUnreachable.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bell = Bell()
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opened:
            try:
                opened.callback(self._own().close)
                self._touch()
                self._writer = await self._connect(opened)
                await self._check()
                await migrate(self._writer)
                self._reader = await self._connect(opened)
                await self._reader.execute("PRAGMA query_only=ON")
            except (OSError, sqlite3.OperationalError) as error:
                fault = getattr(error, "strerror", None) or str(error)
                raise LedgerUnreachable(path=str(self.path), fault=fault) from error
            except sqlite3.DatabaseError as error:
                raise LedgerDamaged(path=str(self.path), fault=str(error)) from error
            self._opened = opened.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._opened.aclose()

    def _own(self) -> IO[str]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = self.path.with_name(self.path.name + ".lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise LedgerInUse(path=str(self.path)) from error
        return lock

    def _touch(self) -> None:
        """SQLite says only that it cannot open a file; the system says why."""
        self.path.open("ab").close()

    async def _connect(self, opened: AsyncExitStack) -> Connection:
        connection = await opened.enter_async_context(aiosqlite.connect(self.path, isolation_level=None))
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
        """The writing connection inside BEGIN IMMEDIATE … COMMIT; any exception, also of the commit, rolls back.

        The end is shielded: a cancelled task never leaves the connection inside a transaction, and what was
        committed rings the bell even if its task was cancelled meanwhile.
        """
        async with self._lock:
            try:
                await _whole(self._writer.execute("BEGIN IMMEDIATE"))
                yield self._writer
                await _whole(self._commit())
            except BaseException:
                await _whole(self._writer.rollback())
                raise

    async def _commit(self) -> None:
        await self._writer.commit()
        self.bell.ring()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """The connection that only reads; what was committed before is seen."""
        yield self._reader


async def _whole(step: Awaitable[Any]) -> None:
    """Runs the step to its end however often this task is cancelled, then lets the cancellation through."""
    task = asyncio.ensure_future(step)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    fault = task.exception()  # looked at even when cancelled, or asyncio reports it as forgotten
    if cancelled or fault:
        raise cancelled or fault  # type: ignore[misc]  # one of the two is there
