"""Bringing a ledger to the newest schema: each step and its number are committed together.

`docs/schema.sql` is printed from here (`make schema`) and a test keeps it true.
"""

import aiosqlite

from bot.errors import LedgerTooNew
from bot.ledger.steps_batches import STEPS as STEPS


async def migrate(connection: aiosqlite.Connection, last: int | None = None) -> None:
    """Brings the file to the newest schema, or to the `last` step. Raises LedgerTooNew for one of a later program."""
    rows = list(await connection.execute_fetchall("PRAGMA user_version"))
    version = int(rows[0][0])
    if version > len(STEPS):
        raise LedgerTooNew(version=version, known=len(STEPS))
    for number, step in enumerate(STEPS[version:last], start=version + 1):
        try:
            await connection.executescript(f"BEGIN IMMEDIATE;\n{step()};\nPRAGMA user_version={number};\nCOMMIT;")
        except BaseException:
            await connection.rollback()
            raise


async def schema() -> str:
    """The whole schema as SQL, as `docs/schema.sql` shows it."""
    async with aiosqlite.connect(":memory:", isolation_level=None) as connection:
        await migrate(connection)
        rows = await connection.execute_fetchall("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
        return "".join(f"{row[0]};\n\n" for row in rows)
