"""Which jobs this tower has, by the rows: what it still knows, what it forgot, and what it gets next."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.clock import Clock
from bot.dispatch.outcomes import cancel_in
from bot.dispatch.share import Share
from bot.dispatch.wanted import places
from bot.ledger import jobs
from bot.ledger.database import Connection, Database
from bot.nouns import Job
from gpu_agent.wire import Ready


@dataclass(frozen=True, slots=True)
class Reconciled:
    """`ended` are jobs to thank the tower for, `lost` those it does not render any more."""

    ended: list[str]
    lost: list[str]


async def reconcile(db: Database, clock: Clock, tower: str, ready: Ready) -> Reconciled:
    """Compares the rows with what a tower holds that has just said Ready.

    A job that a tower of another boot does not know any more goes back to the queue, or ends if it was to be
    cancelled anyway; one that it holds goes on under the new boot.
    """
    lost = []
    async with db.transaction() as connection:
        for job in await jobs.rendering(connection, tower):
            if job.boot == ready.boot:
                continue
            if job.id in ready.held:
                await jobs.adopt(connection, job, ready.boot)
            else:
                await _give_back(connection, clock, job)
                lost.append(job.id)
        held = [await jobs.get(connection, job) for job in ready.held]
    return Reconciled([job.id for job in held if job is not None and job.ended_at is not None], lost)


async def give_back_strays(db: Database, clock: Clock, towers: Collection[str]) -> int:
    """Before the towers' loops start: what renders on a tower that the settings do not name any more is queued again.

    Gives how many. Nobody would ever ask that tower how they ended.
    """
    async with db.transaction() as connection:
        strays = await jobs.rendering_elsewhere(connection, towers)
        for job in strays:
            await _give_back(connection, clock, job)
    return len(strays)


async def _give_back(connection: Connection, clock: Clock, job: Job) -> None:
    if job.cancel_wanted:
        await cancel_in(connection, clock, job)
    else:
        await jobs.requeue(connection, job)


async def keep_ahead(db: Database, ready: Ready, share: Share) -> list[Job]:
    """Claims until each card has its jobs; gives everything this tower has now, oldest first."""
    async with db.reading() as connection:
        mine = await jobs.rendering(connection, share.name)
    free = places(len(ready.gpus)) - len(mine)
    for job in await share.line(db, ready.shelf) if free > 0 else []:
        async with db.transaction() as connection:
            claimed = await jobs.claim(connection, job, share.name, ready.boot)
        if claimed is not None:
            share.took(claimed)
            mine.append(claimed)
            free -= 1
        if free == 0:
            break
    return mine
