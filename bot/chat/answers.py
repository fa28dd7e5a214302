"""How a command is answered: acknowledged at once, then done, then told in one private sentence.

Acknowledged is not accepted: what a command stores is committed by the work itself, so that an answer which gets lost
on its way (a token that ran out, a line that was cut) loses nothing but the sentence.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

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


async def answer(interaction: Interaction, work: Callable[[], Awaitable[str]]) -> None:
    """Acknowledges, does the work, and tells the person the sentence it gives, or the one its error is."""
    await _acknowledge(interaction)
    sentence = await _sentence(work)
    try:
        async for attempt in again(interaction.client.clock, _THREE_TIMES):
            with attempt:
                await interaction.edit_original_response(content=texts.fit(sentence))
    except (discord.HTTPException, *_CUT) as error:
        _log.warning("the answer to interaction %s did not arrive: %s", interaction.id, error)


async def fail(interaction: Interaction, error: AppCommandError) -> None:
    """Tells the person of an error that came before a command could begin; suggestions just stay away."""

    async def told() -> str:
        if isinstance(error, CommandNotFound | CommandSignatureMismatch):
            return texts.OUTDATED
        raise error

    if interaction.type is not discord.InteractionType.autocomplete:
        await answer(interaction, told)


async def _acknowledge(interaction: Interaction) -> None:
    """Shows the person "thinking…". Failing is no reason to drop what was asked.

    A repeated try may hear "already acknowledged" because only the answer of the first was lost.
    """
    if interaction.response.is_done():
        return
    try:
        async with asyncio.timeout(_TOKEN_IS_VOID_AFTER):
            async for attempt in again(interaction.client.clock, _THREE_TIMES):
                with attempt:
                    await interaction.response.defer(ephemeral=True, thinking=True)
    except (discord.HTTPException, *_CUT) as error:
        _log.info("interaction %s was not seen to be acknowledged: %s", interaction.id, error)


async def _sentence(work: Callable[[], Awaitable[str]]) -> str:
    try:
        return await work()
    except DarkroomError as error:
        return failures.sentences(error)
    except Exception:
        reference = secrets.token_hex(4)
        _log.exception("a command failed, reference %s", reference)
        return texts.unexpected(reference)
