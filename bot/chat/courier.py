"""The only speaker: due notices become messages, each exactly once, oldest first in every channel.

That a message was tried is committed before the first request, that it was said after the answer. In between the
nonce makes Discord give the first message to whoever repeats; once that memory may be over, or in another process,
the channel is searched for the notice's id first.
"""

import asyncio
import logging
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

import aiohttp
import discord
from tenacity import stop_after_attempt, stop_never

from bot.chat import (
    attempts,
    batchsheets,
    batchthread,
    buttons,
    enclosed,
    fitting,
    letters,
    mailing,
    sheets,
    threads,
    versions,
)
from bot.chat.enclosed import EnclosingPost
from bot.chat.judging import SheetPost
from bot.chat.layout import Post, says
from bot.chat.letters import Letter
from bot.chat.versions import VersionPost
from bot.ledger import batch_sheets, enclosures, notices
from bot.ledger import sheets as sheet_rows
from bot.ledger import threads as thread_rows
from bot.ledger.database import Connection
from bot.nouns import SHOWING, Notice, NoticeKind

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_log = logging.getLogger(__name__)
_NONCE_IS_KEPT = 120.0  # seconds in which Discord surely remembers a nonce
_SLACK = 60.0  # seconds that the clocks of this machine and of Discord may differ
_SEARCHED = 10_000  # messages


class Author(Protocol):
    """Writes the notices of some kinds."""

    async def write(self, client: "DarkroomClient", notice: Notice) -> Letter: ...

    async def lessen(self, client: "DarkroomClient", notice: Notice, letter: Letter) -> Letter: ...


class Courier:
    """`await run()` never returns. Channels do not wait for one another."""

    def __init__(self, client: "DarkroomClient") -> None:
        self._client = client
        self._lanes: set[int] = set()
        self._tried: dict[str, float] = {}
        self._set_aside: set[str] = set()

    async def run(self) -> None:
        db = self._client.db
        await self._client.online.wait()
        async with asyncio.TaskGroup() as group:
            while True:
                seen = db.bell.count
                async with db.reading() as connection:
                    due = await notices.channels_due(connection)
                for channel in set(due) - self._lanes:
                    self._lanes.add(channel)
                    group.create_task(self._lane(channel, group))
                await db.bell.after(seen)

    async def _lane(self, channel: int, group: asyncio.TaskGroup) -> None:
        """Says what is due in one channel until there is nothing more."""
        bell = self._client.db.bell
        while True:
            seen = bell.count
            notice = await self._next(channel)
            if notice is not None:
                await self._deliver(notice, group)
            elif bell.count == seen:  # nothing became due while this was looking
                self._lanes.discard(channel)
                return

    async def _next(self, channel: int) -> Notice | None:
        async with self._client.db.reading() as connection:
            due = await notices.due_in(connection, channel, len(self._set_aside) + 1)
        return next((notice for notice in due if notice.id not in self._set_aside), None)

    async def _deliver(self, notice: Notice, group: asyncio.TaskGroup) -> None:
        letter: Letter | None = None
        try:
            if await batchthread.moved(self._client, notice) or await threads.moved(self._client, notice):
                return
            letter = await _author(notice).write(self._client, notice)
            message, sent = await self._say(notice, letter)
        except letters.Withdrawn:
            await self._give_up(notice)
        except discord.HTTPException as error:
            await self._refused(notice, letter, error)
        except Exception:
            _log.exception("notice %s is set aside until the next start", notice.id)
            self._set_aside.add(notice.id)
        else:
            await self._said(notice, letter, message, sent=sent, group=group)
        self._tried.pop(notice.id, None)

    async def _said(
        self, notice: Notice, letter: Letter, message: int, *, sent: bool, group: asyncio.TaskGroup
    ) -> None:
        async with self._client.db.transaction() as connection:
            await notices.said(connection, notice.id, message, self._client.clock.now())
            await _showing(connection, notice, letter.post, sent=sent)
        if sent and notice.kind is NoticeKind.CARD:
            self._client.progress.shows(message, letter.post)
        if notice.kind in SHOWING and letter.post.file:
            self._client.feedback.posted(message)
            group.create_task(seed(self._client, notice.channel, message))

    async def _refused(self, notice: Notice, letter: Letter | None, error: discord.HTTPException) -> None:
        """Discord does not take it here. What a thread refuses is said in its channel, if it does not stand already."""
        home = await batchthread.home(self._client, notice) or await threads.home(self._client, notice)
        if home is not None:
            found = await self._stands(notice)
            async with self._client.db.transaction() as connection:
                if found is None:
                    await notices.move(connection, notice.id, home)
                else:
                    await notices.said(connection, notice.id, found, self._client.clock.now())
            _log.warning("thread %s took notice %s no more: %s", notice.channel, notice.id, error)
            return
        _log.error("notice %s cannot be said in channel %s: %s", notice.id, notice.channel, error)
        if letter is not None:
            await mailing.mail(self._client, notice, letter, error)
        await self._give_up(notice)

    async def _stands(self, notice: Notice) -> int | None:
        """An answer that was lost may have been a message, before the place was closed."""
        try:
            return await self._find(notice)
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError):
            return None

    async def _give_up(self, notice: Notice) -> None:
        async with self._client.db.transaction() as connection:
            await notices.unsayable(connection, notice.id, self._client.clock.now())

    async def _say(self, notice: Notice, letter: Letter) -> tuple[int, bool]:
        """The id of the message, and whether it was sent now; else it stood already."""
        async for attempt in attempts.again(self._client.clock, stop_never):
            with attempt:
                await self._client.online.wait()
                if self._doubtful(notice) and (found := await self._find(notice)) is not None:
                    return found, False
                if letter.void:
                    raise letters.Withdrawn
                await self._try(notice)
                return await self._send(notice, letter), True
        raise AssertionError("it tries for ever")

    def _doubtful(self, notice: Notice) -> bool:
        """A message may stand of which Discord no longer knows the nonce."""
        tried = self._tried.get(notice.id)
        if tried is None:
            return notice.first_tried_at is not None
        return self._client.clock.now() - tried > _NONCE_IS_KEPT

    async def _try(self, notice: Notice) -> None:
        if notice.first_tried_at is None and notice.id not in self._tried:
            async with self._client.db.transaction() as connection:
                await notices.trying(connection, notice.id, self._client.clock.now())
        self._tried.setdefault(notice.id, self._client.clock.now())

    async def _send(self, notice: Notice, letter: Letter) -> int:
        channel = self._channel(notice)

        async def request(letter: Letter) -> int:
            post = letter.post
            message = await channel.send(
                content=post.content,
                embed=post.embed(),
                view=_view(post),
                nonce=notice.nonce,
                files=letter.files(),
                allowed_mentions=post.mentions(),
            )
            return message.id

        return await fitting.send(letter, request, partial(_author(notice).lessen, self._client, notice))

    async def _find(self, notice: Notice) -> int | None:
        """The message that says this notice, if it stands already."""
        tried = notice.first_tried_at or self._tried[notice.id]
        start = datetime.fromtimestamp(min(tried, notice.created_at) - _SLACK, UTC)
        me = self._client.user
        assert me is not None
        try:
            async for message in self._channel(notice).history(limit=_SEARCHED, after=start, oldest_first=True):
                if message.author.id == me.id and any(says(embed, notice) for embed in message.embeds):
                    return message.id
        except discord.Forbidden:
            _log.warning("channel %s cannot be searched; notice %s may be said twice", notice.channel, notice.id)
        self._tried[notice.id] = self._client.clock.now()
        return None

    def _channel(self, notice: Notice) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(notice.channel, guild_id=self._client.settings.discord.guild_id)


