"""What a person can do with a picture from its message's menu, also where its buttons are far away.

Under a message that shows no picture of ours, each says so privately.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import discord
from discord.app_commands import CommandTree, ContextMenu, guild_only

from bot.chat import finding, pressing, reasons, remix, why
from bot.chat.answers import Interaction, answer
from bot.chat.finding import Found
from bot.errors import DarkroomError, NoSuchPicture
from bot.intake import variations
from bot.texts import menus as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

Doing: TypeAlias = Callable[[Interaction, Found], Awaitable[None]]


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(ContextMenu(name=texts.REMIX, callback=guild_only(remix_this)))
    tree.add_command(ContextMenu(name=texts.AGAIN, callback=guild_only(ask_again)))
    tree.add_command(ContextMenu(name=texts.WHY, callback=guild_only(why_this)))
    tree.add_command(ContextMenu(name=texts.REASON, callback=guild_only(give_a_reason)))


async def remix_this(interaction: Interaction, message: discord.Message) -> None:
    async def opened(interaction: Interaction, found: Found) -> None:
        variations.origin(found.job, found.picture)
        await interaction.response.send_modal(remix.Remix(found.job))

    await _under(interaction, message, opened)


async def ask_again(interaction: Interaction, message: discord.Message) -> None:
    await _under(interaction, message, lambda one, found: pressing.again(one, found.job.id))


async def why_this(interaction: Interaction, message: discord.Message) -> None:
    await _under(interaction, message, lambda one, found: why.pressed(one, found.job.id))


async def give_a_reason(interaction: Interaction, message: discord.Message) -> None:
    await _under(interaction, message, lambda one, found: reasons.ask(one, found.job.id))


async def _under(interaction: Interaction, message: discord.Message, doing: Doing) -> None:
    """A form has to be the first answer, so the picture is found before anything is acknowledged."""
    try:
        await doing(interaction, await finding.of_message(interaction.client, message))
    except NoSuchPicture:
        await answer(interaction, partial(_said, texts.NO_PICTURE))
    except DarkroomError as error:
        await answer(interaction, partial(_raised, error))


async def _said(words: str) -> str:
    return words


async def _raised(error: DarkroomError) -> str:
    raise error
