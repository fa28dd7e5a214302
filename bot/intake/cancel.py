"""Stopping jobs: at once while they wait; a running one is asked to stop, and dispatch tells how that ended.

`scope` is the id of a job, of an ask or of a batch, and means all of its jobs.
"""

from bot.clock import Clock, new_id
from bot.errors import NoSuchJob, NotYours
from bot.ledger import batch_sheets, during, jobs, notices, sheets
from bot.ledger.database import Connection
from bot.nouns import Notice, NoticeKind


async def cancel(connection: Connection, clock: Clock, scope: str, *, person: int, moderator: bool) -> int:
    """How many were still waiting: they are cancelled, and one notice telling all of them is due.

    What of a batch renders on is not tried again when it fails.

    Raises NoSuchJob or NotYours.
    """
    channel = await _place(connection, scope, person, moderator)
    now = clock.now()
    ended = await jobs.cancel_queued(connection, scope, now)
    await during.call_off(connection, scope, now)
    if ended:
        others = str(len(ended) - 1) if len(ended) > 1 else ""
        groups = await sheets.owed(connection, ended)
        first, *then = sorted(new_id(clock) for _ in range(len(groups) + 1))
        notice = Notice(first, NoticeKind.CANCELLATION, channel, now, job=min(ended), text=others)
        await notices.make_due(connection, notice)
        for name, (ask, place) in zip(then, groups, strict=True):
            await notices.make_due(connection, Notice(name, NoticeKind.SHEET, place, now, ask=ask))
        await batch_sheets.dropped(connection, ended)
    return len(ended)


async def stop(connection: Connection, scope: str, *, person: int, moderator: bool) -> int:
    """How many are running: they are asked to stop; asking twice is asking once. Raises NoSuchJob or NotYours."""
    await _place(connection, scope, person, moderator)
    return await jobs.want_cancel(connection, scope)


async def _place(connection: Connection, scope: str, person: int, moderator: bool) -> int:
    """The channel it was asked for in, if this person may stop it."""
    found = await jobs.asked_by(connection, scope)
    if found is None:
        raise NoSuchJob(job=scope)
    asker, channel = found
    if person != asker and not moderator:
        raise NotYours(job=scope)
    return channel
