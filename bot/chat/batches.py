"""`/batch`: many asks from one attached file."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import discord
from discord.app_commands import CommandTree, Group, describe

from bot.chat import offering
from bot.chat.answers import Interaction, Page, answer
from bot.chat.attachments import download
from bot.chat.sources import brought

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

group: Group = Group(name="batch", description="Many pictures from one file", guild_only=True)


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(group)


@group.command(name="render", description="What a prompts file would take; one more click renders it")
@describe(
    file="JSON, JSON Lines, CSV or YAML: slug, prompt, and if wanted seed, model, size …",
    **dict.fromkeys(("picture", "picture2", "picture3", "picture4"), "A picture that the file refers to by its name"),
)
async def render(
    interaction: Interaction,
    file: discord.Attachment,
    picture: discord.Attachment | None = None,
    picture2: discord.Attachment | None = None,
    picture3: discord.Attachment | None = None,
    picture4: discord.Attachment | None = None,
) -> None:
    came = [one for one in (picture, picture2, picture3, picture4) if one is not None]
    await answer(interaction, partial(_ask, interaction, file, came))


async def _ask(interaction: Interaction, file: discord.Attachment, came: Sequence[discord.Attachment]) -> str | Page:
    client = interaction.client
    data = await download(client, file, client.settings.limits.batch_bytes)
    async with brought(interaction) as kept:
        beside = {one.filename: await kept.picture(one) for one in came}
        return await offering.ask(interaction, file.filename, data, beside)
