"""Rows as tests need them: an ask with jobs, committed without intake, and their ends."""

from bot.ledger import jobs, notices, pictures
from bot.ledger.database import Connection, Database
from bot.nouns import Job, JobState, Notice, NoticeKind, Picture
from tests import made
from tests.made import ADA as ADA
from tests.made import GRACE as GRACE
from tests.made import NOW as NOW


def job(name: str = "job1", **changes: object) -> Job:
    return made.job(id=name, **changes)


async def insert(db: Database, *rows: Job) -> None:
    """The jobs, with an ask for each one's `ask`."""
    async with db.transaction() as connection:
        for ask in dict.fromkeys(row.ask for row in rows):
            await jobs.insert_ask(connection, ask, f"key-{ask}", None, NOW)
        await jobs.insert(connection, *rows)


def picture(row: Job) -> Picture:
    return Picture(row.id, "a" * 64, 9, made.receipt(row.order()), 0.5, 10, None, NOW)


async def finish(connection: Connection, row: Job, state: JobState, now: float, message: int | None = None) -> None:
    """queued → rendering → this state, its notice due, and said when there is a message."""
    claimed = await jobs.claim(connection, row.id, "tower", "boot1")
    assert claimed is not None
    assert await jobs.end(connection, row.id, claimed.epoch, state, now)
    if state is JobState.RENDERED:
        await pictures.insert(connection, picture(row))
    kind = {JobState.RENDERED: NoticeKind.PICTURE, JobState.FAILED: NoticeKind.FAILURE}
    notice = Notice(f"n-{row.id}", kind.get(state, NoticeKind.CANCELLATION), row.channel, now, job=row.id)
    await notices.make_due(connection, notice)
    if message is not None:
        await notices.said(connection, notice.id, message, now)
