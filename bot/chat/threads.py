"""Variations of one slug gather in a thread of the channel, begun under the slug's first picture there.

A thread that begins under a message has that message's id, so beginning it twice is beginning it once. It is committed
together with the notice's new place, before anything is sent there; from then on the thread's own lane says the notice.
What a thread does not take goes back to its channel.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, TypeVar

import discord
from tenacity import stop_never

from bot.chat import attempts
from bot.ledger import jobs, notices, pictures, threads
from bot.ledger.database import Connection
from bot.nouns import Job, Notice, NoticeKind

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

Given = TypeVar("Given")
_log = logging.getLogger(__name__)
_HAS_THREAD, _UNKNOWN_MESSAGE, _PUT_AWAY = 160004, 10008, 50083
_STARTS = 5  # pictures whose messages are tried; people delete messages
_KEPT_OPEN: Final = 10_080  # minutes without a message, after which Discord puts a thread away


async def moved(client: "DarkroomClient", notice: Notice) -> bool:
    """Whether the notice belongs into its slug's thread and has been moved there."""
    if notice.first_tried_at is not None:  # a message may stand already, or the thread did not take it
        return False
    async with client.db.reading() as connection:
        job = await _variation(connection, notice)
        known = await threads.of_slug(connection, notice.channel, job.slug) if job else None
    if job is None or not possible(client, notice.channel):
        return False
    thread = known.thread if known else None
    if thread is None and (thread := await _begun(client, job)) is None:
        return False
    async with client.db.transaction() as connection:
        await threads.opened(connection, job.channel, job.slug, thread)
        await notices.move(connection, notice.id, thread)
    return True


async def home(client: "DarkroomClient", notice: Notice) -> int | None:
    """The channel of the thread in which this notice was to be said; None when that is no thread of ours."""
    async with client.db.reading() as connection:
        known = await threads.of_thread(connection, notice.channel)
    return None if known is None else known.channel


async def reach(client: "DarkroomClient", channel: int, request: Callable[[], Awaitable[Given]]) -> Given:
    """What the request gives that changes something in this channel; a thread that was put away is taken out for it."""
    try:
        return await request()
    except discord.HTTPException as error:
        if error.code != _PUT_AWAY:
            raise
    thread = await client.fetch_channel(channel)
    if isinstance(thread, discord.Thread):
        await thread.edit(archived=False)
    return await request()


async def _variation(connection: Connection, notice: Notice) -> Job | None:
    """The job that this notice shows, or the first one of its group, if it was made from a picture of its own slug."""
    if notice.kind is NoticeKind.PICTURE:
        picture = await pictures.of_job(connection, notice.job or "")
        job = await jobs.get(connection, notice.job or "") if picture and picture.deleted_at is None else None
    elif notice.kind is NoticeKind.SHEET:
        job = next(iter(await jobs.of_ask(connection, notice.ask or "")), None)
    else:
        return None
    parent = await jobs.get(connection, job.parent) if job and job.parent else None
    if job is None or parent is None or notice.channel != job.channel:
        return None
    return job if (parent.channel, parent.slug) == (job.channel, job.slug) else None


def possible(client: "DarkroomClient", channel: int) -> bool:
    """There are none in threads, and none where the bot is no longer at home."""
    guild = client.get_guild(client.settings.discord.guild_id)
    return guild is not None and not isinstance(guild.get_channel_or_thread(channel), discord.Thread)


async def _begun(client: "DarkroomClient", job: Job) -> int | None:
    """A thread under the first message with a picture of this slug; None when there can be none."""
    async with client.db.reading() as connection:
        starts = await threads.starts(connection, job.channel, job.slug, _STARTS)
    for message in starts:
        try:
            return await begin(client, job.channel, message, job.slug)
        except discord.HTTPException as error:
            if error.code != _UNKNOWN_MESSAGE:
                _log.warning("variations of %s stay in channel %s, without a thread: %s", job.slug, job.channel, error)
                return None
    return None


async def begin(client: "DarkroomClient", channel: int, message: int, name: str) -> int:
    """The thread under this message, begun now or before. Raises discord.HTTPException where there can be none."""
    place = client.get_partial_messageable(channel, guild_id=client.settings.discord.guild_id)
    try:
        async for attempt in attempts.again(client.clock, stop_never):
            with attempt:
                await client.online.wait()
                start = place.get_partial_message(message)
                return (await start.create_thread(name=name, auto_archive_duration=_KEPT_OPEN)).id
    except discord.HTTPException as error:
        if error.code != _HAS_THREAD:
            raise
        return message
    raise AssertionError("it tries for ever")
