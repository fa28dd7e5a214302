"""The ledger's door: one transaction at a time, whole or not at all, and a bell that is never missed."""

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import LedgerDamaged, LedgerInUse, LedgerTooNew, LedgerUnreachable
from bot.ledger import remembered
from bot.ledger.database import Bell, Database

OPEN = """
import asyncio, pathlib, sys
from bot.ledger.database import Database
asyncio.run(Database(pathlib.Path(sys.argv[1])).__aenter__())
"""


async def names(db: Database) -> list[str]:
    async with db.reading() as connection:
        return [row["key"] for row in await connection.execute_fetchall("SELECT key FROM remembered ORDER BY key")]


async def test_the_connections_are_durable_and_strict_about_references(db: Database) -> None:
    """WAL, FULL and foreign keys are really on, and the reading connection cannot write."""
    for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
        async with db.transaction() as connection:
            (row,) = await connection.execute_fetchall(f"PRAGMA {pragma}")
        assert row[0] == value
    async with db.reading() as connection:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await connection.execute("DELETE FROM remembered")


async def test_an_error_rolls_everything_back(db: Database) -> None:
    """Nothing of a transaction that failed is seen, and the next one begins as if it had never been."""

    async def stop() -> None:
        async with db.transaction() as connection:
            await remembered.put(connection, "a", "1")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        await stop()
    async with db.transaction() as connection:
        await remembered.put(connection, "b", "1")
    assert await names(db) == ["b"]
    assert db.bell.count == 1


async def test_a_failing_commit_leaves_nothing_open(db: Database) -> None:
    """A reference that is checked at the end fails the commit itself; the door still works afterwards."""

    async def refer_to_nothing() -> None:
        async with db.transaction() as connection:
            await connection.execute("PRAGMA defer_foreign_keys=ON")
            await connection.execute("INSERT INTO asks (id, key, batch, created_at) VALUES ('a', 'k', 'none', 1)")

    with pytest.raises(sqlite3.IntegrityError):
        await refer_to_nothing()
    async with db.transaction() as connection:
        await remembered.put(connection, "b", "1")
    assert (await names(db), db.bell.count) == (["b"], 1)


async def test_transactions_never_interleave(db: Database) -> None:
    """Fifty tasks that read and then write lose no step."""

    async def step() -> None:
        async with db.transaction() as connection:
            seen = int(await remembered.get(connection, "n") or 0)
            await asyncio.sleep(0)
            await remembered.put(connection, "n", str(seen + 1))

    await asyncio.gather(*(step() for _ in range(50)))
    async with db.reading() as connection:
        assert await remembered.get(connection, "n") == "50"
    assert db.bell.count == 50


@pytest.mark.parametrize("turns", range(14))
async def test_a_cancelled_task_leaves_no_transaction_open(db: Database, turns: int) -> None:
    """Cancelled at any step, and once more while it is ending: all or nothing, and the bell tells which."""

    async def write() -> None:
        async with db.transaction() as connection:
            await remembered.put(connection, "a", "1")
            await remembered.put(connection, "b", "1")

    task = asyncio.create_task(write())
    for _ in range(turns):
        await asyncio.sleep(0.0005)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (await names(db), db.bell.count) in (([], 0), (["a", "b"], 1))
    async with db.transaction() as connection:
        assert connection.in_transaction
        await remembered.put(connection, "c", "1")
    assert (await names(db))[-1] == "c"


async def test_the_bell_never_misses_a_ring() -> None:
    """Who passes the count he has seen is let through at once by any ring since."""
    bell = Bell()
    bell.ring()
    bell.ring()
    assert await bell.after(0) == 2
    waiting = [asyncio.create_task(bell.after(2)) for _ in range(3)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    bell.ring()
    assert await asyncio.gather(*waiting) == [3, 3, 3]


async def test_a_second_opening_is_refused(db: Database) -> None:
    """Two processes never own one ledger; when the first lets go the second gets it."""
    with pytest.raises(LedgerInUse):
        await Database(db.path).__aenter__()
    command = [sys.executable, "-c", OPEN, str(db.path)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "LedgerInUse" in found.stderr


async def test_a_damaged_file_is_refused_and_let_go_of(tmp_path: Path) -> None:
    """Rubbish, and a ledger with a broken page, are named as damaged; the file is left as it was."""
    path = tmp_path / "rubbish.db"
    path.write_bytes(b"not a database at all" * 500)
    for _ in range(2):
        with pytest.raises(LedgerDamaged, match=r"rubbish\.db"):
            await Database(path).__aenter__()
    assert path.read_bytes() == b"not a database at all" * 500


async def test_a_broken_page_is_found_at_the_start(tmp_path: Path) -> None:
    """The integrity check looks into pages that opening alone would not."""
    path = tmp_path / "darkroom.db"
    async with Database(path) as db, db.transaction() as connection:
        for number in range(500):
            await remembered.put(connection, f"key{number}", "x" * 100)
    content = bytearray(path.read_bytes())
    middle = len(content) - 3 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(LedgerDamaged):
        await Database(path).__aenter__()


async def test_a_file_of_a_later_program_is_refused(tmp_path: Path) -> None:
    """An old program never touches a schema it does not know."""
    path = tmp_path / "darkroom.db"
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA user_version=999")
    raw.close()
    with pytest.raises(LedgerTooNew) as refused:
        await Database(path).__aenter__()
    assert refused.value.facts["version"] == 999


async def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where a folder should be gives a sentence, not a traceback."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "darkroom.db", tmp_path):
        with pytest.raises(LedgerUnreachable, match=r"fault='(File exists|Is a directory)'"):
            await Database(path).__aenter__()
