"""A notice as it is sent: its words and, for a picture, the bytes of its file."""

import asyncio
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import discord

from bot.chat import cards, layout
from bot.chat.layout import Post
from bot.ledger import jobs, pictures
from bot.nouns import Job, Notice, NoticeKind
from bot.review import shrink

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_MOST_BYTES = 10 * 1024 * 1024  # what every server takes


@dataclass(frozen=True, slots=True)
class Letter:
    post: Post
    data: bytes = b""

    def file(self) -> discord.File:
        """A fresh one for each attempt: sending reads it to its end."""
        return discord.File(BytesIO(self.data), self.post.file, description=self.post.alt)


async def write(client: "DarkroomClient", notice: Notice) -> Letter:
    """What is to be said for this notice."""
    match notice.kind:
        case NoticeKind.CARD:
            return Letter(layout.card(await cards.look(client, notice, await cards.places(client))))
        case NoticeKind.ANNOUNCEMENT | NoticeKind.SHEET:
            return Letter(layout.announcement(notice))
        case NoticeKind.PICTURE | NoticeKind.REPOST:
            return await _picture(client, notice, _limit(client))
        case NoticeKind.FAILURE:
            return Letter(layout.failure(notice, await _job(client, notice)))
        case NoticeKind.CANCELLATION:
            return Letter(layout.cancellation(notice, await _job(client, notice)))


async def lessen(client: "DarkroomClient", notice: Notice, letter: Letter) -> Letter:
    """The same with a file of half the size, because Discord found it too large."""
    return await _picture(client, notice, len(letter.data) // 2)


async def _picture(client: "DarkroomClient", notice: Notice, most: int) -> Letter:
    job = await _job(client, notice)
    async with client.db.reading() as connection:
        picture = await pictures.of_job(connection, job.id)
    assert picture is not None
    try:
        data = await asyncio.to_thread(client.files.path(picture.sha256).read_bytes)
    except FileNotFoundError:
        return Letter(layout.lost(notice, job))
    if len(data) <= most:
        return Letter(layout.picture(notice, job, picture), data)
    smaller = await asyncio.to_thread(shrink.shrink, data, most)
    return Letter(layout.picture(notice, job, picture, kind=shrink.KIND, lessened=True), smaller)


def _limit(client: "DarkroomClient") -> int:
    guild = client.get_guild(client.settings.discord.guild_id)
    return guild.filesize_limit if guild else _MOST_BYTES


async def _job(client: "DarkroomClient", notice: Notice) -> Job:
    async with client.db.reading() as connection:
        job = await jobs.get(connection, notice.job or "")
    assert job is not None
    return job
