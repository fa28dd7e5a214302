"""How a command is answered: acknowledged at once, then done, then told in one private sentence or page.

Acknowledged is not accepted: what a command stores is committed by the work itself, so that an answer which gets lost
on its way (a token that ran out, a line that was cut) loses nothing but the sentence.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeAlias

import aiohttp
import discord
from discord.app_commands import AppCommandError, CommandNotFound, CommandSignatureMismatch
from tenacity import stop_after_attempt

from bot.chat.attempts import again
from bot.errors import DarkroomError
from bot.texts import answers as texts
from bot.texts import failures

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

Interaction: TypeAlias = "discord.Interaction[DarkroomClient]"

_log = logging.getLogger(__name__)
_CUT = (aiohttp.ClientError, OSError, TimeoutError)
_TOKEN_IS_VOID_AFTER = 3.0  # seconds until Discord gives up on an interaction that nobody acknowledged
_THREE_TIMES = stop_after_attempt(3)  # both requests may be repeated: Discord applies each of them once


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file of an answer; `alt` describes a picture."""

    name: str
    data: bytes
    alt: str = ""

    def file(self) -> discord.File:
        """A fresh one for each attempt: sending reads it to its end."""
        return discord.File(BytesIO(self.data), self.name, description=self.alt or None)


@dataclass(frozen=True, slots=True)
class Page:
    """An answer that is more than a sentence. It replaces whatever stood there before.

    `further` files come behind it, each in a message of its own, as private as the answer.
    """

    words: str = ""
    embed: discord.Embed | None = None
    files: tuple[Enclosed, ...] = ()
    view: discord.ui.View | None = None
    further: tuple[Enclosed, ...] = ()

    def fields(self) -> dict[str, Any]:
        files = [one.file() for one in self.files]
        return {"content": texts.fit(self.words) or None, "embed": self.embed, "attachments": files, "view": self.view}


Work: TypeAlias = Callable[[], Awaitable[str | Page]]


async def answer(interaction: Interaction, work: Work) -> None:
    """Acknowledges, does the work, and tells the person the sentence or page it gives, or the one its error is."""
    await _acknowledge(interaction)
    given = await _outcome(work)
    arrived = await _tell(interaction, lambda: interaction.edit_original_response(**_fields(given)))
    if isinstance(given, str):
        return
    if not arrived:  # nobody is left with "thinking…" because a page was too much
        await _tell(interaction, lambda: interaction.edit_original_response(content=texts.PAGE_REFUSED), tries=1)
    for one in given.further:
        await _tell(interaction, partial(_send_further, interaction, one), tries=1)


async def turn(interaction: Interaction, work: Work) -> None:
    """The same for a button that turns the page it stands on: a page replaces it, a sentence comes beside it."""
    await _acknowledge(interaction, thinking=False)
    given = await _outcome(work)
    if isinstance(given, str):
        await _tell(interaction, lambda: interaction.followup.send(texts.fit(given), ephemeral=True), tries=1)
    else:
        await _tell(interaction, lambda: interaction.edit_original_response(**given.fields()))


async def _send_further(interaction: Interaction, one: Enclosed) -> None:
    await interaction.followup.send(file=one.file(), ephemeral=True)


def _fields(given: str | Page) -> dict[str, Any]:
    return {"content": texts.fit(given)} if isinstance(given, str) else given.fields()


async def _tell(interaction: Interaction, request: Callable[[], Awaitable[Any]], tries: int = 3) -> bool:
    """Whether it arrived. An edit may be repeated; a followup that was applied would stand twice."""
    try:
        async for attempt in again(interaction.client.clock, stop_after_attempt(tries)):
            with attempt:
                await request()
    except (discord.HTTPException, *_CUT) as error:
        _log.warning("the answer to interaction %s did not arrive: %s", interaction.id, error)
        return False
    return True


async def fail(interaction: Interaction, error: AppCommandError) -> None:
    """Tells the person of an error that came before a command could begin; suggestions just stay away."""

    async def told() -> str:
        if isinstance(error, CommandNotFound | CommandSignatureMismatch):
            return texts.OUTDATED
        raise error

    if interaction.type is not discord.InteractionType.autocomplete:
        await answer(interaction, told)


async def _acknowledge(interaction: Interaction, *, thinking: bool = True) -> None:
    """Shows the person "thinking…", or leaves a page as it is for now. Failing is no reason to drop what was asked.

    A repeated try may hear "already acknowledged" because only the answer of the first was lost.
    """
    if interaction.response.is_done():
        return
    try:
        async with asyncio.timeout(_TOKEN_IS_VOID_AFTER):
            async for attempt in again(interaction.client.clock, _THREE_TIMES):
                with attempt:
                    await interaction.response.defer(ephemeral=True, thinking=thinking)
    except (discord.HTTPException, *_CUT) as error:
        _log.info("interaction %s was not seen to be acknowledged: %s", interaction.id, error)


async def _outcome(work: Work) -> str | Page:
    try:
        return await work()
    except DarkroomError as error:
        return failures.sentences(error)
    except Exception:
        reference = secrets.token_hex(4)
        _log.exception("a command failed, reference %s", reference)
        return texts.unexpected(reference)
