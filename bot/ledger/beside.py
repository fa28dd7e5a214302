"""The ledger as another process may read it while the bot has it open."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite

from bot.errors import LedgerTooNew, LedgerUnreachable
from bot.ledger.database import Connection
from bot.ledger.migrations import STEPS


def read_only(path: Path) -> str:
    """The address under which SQLite opens the file, and never makes or changes one."""
    return f"{path.absolute().as_uri()}?mode=ro"


@asynccontextmanager
async def reading(path: Path) -> AsyncIterator[Connection]:
    """One moment of it. Raises LedgerUnreachable, also for one that an earlier program wrote, or LedgerTooNew."""
    _require(path)
    try:
        async with aiosqlite.connect(read_only(path), uri=True, isolation_level=None) as connection:
            connection.row_factory = sqlite3.Row
            await connection.execute("BEGIN")
            (row,) = await connection.execute_fetchall("PRAGMA user_version")
            if int(row[0]) > len(STEPS):
                raise LedgerTooNew(version=int(row[0]), known=len(STEPS))
            if int(row[0]) < len(STEPS):
                raise LedgerUnreachable(path=str(path), fault="an earlier version wrote it; start the bot once")
            yield connection
    except sqlite3.Error as error:
        raise LedgerUnreachable(path=str(path), fault=str(error)) from error


def _require(path: Path) -> None:
    """A connection that cannot be opened leaves a thread behind that outlives the loop."""
    if not path.exists():
        raise LedgerUnreachable(path=str(path), fault="there is no such file")
