"""`/schedule`: batches that are due again and again. When they are due is the rota's business."""

from functools import partial
from typing import TYPE_CHECKING

import discord
from discord.app_commands import Choice, CommandTree, Group, Range, autocomplete, describe

from bot.chat import autocomplete as suggest
from bot.chat import door, gate
from bot.chat.answers import Interaction, answer
from bot.chat.attachments import download
from bot.ledger import rota
from bot.nouns import RotaEntry
from bot.texts import answers as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

group: Group = Group(name="schedule", description="Batches that are rendered again and again", guild_only=True)


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(group)


@group.command(name="batch", description="Render a prompts file again and again")
@describe(
    file="JSON, JSON Lines, CSV or YAML: slug, prompt, and if wanted seed, model, size …",
    when='For example "daily 02:00" or "mondays 18:30"',
    zone='The time zone that is meant, for example "Europe/Berlin"',
)
async def batch(
    interaction: Interaction, file: discord.Attachment, when: Range[str, 1, 60], zone: Range[str, 1, 60] | None = None
) -> None:
    await answer(interaction, partial(_schedule, interaction, file, when, zone))


async def _schedule(interaction: Interaction, file: discord.Attachment, when: str, zone: str | None) -> str:
    client = interaction.client
    data = await download(client, file, client.settings.limits.batch_bytes)
    entry = await door.schedule(interaction, file.filename, data, when, zone or client.settings.schedule.zone)
    return texts.scheduled(entry)


@group.command(name="list", description="What is scheduled here, and when it is next due")
async def entries(interaction: Interaction) -> None:
    await answer(interaction, partial(_list, interaction))


async def _list(interaction: Interaction) -> str:
    async with interaction.client.db.reading() as connection:
        found = [entry for entry in await rota.entries(connection) if entry.guild == interaction.guild_id]
    return texts.rota(found)


@suggest.in_time
async def _removable(interaction: Interaction, typed: str) -> list[Choice[str]]:
    async with interaction.client.db.reading() as connection:
        entries = await rota.entries(connection)
    administrates = await gate.may_administrate(interaction)
    mine = (entry for entry in entries if _may_remove(interaction, entry, administrates))
    return suggest.fitting(typed, ((f"{entry.words} · {entry.name}", entry.id) for entry in mine))


@group.command(name="remove", description="Take a batch off the schedule")
@describe(entry="Which one; pick it from the list")
@autocomplete(entry=_removable)
async def remove(interaction: Interaction, entry: Range[str, 1, 100]) -> None:
    await answer(interaction, partial(_remove, interaction, entry))


async def _remove(interaction: Interaction, wanted: str) -> str:
    administrates = await gate.may_administrate(interaction)
    async with interaction.client.db.transaction() as connection:
        found = await rota.get(connection, wanted)
        if found is None or found.guild != interaction.guild_id:
            return texts.no_such_entry()
        if not _may_remove(interaction, found, administrates):
            return texts.not_your_entry()
        await rota.remove(connection, found.id)
    return texts.removed(found.name)


def _may_remove(interaction: Interaction, entry: RotaEntry, administrates: bool) -> bool:
    """Who scheduled it, and whoever administrates."""
    return entry.guild == interaction.guild_id and (administrates or entry.asker == interaction.user.id)
