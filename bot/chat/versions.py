"""The channel shows one current version of a slug: a message of its own, edited when a better picture is kept.

Posts never change what they show, so that a reaction says for ever which picture was meant. Which picture is current is
decided in the transaction that changes a verdict; whatever dies in between, the message owes its edit.
"""

import logging
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
import discord

from bot.chat import attempts, buttons, fitting, letters
from bot.chat.layout import Post
from bot.chat.letters import Letter
from bot.chat.owing import Owing
from bot.chat.surroundings import link
from bot.clock import new_id
from bot.ledger import jobs, notices, pictures, threads
from bot.ledger.threads import Gathering
from bot.nouns import Notice, NoticeKind
from bot.texts import threads as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_log = logging.getLogger(__name__)
_AFTER_TROUBLE = 15.0  # seconds


@dataclass(frozen=True, slots=True)
class VersionPost(Post):
    """A post that shows this job's picture, for now."""

    job: str = ""


async def write(client: "DarkroomClient", notice: Notice) -> Letter:
    """The current picture as it stands in its post, with the way there."""
    async with client.db.reading() as connection:
        known = await threads.of_slug(connection, notice.channel, notice.text)
    if known is None or known.current is None:
        return Letter(VersionPost("", "", notice.id, 0), void=True)
    return await _dressed(client, known, await letters.write(client, _shown(notice, known.current)))


async def lessen(client: "DarkroomClient", notice: Notice, letter: Letter) -> Letter:
    """The same with a file of half the size, because Discord found it too large."""
    assert isinstance(letter.post, VersionPost)
    less = await letters.lessen(client, _shown(notice, letter.post.job), letter)
    return replace(less, post=replace(letter.post, file=less.post.file, image=less.post.image))


def _shown(notice: Notice, job: str) -> Notice:
    return replace(notice, kind=NoticeKind.REPOST, job=job)


async def _dressed(client: "DarkroomClient", known: Gathering, letter: Letter) -> Letter:
    assert known.current is not None
    async with client.db.reading() as connection:
        job = await jobs.get(connection, known.current)
        posted = await pictures.posted(connection, known.current)
    where = link(job.guild, posted.channel, posted.message) if job and posted else ""
    plain = {one.name: getattr(letter.post, one.name) for one in fields(letter.post)}
    words = {"title": texts.title(known.slug), "body": texts.body(where, letter.post.body)}
    return replace(letter, post=VersionPost(**plain | words, job=known.current))


class Versions:
    """`await run()` never returns."""

    def __init__(self, client: "DarkroomClient") -> None:
        self._client = client
        self.run = Owing(client, threads.to_show, lambda known: (known.channel, known.slug), self._bring).run

    async def _bring(self, known: Gathering) -> None:
        """Takes one step towards showing what is current; the next look decides whether there is another."""
        if known.state != "said":
            await self._announced(known)
        elif not await self._edited(known):
            await self._client.clock.sleep(_AFTER_TROUBLE)

    async def _announced(self, known: Gathering) -> None:
        """A message is owed unless the picture stands in the channel itself; a second one is not tried in vain."""
        now = self._client.clock.now()
        async with self._client.db.transaction() as connection:
            posted = await pictures.posted(connection, known.current or "")
            if known.notice is not None or posted is None or posted.channel == known.channel:
                await threads.announced(connection, known, None)
                await threads.showing(connection, known.channel, known.slug, known.current)
                return
            notice = Notice(new_id(self._client.clock), NoticeKind.VERSION, known.channel, now, text=known.slug)
            await notices.make_due(connection, notice)
            await threads.announced(connection, known, notice.id)

    async def _edited(self, known: Gathering) -> bool:
        """Shows what is current, or gives the message up; False when it has to be tried again."""
        async with self._client.progress.turn(known.channel):
            shown, gone = known.current, known.current is None
            try:
                shown = await self._edit(known)
            except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
                if attempts.lost(error):
                    _log.warning("the current version of %s was not shown: %s", known.slug, error)
                    return False
                _log.info("the message with the current version of %s cannot be edited: %s", known.slug, error)
                gone = True
            async with self._client.db.transaction() as connection:
                await threads.showing(connection, known.channel, known.slug, shown)
                if gone:
                    await threads.announced(connection, known, None)
        return True

    async def _edit(self, known: Gathering) -> str | None:
        """Gives the job that is shown now; with no picture left to show the message goes."""
        guild = self._client.settings.discord.guild_id
        channel = self._client.get_partial_messageable(known.channel, guild_id=guild)
        message = channel.get_partial_message(known.message or 0)
        if known.current is None:
            await message.delete()
            return None
        notice = await self._notice(known)

        async def request(letter: Letter) -> str:
            await _replace(message, letter)
            assert isinstance(letter.post, VersionPost)
            return letter.post.job

        letter = await write(self._client, notice)
        if letter.void:  # it has just been deleted
            return known.shown
        return await fitting.send(letter, request, partial(lessen, self._client, notice))

    async def _notice(self, known: Gathering) -> Notice:
        async with self._client.db.reading() as connection:
            notice = await notices.of_message(connection, known.message or 0)
        assert notice is not None
        return notice


async def _replace(message: discord.PartialMessage, letter: Letter) -> None:
    await message.edit(
        embed=letter.post.embed(),
        view=buttons.view(letter.post.buttons),
        attachments=letter.files(),
        allowed_mentions=discord.AllowedMentions.none(),
    )
