"""Deleting a picture: the rows first, then its files and messages, again and again until nothing of it stands.

The asker deletes what is theirs, a moderator whatever must go, which is told in public. A post that somebody deleted by
hand counts as deleted too. Verdicts and receipts stay: what was learned was learned.
"""

import asyncio
import logging
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
import discord
from tenacity import stop_after_attempt

from bot.chat import attempts, buttons, finding, gate
from bot.chat.answers import Interaction, Page, answer, turn
from bot.chat.threads import reach
from bot.clock import new_id
from bot.ledger import notices, pictures, threads
from bot.ledger.pictures import Leaving, Shown
from bot.nouns import Notice, NoticeKind
from bot.texts import deleting as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_log = logging.getLogger(__name__)
_UNKNOWN_MESSAGE = 10008
_LATER = 60.0  # seconds until what Discord could not be told is told again


async def pressed(interaction: Interaction, job: str) -> None:
    """Delete: asks whether it is meant."""
    await answer(interaction, partial(_question, interaction, job))


async def confirmed(interaction: Interaction, job: str) -> None:
    await turn(interaction, partial(_delete, interaction, job))


async def _question(interaction: Interaction, job_id: str) -> Page:
    found = await finding.of_job(interaction.client, job_id)
    await gate.owning(interaction, found.job.asker)
    if found.picture.deleted_at is not None:
        return Page(texts.DELETED_BEFORE)
    return Page(texts.sure(found.job, interaction.user.id), view=buttons.view([("remove", job_id)]))


async def _delete(interaction: Interaction, job_id: str) -> Page:
    """Who may is decided anew: the question may be old."""
    client = interaction.client
    found = await finding.of_job(client, job_id)
    await gate.owning(interaction, found.job.asker)
    now = client.clock.now()
    async with client.db.transaction() as connection:
        shown = await pictures.posted(connection, job_id)
        if not await pictures.delete(connection, job_id, interaction.user.id, now):
            return Page(texts.DELETED_BEFORE)
        await threads.recount(connection, job_id)
        if interaction.user.id != found.job.asker:
            channel = shown.channel if shown else found.job.channel
            told = texts.removed(found.job)
            notice = Notice(new_id(client.clock), NoticeKind.ANNOUNCEMENT, channel, now, text=told)
            await notices.make_due(connection, notice)
    return Page(texts.DELETED)


async def vanished(client: "DarkroomClient", messages: Iterable[int]) -> None:
    """These messages were deleted on Discord; a picture goes with its post, but not with one that showed it again."""
    for message in messages:
        async with client.db.reading() as connection:
            notice = await notices.of_message(connection, message)
        if notice is None or notice.kind is not NoticeKind.PICTURE or notice.job is None:
            continue
        async with client.db.transaction() as connection:
            if await pictures.delete(connection, notice.job, None, client.clock.now()):
                await threads.recount(connection, notice.job)


async def look_for(client: "DarkroomClient", unseen: Iterable[Notice]) -> None:
    """Posts that their channel's history does not show: what Discord does not know any more was deleted meanwhile.

    A channel that is gone or closed says nothing about its pictures.
    """
    for notice in unseen:
        async with client.db.reading() as connection:
            shown = await pictures.posted(connection, notice.job or "")
        if shown is None or shown.message != notice.message:
            continue
        place = client.get_partial_messageable(shown.channel, guild_id=client.settings.discord.guild_id)
        try:
            await place.fetch_message(shown.message)
        except discord.NotFound as error:
            if error.code == _UNKNOWN_MESSAGE:
                await vanished(client, [shown.message])
        except discord.Forbidden:
            return


class Remover:
    """`await run()` never returns. What Discord forbids waits until the bot is connected anew."""

    def __init__(self, client: "DarkroomClient") -> None:
        self._client = client
        self._forbidden: set[str] = set()
        self._connected = 0

    async def run(self) -> None:
        client = self._client
        while True:
            await client.online.wait()
            if client.ready.count != self._connected:
                self._connected = client.ready.count
                self._forbidden.clear()
            seen = client.db.bell.count
            failed = await self._round()
            again = failed or bool(self._forbidden)
            await client.db.bell.after_or(seen, client.clock.sleep(_LATER) if again else None)

    async def _round(self) -> bool:
        """Whether something is to be tried again later."""
        async with self._client.db.reading() as connection:
            leaving = await pictures.leaving(connection)
        done = [await self._take_away(one) for one in leaving]
        return not all(done)

    async def _take_away(self, one: Leaving) -> bool:
        """False when it is to be tried again later; the others do not wait for that."""
        try:
            await self._files(one)
            if one.job not in self._forbidden and await self._messages(one):
                async with self._client.db.transaction() as connection:
                    await pictures.left(connection, one.job)
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
            _log.warning("deleted picture %s still stands somewhere: %s", one.job, error)
            return False
        return True

    async def _files(self, one: Leaving) -> None:
        """Inside a transaction: nobody asks for a picture from this file between the look and its end."""
        for digest in one.files:
            if self._client.files.has(digest):
                async with self._client.db.transaction() as connection:
                    if not await pictures.needed(connection, digest):
                        await asyncio.to_thread(self._client.files.remove, digest)

    async def _messages(self, one: Leaving) -> bool:
        """Whether none is left. One that is still due is never sent, and rings the bell when that is sure."""
        async with self._client.db.reading() as connection:
            shown = await pictures.shown(connection, one.job)
        gone = [await self._message(one, each) for each in shown]
        return all(gone)

    async def _message(self, one: Leaving, shown: Shown) -> bool:
        if not shown.message:
            return False
        guild = self._client.settings.discord.guild_id
        place = self._client.get_partial_messageable(shown.channel, guild_id=guild)
        try:
            async for attempt in attempts.again(self._client.clock, stop_after_attempt(3)):
                with attempt:
                    await reach(self._client, shown.channel, place.get_partial_message(shown.message).delete)
        except discord.NotFound:
            return True
        except discord.Forbidden as error:
            _log.warning("the message of deleted picture %s cannot be deleted: %s", one.job, error)
            self._forbidden.add(one.job)
            return False
        return True
