"""Stopping a job: at once while it waits; a running one is asked to stop, and dispatch tells how that ended."""

from bot.clock import Clock, new_id
from bot.errors import NoSuchJob, NotYours, TooLate
from bot.ledger import jobs, notices
from bot.ledger.database import Connection
from bot.nouns import Notice, NoticeKind


async def cancel(connection: Connection, clock: Clock, job_id: str, *, person: int, moderator: bool) -> bool:
    """True when it was waiting: it is cancelled and the notice of it is due. False when it is running.

    Raises NoSuchJob, NotYours or TooLate. Asking twice to stop a running job is asking once.
    """
    job = await jobs.get(connection, job_id)
    if job is None:
        raise NoSuchJob(job=job_id)
    if person != job.asker and not moderator:
        raise NotYours(job=job_id)
    now = clock.now()
    if await jobs.cancel_queued(connection, job_id, now):
        notice = Notice(new_id(clock), NoticeKind.CANCELLATION, job.channel, now, job=job_id)
        await notices.make_due(connection, notice)
        return True
    if not await jobs.want_cancel(connection, job_id):
        raise TooLate(job=job_id, state=job.state)
    return False
