"""The ledger in memory, for hundreds of thousands of statements: the same SQL, without a thread behind each of them."""

import sqlite3
from collections.abc import Generator, Iterable
from types import TracebackType
from typing import Any, cast

from bot.ledger.database import Connection
from bot.ledger.migrations import migrate


class _Cursor:
    """What a statement gave, as aiosqlite hands it over: awaited, or entered."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    def __await__(self) -> Generator[Any, None, "_Cursor"]:
        yield from ()
        return self

    async def __aenter__(self) -> "_Cursor":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cursor.close()

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    async def fetchone(self) -> Any:
        return self._cursor.fetchone()


class _Inline:
    """As much of aiosqlite's connection as the ledger's functions use."""

    def __init__(self) -> None:
        self._plain = sqlite3.connect(":memory:", isolation_level=None)
        self._plain.row_factory = sqlite3.Row

    def execute(self, sql: str, values: Any = ()) -> _Cursor:
        return _Cursor(self._plain.execute(sql, values))

    async def execute_fetchall(self, sql: str, values: Any = ()) -> list[sqlite3.Row]:
        return self._plain.execute(sql, values).fetchall()

    async def executemany(self, sql: str, rows: Iterable[Any]) -> None:
        self._plain.executemany(sql, rows)

    async def executescript(self, sql: str) -> None:
        self._plain.executescript(sql)

    async def commit(self) -> None:
        self._plain.commit()

    async def rollback(self) -> None:
        self._plain.rollback()

    async def close(self) -> None:
        self._plain.close()


async def opened() -> Connection:
    """A connection to an empty ledger of the newest schema. Whoever opens it closes it."""
    connection = cast("Connection", _Inline())
    await migrate(connection)
    await connection.execute("PRAGMA foreign_keys=ON")
    return connection