def _author(notice: Notice) -> Author:
    if notice.kind is NoticeKind.SHEET and notice.batch:
        return batchsheets
    authors: dict[NoticeKind, Author] = {
        NoticeKind.ANNOUNCEMENT: enclosed,
        NoticeKind.SHEET: sheets,
        NoticeKind.VERSION: versions,
    }
    return authors.get(notice.kind, letters)


def _view(post: Post) -> discord.ui.View:
    return post.view() if isinstance(post, SheetPost) else buttons.view(post.buttons)


async def _showing(connection: Connection, notice: Notice, post: Post, *, sent: bool) -> None:
    """What a message shows that is edited when it should show something else. Of a found one nobody knows."""
    if isinstance(post, SheetPost):
        await sheet_rows.shows(connection, notice.id, post.face if sent else "")
        await batch_sheets.unsettle(connection, notice.batch or "")  # the others lead to it
    elif isinstance(post, VersionPost):
        await thread_rows.showing(connection, notice.channel, notice.text, post.job if sent else "")
    elif isinstance(post, EnclosingPost):
        await enclosures.shows(connection, notice.id, post.jobs if sent else None)


async def seed(client: "DarkroomClient", channel: int, message: int) -> None:
    """Puts the verdicts' reactions under a picture, in their order, so that people only have to click."""
    place = client.get_partial_messageable(channel, guild_id=client.settings.discord.guild_id)
    try:
        for emoji in client.settings.discord.verdicts:
            async for attempt in attempts.again(client.clock, stop_after_attempt(3)):
                with attempt:
                    await place.get_partial_message(message).add_reaction(emoji)
    except Exception as error:
        _log.warning("message %s has not got all its reactions: %s", message, error)
