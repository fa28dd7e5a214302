"""A notice as it is sent: its words and, for a picture, the bytes of its file."""

import asyncio
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING

import discord

from bot.chat import cards, layout, surroundings
from bot.chat.layout import Around, Post
from bot.intake.variations import STILL
from bot.ledger import jobs, pictures
from bot.ledger.files import Files
from bot.nouns import Job, Notice, NoticeKind, Picture
from bot.review import shrink
from bot.review.wordless import wordless

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_MOST_BYTES = 10 * 1024 * 1024  # what every server takes
_MOST_POSTER = 512 * 1024


@dataclass(frozen=True, slots=True)
class Letter:
    """`still` is what the embed shows of a clip. A `void` one is of a picture that was deleted: it is not sent."""

    post: Post
    data: bytes = b""
    still: bytes = b""
    void: bool = False

    def files(self) -> list[discord.File]:
        """Fresh ones for each attempt: sending reads them to their end."""
        post = self.post
        named = [(self.data, post.file), (self.still, post.image)]
        return [
            discord.File(BytesIO(data), name, spoiler=post.spoiler, description=post.alt)
            for data, name in named
            if data
        ]


class Withdrawn(Exception):
    """What was to be said is not there any more, and no message stands."""


async def write(client: "DarkroomClient", notice: Notice) -> Letter:
    """What is to be said for this notice."""
    match notice.kind:
        case NoticeKind.CARD:
            return Letter(layout.card(await cards.look(client, notice, await cards.places(client))))
        case NoticeKind.PICTURE | NoticeKind.REPOST:
            return await _picture(client, notice, limit(client))
        case NoticeKind.FAILURE:
            return await _failure(client, notice)
        case NoticeKind.CANCELLATION:
            return Letter(layout.cancellation(notice, await _job(client, notice)))
        case NoticeKind.ANNOUNCEMENT | NoticeKind.SHEET | NoticeKind.VERSION:
            raise AssertionError("these are written elsewhere")


async def lessen(client: "DarkroomClient", notice: Notice, letter: Letter) -> Letter:
    """The same with a file of half the size, because Discord found it too large."""
    return await _picture(client, notice, len(letter.data) // 2)


async def _picture(client: "DarkroomClient", notice: Notice, most: int) -> Letter:
    job = await _job(client, notice)
    async with client.db.reading() as connection:
        picture = await pictures.of_job(connection, job.id)
    assert picture is not None
    if picture.deleted_at is not None:
        return Letter(layout.lost(notice, job), void=True)
    around = await surroundings.look(client, notice, job, picture)
    try:
        if picture.media == STILL:
            return await asyncio.to_thread(_still, client.files, notice, job, picture, around, most)
        return await asyncio.to_thread(_clip, client.files, notice, job, picture, around, most)
    except FileNotFoundError:
        return Letter(layout.lost(notice, job))


async def _failure(client: "DarkroomClient", notice: Notice) -> Letter:
    job = await _job(client, notice)
    async with client.db.reading() as connection:
        pings = await surroundings.called(connection, notice, job, await jobs.manner(connection, job.ask))
    return Letter(replace(layout.failure(notice, job), pings=pings))


def _still(files: Files, notice: Notice, job: Job, picture: Picture, around: Around, most: int) -> Letter:
    data = files.path(picture.sha256).read_bytes()
    data = wordless(data) if around.paired else data
    if len(data) <= most:
        return Letter(layout.picture(notice, job, picture, around), data)
    smaller = shrink.shrink(data, most)
    return Letter(layout.picture(notice, job, picture, around, kind=shrink.KIND, lessened=True), smaller)


def _clip(files: Files, notice: Notice, job: Job, picture: Picture, around: Around, most: int) -> Letter:
    """The clip with its still in the embed; where it is too large the still alone, and without one the words."""
    still = _poster(files, picture, most)
    if files.path(picture.sha256).stat().st_size > most:
        kind = shrink.KIND if still else ""
        return Letter(layout.picture(notice, job, picture, around, kind=kind, lessened=True), still)
    post = layout.picture(notice, job, picture, around, kind="mp4")
    if still and not around.spoiler:  # an embed's picture cannot be hidden
        return Letter(replace(post, image=layout.named(job, shrink.KIND)), _bytes(files, picture), still)
    return Letter(post, _bytes(files, picture))


def _bytes(files: Files, picture: Picture) -> bytes:
    return files.path(picture.sha256).read_bytes()


def _poster(files: Files, picture: Picture, most: int) -> bytes:
    """A copy that adds little to the message; nothing when the file is lost: the clip is posted without it."""
    if picture.poster is None or not files.has(picture.poster):
        return b""
    return shrink.shrink(files.path(picture.poster).read_bytes(), min(most, _MOST_POSTER))


def limit(client: "DarkroomClient") -> int:
    guild = client.get_guild(client.settings.discord.guild_id)
    return guild.filesize_limit if guild else _MOST_BYTES


async def _job(client: "DarkroomClient", notice: Notice) -> Job:
    async with client.db.reading() as connection:
        job = await jobs.get(connection, notice.job or "")
    assert job is not None
    return job
