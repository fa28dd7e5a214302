"""Contact sheets are kept true: what counts now is shown on them, by edits that are owed until they are made.

A verdict, a deletion or the end of a job unsettles a sheet in its own transaction; whatever dies in between, the edit
is owed. Edits come out of the channel's budget and are coalesced: what counts when one is made is what it shows.
"""

import logging
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp
import discord

from bot.chat import attempts, batchsheets, fitting, sheets, threads
from bot.chat.judging import SheetPost
from bot.chat.letters import Letter
from bot.chat.owing import Owing
from bot.ledger import sheets as rows
from bot.ledger.database import Connection
from bot.nouns import Notice

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_log = logging.getLogger(__name__)
_BETWEEN_EDITS = 10.0  # seconds, per sheet
_BETWEEN_DRAWINGS = 20.0  # seconds, per sheet of a batch: pictures come and verdicts fall for hours
_OLD, _BETWEEN_EDITS_OF_OLD = 3600.0, 60.0  # seconds; Discord is stricter with messages of before
_AFTER_TROUBLE = 15.0


class Kind(Protocol):
    """Sheets of groups, or of batches."""

    async def face(self, connection: Connection, notice: Notice) -> str: ...

    async def anew(self, client: "DarkroomClient", notice: Notice, shown: str) -> tuple[Letter, str]: ...

    async def lessen(self, client: "DarkroomClient", notice: Notice, letter: Letter) -> Letter: ...


def kind(notice: Notice) -> Kind:
    return batchsheets if notice.batch else sheets


class SheetEditor:
    """`await run()` never returns."""

    def __init__(self, client: "DarkroomClient") -> None:
        self._client = client
        self.run = Owing(client, rows.unsettled, lambda notice: notice.id, self._bring).run

    async def _bring(self, notice: Notice) -> None:
        """Edits the sheet until it shows what counts."""
        while not await self._settled(notice):
            await self._client.clock.sleep(await self._edited(notice))

    async def _settled(self, notice: Notice) -> bool:
        async with self._client.db.transaction() as connection:
            if await rows.shown(connection, notice.id) == await kind(notice).face(connection, notice):
                await rows.settled(connection, notice.id, self._client.clock.now())
                return True
        return False

    async def _edited(self, notice: Notice) -> float:
        """Makes the message show what counts now, or gives it up; gives the seconds until the next edit."""
        async with self._client.progress.turn(notice.channel):
            async with self._client.db.reading() as connection:
                shown = await rows.shown(connection, notice.id)
            letter, face = await kind(notice).anew(self._client, notice, shown)
            try:
                lessen = partial(kind(notice).lessen, self._client, notice)
                await fitting.send(letter, partial(self._change, notice), lessen)
            except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
                if attempts.lost(error):
                    _log.warning("sheet %s was not edited: %s", notice.id, error)
                    return _AFTER_TROUBLE
                _log.info("sheet %s can no longer be edited: %s", notice.id, error)
            async with self._client.db.transaction() as connection:
                await rows.shows(connection, notice.id, face)
        if self._client.clock.now() - (notice.said_at or 0.0) > _OLD:
            return _BETWEEN_EDITS_OF_OLD
        return _BETWEEN_DRAWINGS if notice.batch and letter.data else _BETWEEN_EDITS

    async def _change(self, notice: Notice, letter: Letter) -> None:
        """Its words and menus, and its file if the letter has one."""
        assert isinstance(letter.post, SheetPost)
        guild = self._client.settings.discord.guild_id
        channel = self._client.get_partial_messageable(notice.channel, guild_id=guild)
        fields: dict[str, Any] = {"attachments": letter.files()} if letter.data else {}
        fields |= {"embed": letter.post.embed(), "view": letter.post.view()}
        message = channel.get_partial_message(notice.message or 0)
        await threads.reach(
            self._client,
            notice.channel,
            lambda: message.edit(**fields, allowed_mentions=discord.AllowedMentions.none()),
        )
