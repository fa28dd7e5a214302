"""What a picture's post tells beyond its own rows: what can be made of it, where it comes from, whom it calls."""

from typing import TYPE_CHECKING

from bot.chat.layout import Around
from bot.intake import variations
from bot.ledger import jobs, pictures
from bot.ledger.database import Connection
from bot.nouns import IMPORTED, Group, Job, JobState, Manner, Notice, NoticeKind, Picture

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_OPEN = (JobState.QUEUED, JobState.RENDERING)


async def look(client: "DarkroomClient", notice: Notice, job: Job, picture: Picture) -> Around:
    models = await client.intake.models()
    ways = tuple(way for way in variations.ways(models, picture) if job.asked or way == "use")
    again = picture.receipt.plan != IMPORTED or (bool(job.asked) and any(model.id == job.model for model in models))
    async with client.db.reading() as connection:
        manner = await jobs.manner(connection, job.ask)
        parent = await _parent(connection, job)
        pings = await called(connection, notice, job, manner)
    return Around(ways, parent, manner.spoiler, pings, manner.group is Group.PAIR, again)


async def called(connection: Connection, notice: Notice, job: Job, manner: Manner) -> int | None:
    """The asker, if he wants to be called and this ends the last of his pictures: a group calls once.

    A picture that is shown again calls nobody.
    """
    if not manner.ping or notice.kind is NoticeKind.REPOST:
        return None
    group = await jobs.of_ask(connection, job.ask)
    if any(one.state in _OPEN for one in group):
        return None
    last = max(group, key=lambda one: (one.ended_at or 0.0, one.index))
    return job.asker if last.id == job.id else None


async def _parent(connection: Connection, job: Job) -> tuple[str, str] | None:
    """Its slug, and the link to its post if that stands."""
    if job.parent is None or (parent := await jobs.get(connection, job.parent)) is None:
        return None
    shown = await pictures.posted(connection, parent.id)
    return parent.slug, link(parent.guild, shown.channel, shown.message) if shown else ""


def link(guild: int, channel: int, message: int) -> str:
    return f"https://discord.com/channels/{guild}/{channel}/{message}"
