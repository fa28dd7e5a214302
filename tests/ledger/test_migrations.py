"""The schema: each step whole together with its number, and drawn truly in the documentation."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import aiosqlite
import pytest

from bot.ledger.database import Database
from bot.ledger.migrations import migrate, schema
from bot.ledger.steps import STEPS, Step, step
from tests.ledger.rows import insert, job

ROOT = Path(__file__).parents[2]


@pytest.fixture
def steps() -> Iterator[list[Step]]:
    """The list of steps, which a test may lengthen."""
    known = len(STEPS)
    yield STEPS
    del STEPS[known:]


def state(path: Path) -> tuple[int, list[str]]:
    raw = sqlite3.connect(path)
    version = raw.execute("PRAGMA user_version").fetchone()[0]
    tables = [row[0] for row in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    raw.close()
    return version, tables


async def test_a_failing_step_leaves_nothing_behind(tmp_path: Path, steps: list[Step]) -> None:
    """The steps before it stay; of the failing one neither its first table nor its number is there."""
    path = tmp_path / "darkroom.db"
    known = len(steps)

    @step
    def m999_broken() -> str:
        return "CREATE TABLE half (id INTEGER) STRICT;\nCREATE TABLE jobs (id INTEGER) STRICT;\n"

    async with aiosqlite.connect(path, isolation_level=None) as connection:
        with pytest.raises(sqlite3.OperationalError, match="already exists"):
            await migrate(connection)
        assert not connection.in_transaction
    version, tables = state(path)
    assert version == known
    assert "jobs" in tables
    assert "half" not in tables


async def test_a_ledger_of_an_earlier_program_is_brought_up_with_its_rows(tmp_path: Path, steps: list[Step]) -> None:
    """Opening an older file adds what it lacks, keeps every row, and does nothing the next time."""
    path = tmp_path / "darkroom.db"
    async with Database(path) as db:
        await insert(db, job())

    @step
    def m999_more() -> str:
        return "ALTER TABLE jobs ADD COLUMN mood TEXT;\nCREATE TABLE moods (id INTEGER) STRICT;\n"

    for _ in range(2):
        async with Database(path) as db, db.reading() as connection:
            rows = list(await connection.execute_fetchall("SELECT id, mood FROM jobs"))
            assert [tuple(row) for row in rows] == [("job1", None)]
    assert state(path)[0] == len(steps)


def test_every_step_is_numbered_in_order_and_has_its_reason() -> None:
    """The name tells the number, the docstring the reason."""
    for number, migration in enumerate(STEPS, 1):
        assert migration.__name__.startswith(f"m{number:03}_")
        assert migration.__doc__


async def test_every_table_is_strict() -> None:
    """No column takes a value of another type."""
    async with aiosqlite.connect(":memory:", isolation_level=None) as connection:
        await migrate(connection)
        rows = await connection.execute_fetchall("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'")
        loose = [row[0] for row in rows if not row[1] and not row[0].startswith("sqlite_")]
    assert loose == []


async def test_the_printed_schema_is_the_real_one() -> None:
    """docs/schema.sql is what the migrations make; `make schema` prints it anew."""
    assert (ROOT / "docs" / "schema.sql").read_text(encoding="utf-8") == await schema()
