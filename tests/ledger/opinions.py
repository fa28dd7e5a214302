"""Pictures of a kind of subject with what people think of them, for tests of routes."""

from zlib import crc32

from bot.ledger import jobs, verdicts
from bot.ledger.database import Connection, Database
from bot.nouns import Group, Manner, Mark, Verdict
from tests.ledger.rows import ADA, NOW, job


async def judged(db: Database, kind: str, model: str, kept: int, of: int) -> None:
    """So many pictures by this model that their asker judged, some of them kept."""
    async with db.transaction() as connection:
        for nth in range(of):
            name = f"{kind}-{model}-{nth}"
            await jobs.insert_ask(connection, name, name, None, NOW)
            await jobs.insert(connection, job(name, ask=name, model=model, archetype=kind))
            await think(connection, name, Verdict.KEEP if nth < kept else Verdict.REJECT)


async def compared(db: Database, kind: str, winner: str, loser: str, number: int) -> None:
    """So many comparisons with the one kept and the other left alone."""
    async with db.transaction() as connection:
        for nth in range(number):
            ask = f"compare-{kind}-{winner}-{nth}"
            await jobs.insert_ask(connection, ask, ask, None, NOW, Manner(Group.COMPARE))
            cells = [
                job(f"{ask}-{one}", ask=ask, index=place, model=one, archetype=kind, label=one)
                for place, one in enumerate((winner, loser))
            ]
            await jobs.insert(connection, *cells)
            await think(connection, cells[0].id, Verdict.KEEP)


async def think(connection: Connection, name: str, said: Verdict, person: int = ADA) -> None:
    await verdicts.set_mark(connection, Mark(message(name), name, person, said, said), NOW)


def message(name: str) -> int:
    """That shows this job's picture."""
    return crc32(name.encode())
