"""How a job ended becomes rows: the job's end, its picture and its notice in one transaction, or nothing at all.

Each function gives False when the job has ended or moved on before; then another outcome counts and this one is old.
"""

from bot.clock import Clock, new_id
from bot.ledger import batch_sheets, jobs, notices, pictures, sheets
from bot.ledger.database import Connection, Database
from bot.nouns import Job, JobState, Notice, NoticeKind, Picture
from gpu_agent.value import Facts
from gpu_agent.wire import Done

RETRIES = 2
"""So many times is a job tried once more by itself, where its failure may pass."""


async def rendered(db: Database, clock: Clock, job: Job, done: Done) -> bool:
    """The picture must lie in the bot's files already."""
    picture = Picture(
        job=job.id,
        sha256=done.sha256,
        bytes=done.bytes,
        receipt=done.receipt,
        seconds=done.seconds,
        peak=done.peak,
        joules=done.joules,
        created_at=clock.now(),
        media=done.media,
        poster=done.poster,
    )
    async with db.transaction() as connection:
        if not await jobs.end(connection, job.id, job.epoch, JobState.RENDERED, clock.now()):
            return False
        await pictures.insert(connection, picture)
        await _tell(connection, clock, job, NoticeKind.PICTURE)
    return True


async def put_back(db: Database, clock: Clock, job: Job, kind: str, facts: Facts) -> bool:
    """It failed in a way that may pass: it waits again, behind what waits now. False when it has to end instead."""
    async with db.transaction() as connection:
        return await jobs.retry(connection, job, RETRIES, clock.now(), kind, facts)


async def failed(db: Database, clock: Clock, job: Job, kind: str, facts: Facts) -> bool:
    async with db.transaction() as connection:
        if not await jobs.end(connection, job.id, job.epoch, JobState.FAILED, clock.now(), kind, facts):
            return False
        await _tell(connection, clock, job, NoticeKind.FAILURE)
    return True


async def cancelled(db: Database, clock: Clock, job: Job) -> bool:
    async with db.transaction() as connection:
        return await cancel_in(connection, clock, job)


async def cancel_in(connection: Connection, clock: Clock, job: Job) -> bool:
    """The same inside a transaction that does more."""
    if not await jobs.end(connection, job.id, job.epoch, JobState.CANCELLED, clock.now()):
        return False
    await _tell(connection, clock, job, NoticeKind.CANCELLATION)
    return True


async def _tell(connection: Connection, clock: Clock, job: Job, kind: NoticeKind) -> None:
    """The end of the job is due, and after it the sheet of its group, if it was the last one, or its batch's."""
    now = clock.now()
    first, then = sorted((new_id(clock), new_id(clock)))
    await notices.make_due(connection, Notice(first, kind, job.channel, now, job=job.id))
    for ask, channel in await sheets.owed(connection, [job.id]):
        await notices.make_due(connection, Notice(then, NoticeKind.SHEET, channel, now, ask=ask))
    await batch_sheets.follow(connection, clock, [job.id])
