"""Which picture is meant: by a message, its link, a job's id or a slug. Only who may read there finds it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord

from bot.chat import sight
from bot.chat.answers import Interaction
from bot.errors import NoSuchJob, NoSuchPicture
from bot.ledger import jobs, notices, pictures
from bot.ledger.database import Connection
from bot.nouns import SHOWING, Job, Picture

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_MESSAGE = re.compile(r"(?:https://\S+/)?(\d{15,18}|[1-8]\d{18})")
_JOB = re.compile(r"[0-9a-z]{16}")
_BUTTON = re.compile(r"[a-z]+:([0-9a-z]{16})")


@dataclass(frozen=True, slots=True)
class Found:
    job: Job
    picture: Picture


async def of_job(client: "DarkroomClient", job_id: str) -> Found:
    """Raises NoSuchJob, or NoSuchPicture for a job that has none."""
    async with client.db.reading() as connection:
        job = await jobs.get(connection, job_id)
        picture = await pictures.of_job(connection, job_id)
    if job is None:
        raise NoSuchJob(job=job_id)
    if picture is None:
        raise NoSuchPicture
    return Found(job, picture)


async def of_message(client: "DarkroomClient", message: discord.Message) -> Found:
    """The picture under which a person opened the menu. Raises NoSuchPicture for any other message."""
    async with client.db.reading() as connection:
        job = await _shown_by(connection, message.id)
    if job is None and client.user is not None and message.author.id == client.user.id:
        # A press can be faster than the commit that says which message shows the picture; its buttons say it, too.
        job = next(_named(message.components), None)
    if job is None:
        raise NoSuchPicture
    try:
        return await of_job(client, job)
    except NoSuchJob as error:  # a card's buttons act on an ask
        raise NoSuchPicture from error


async def of_words(interaction: Interaction, words: str | None) -> Found:
    """By a message's link or id, a job's id, or a slug's newest picture; without words the newest one of the channel.

    Raises NoSuchPicture, also for one that this person may not see or that was deleted.
    """
    async with interaction.client.db.reading() as connection:
        job = await _meant(connection, interaction, words)
    if job is None:
        raise NoSuchPicture
    found = await of_job(interaction.client, job)
    if found.picture.deleted_at is not None or not sight.may_see(interaction, found.job.channel):
        raise NoSuchPicture
    return found


async def _meant(connection: Connection, interaction: Interaction, words: str | None) -> str | None:
    if words is None:
        newest = await notices.newest_picture(connection, interaction.channel_id or 0)
        return newest.job if newest else None
    words = words.strip()
    if (match := _MESSAGE.fullmatch(words)) and (job := await _shown_by(connection, int(match[1]))):
        return job
    if _JOB.fullmatch(words) and await pictures.of_job(connection, words):
        return words
    newest_of_slug = await pictures.newest_of_slug(connection, words.lower())
    return newest_of_slug.job if newest_of_slug else None


async def _shown_by(connection: Connection, message: int) -> str | None:
    notice = await notices.of_message(connection, message)
    return notice.job if notice and notice.kind in SHOWING else None


def _named(components: Any) -> Iterator[str]:
    """The jobs that buttons act on, the first one first."""
    for component in components:
        if match := _BUTTON.fullmatch(getattr(component, "custom_id", None) or ""):
            yield match[1]
        yield from _named(getattr(component, "children", ()))
