"""Hand-kept reviews, taken into a ledger whose bot does not run."""

import asyncio
from pathlib import Path

from bot.clock import SystemClock
from bot.errors import LedgerUnreachable
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.texts import yours as texts
from bot.yours import handkept, taking
from bot.yours.handkept import Reviews


def put_in(source: Path, into: Path | None, new: Path, person: int, images: Path | None) -> str:
    """What to say of it. All files are read before a ledger is made or opened, so that a fault leaves nothing."""
    read = handkept.read(source)
    if into is None and new.exists():
        raise FileExistsError(17, "", str(new))
    if into is not None and not into.exists():
        raise LedgerUnreachable(path=str(into), fault="there is no such file")
    sought = images or (source if source.is_dir() else source.parent)
    try:
        return asyncio.run(_taken(into or new, read, person, sought))
    except BaseException:
        if into is None:
            for leftover in ("", "-wal", "-shm", ".lock"):
                new.with_name(f"{new.name}{leftover}").unlink(missing_ok=True)
        raise


async def _taken(ledger: Path, read: Reviews, person: int, images: Path) -> str:
    async with Database(ledger) as db:
        files = Files(ledger.with_name("pictures"))
        told = await taking.take(db, files, SystemClock(), read.filed, person, images)
    return texts.taken(str(ledger), told.pictures, told.verdicts, told.known, told.bare, read.undecided)
