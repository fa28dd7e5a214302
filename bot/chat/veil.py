"""Over pairs hangs a veil: which half has the cues is told to nobody before they judged both.

What everybody sees (card, posts) stays veiled for good; a person is told in private, by `/why` or Origin.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.ledger import jobs, pairs
from bot.nouns import Group, Job

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient


async def hangs(client: "DarkroomClient", ask: str) -> bool:
    """Is this ask a pair?"""
    async with client.db.reading() as connection:
        return (await jobs.manner(connection, ask)).group is Group.PAIR


def veiled(made: Iterable[Job]) -> list[Job]:
    """The jobs of a pair as they may be shown: both alike."""
    return [replace(job, prompt=job.asked, negative="", cues=()) for job in made]


async def lifted(client: "DarkroomClient", job: Job, person: int) -> bool:
    """May this person see what is behind it? What they think of both halves by then is what counts as evidence."""
    if not await hangs(client, job.ask):
        return True
    async with client.db.transaction() as connection:
        return await pairs.told(connection, job.ask, person, client.clock.now())
