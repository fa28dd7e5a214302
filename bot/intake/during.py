"""A batch that has begun: paused, gone on with, and what failed in it tried once more, each in one transaction.

`person` may be the one who asked for it, or a moderator. Nothing here reaches what renders already.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.clock import Clock
from bot.errors import NotYours, Unclear
from bot.intake import quota
from bot.intake.assembling import ids
from bot.ledger import batch_sheets, batches, during, jobs
from bot.ledger.database import Connection
from bot.nouns import Batch, Job, JobState
from bot.people.terms import Terms


async def pause(connection: Connection, clock: Clock, batch: str, *, person: int, moderator: bool) -> int:
    """How many of its jobs wait until it is resumed; 0 when nothing waits, and then it is not paused.

    Raises Unclear or NotYours.
    """
    await _owned(connection, batch, person, moderator)
    if waiting := await during.waiting(connection, batch):
        await during.pause(connection, batch, clock.now())
    return waiting


async def resume(connection: Connection, batch: str, *, person: int, moderator: bool) -> int | None:
    """How many of its jobs wait for their turn again; None when it was not paused. Raises Unclear or NotYours."""
    await _owned(connection, batch, person, moderator)
    if not await during.resume(connection, batch):
        return None
    return await during.waiting(connection, batch)


async def try_again(
    connection: Connection, clock: Clock, batch: str, terms: Terms, *, person: int, moderator: bool
) -> list[Job]:
    """The same pictures once more, asked for by this person, for those that failed and were not tried anew since.

    They are jobs of the same batch and count in the place of the failed ones; card and sheets are edited again.
    Raises a Refusal.
    """
    await _owned(connection, batch, person, moderator)
    failed = await jobs.failed_of_batch(connection, batch)
    for one in failed:
        if refused := terms.refusal(
            {"prompt": one.prompt, "negative": one.negative, "slug": one.slug.replace("-", " ")}
        ):
            raise refused
    now = clock.now()
    await quota.check(connection, person, terms.allowance, len(failed), now, batch=True)
    made = _copies(failed, ids(clock, len(failed)), await jobs.last_indexes(connection, batch), person, now)
    if made:
        await jobs.insert(connection, *made)
        await during.resume(connection, batch)
        await during.reopen(connection, batch)
        await batch_sheets.unsettle(connection, batch)
    return made


def _copies(failed: Sequence[Job], names: Sequence[str], last: dict[str, int], person: int, now: float) -> list[Job]:
    """Each behind the last one of its slug: a batch has every place once."""
    made = []
    for one, name in zip(failed, names, strict=True):
        last[one.slug] += 1
        made.append(
            replace(
                one,
                id=name,
                index=last[one.slug],
                asker=person,
                created_at=now,
                state=JobState.QUEUED,
                epoch=1,
                tower=None,
                boot=None,
                ended_at=None,
                cancel_wanted=False,
                error_kind=None,
                error_facts={},
                retries=0,
                retried_at=None,
                again=one.id,
            )
        )
    return made


async def _owned(connection: Connection, batch: str, person: int, moderator: bool) -> Batch:
    found = await batches.get(connection, batch)
    if found is None:
        raise Unclear("batch-unknown", {})
    if person != found.asker and not moderator:
        raise NotYours(job=batch)
    return found
