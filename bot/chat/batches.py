"""`/batch`: many asks from one attached file."""

from functools import partial
from typing import TYPE_CHECKING

import discord
from discord.app_commands import CommandTree, Group, describe

from bot.chat import door
from bot.chat.answers import Interaction, answer
from bot.chat.attachments import download
from bot.ledger import batches
from bot.texts import answers as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

group: Group = Group(name="batch", description="Many pictures from one file", guild_only=True)


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(group)


@group.command(name="render", description="Render every item of a prompts file")
@describe(file="JSON, JSON Lines, CSV or YAML: slug, prompt, and if wanted seed, model, size …")
async def render(interaction: Interaction, file: discord.Attachment) -> None:
    await answer(interaction, partial(_accept, interaction, file))


async def _accept(interaction: Interaction, file: discord.Attachment) -> str:
    client = interaction.client
    data = await download(client, file, client.settings.limits.batch_bytes)
    batch = await door.accept_batch(interaction, file.filename, data)
    async with client.db.reading() as connection:
        accepted = await batches.outcome(connection, batch.id)
    return texts.batch_accepted(accepted.total(), batch.name)
