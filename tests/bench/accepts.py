"""What a promise costs: asks accepted with a commit that survives a power cut, beside one that need not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

from bot.clock import SystemClock, new_id
from bot.intake.accept import Intake
from bot.ledger.database import Database
from bot.nouns import Ask
from bot.settings import Limits
from tests.bench.core import one_core
from tests.bench.figure import Figure, count, ratio, spread

QUESTION = (
    "Asks accepted per second by `Intake.accept` (ask, job and card in one commit), one after the other, in "
    "blocks taken in turns: with `synchronous=FULL`, as the ledger always is, and with `NORMAL` on the same disk, "
    "which may forget accepted asks in a power cut."
)


def measure(folder: Path, blocks: int = 15, asks: int = 40) -> Figure:
    with one_core():
        return asyncio.run(_measure(folder, blocks, asks))


async def _measure(folder: Path, blocks: int, asks: int) -> Figure:
    full, normal = list[float](), list[float]()
    async with _ledger(folder / "full.db") as durable, _ledger(folder / "normal.db", "NORMAL") as careless:
        for _ in range(blocks):
            full.append(asks / await _seconds(durable, asks))
            normal.append(asks / await _seconds(careless, asks))
        accepted = await _jobs(durable)
    return Figure("accepts", QUESTION, (
        spread("FULL", full, "accepts/s"),
        spread("NORMAL", normal, "accepts/s"),
        ratio("FULL / NORMAL", full, normal),
        count("jobs in the ledger with FULL", accepted),
    ))  # fmt: skip


@asynccontextmanager
async def _ledger(path: Path, synchronous: str = "") -> AsyncIterator[Database]:
    """There is no setting for less than FULL, so the connection is told behind the ledger's back."""
    async with Database(path) as db:
        if synchronous:
            await db._writer.execute(f"PRAGMA synchronous={synchronous}")
        yield db


async def _seconds(db: Database, asks: int) -> float:
    clock = SystemClock()
    intake = Intake(db, clock, Limits(), [])
    began = perf_counter()
    for _ in range(asks):
        await intake.accept(Ask(key=new_id(clock), prompt="a red boat on the sea", asker=1, guild=1, channel=1))
    return perf_counter() - began


async def _jobs(db: Database) -> int:
    async with db.reading() as connection:
        ((number,),) = await connection.execute_fetchall("SELECT count(*) FROM jobs")
    return int(number)
