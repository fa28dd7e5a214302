"""`/review import`: pictures that were rendered elsewhere, posted to be judged. `/stats`: what there is, in figures."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import discord
from discord.app_commands import CommandTree, Range, autocomplete, command, describe, guild_only

from bot.chat import attachments, gate, pasting
from bot.chat import autocomplete as suggest
from bot.chat.answers import Interaction, answer
from bot.intake.slugs import checked
from bot.ledger import beside, figures
from bot.people.permits import What
from bot.texts import export as exported
from bot.texts import figures as counted
from bot.texts import yours as texts
from bot.yours import nightly, pictures
from bot.yours.pictures import Found, Into

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_AT_ONCE = 50  # pictures in one ZIP: each is a message in the channel
_LONGEST = 1700  # characters of an answer that the table may take
_ZIP = b"PK\x03\x04"


def add(tree: CommandTree["DarkroomClient"]) -> None:
    """The other command belongs to the group of `pasting`."""
    tree.add_command(stats)


@pasting.group.command(name="import", description="Post pictures that were rendered elsewhere, to be judged here")
@describe(
    file="A picture, or a ZIP of pictures named by what they are for",
    slug="What they are for; the names of the files tell when left out",
    model="The model that drew them, if one of ours did",
    archetype="Their kind of subject",
)
@autocomplete(slug=suggest.slugs, model=suggest.models, archetype=suggest.archetypes)
async def bring(
    interaction: Interaction,
    file: discord.Attachment,
    slug: Range[str, 1, 64] | None = None,
    model: Range[str, 1, 64] | None = None,
    archetype: Range[str, 1, 64] | None = None,
) -> None:
    place = (interaction.guild_id or 0, interaction.channel_id or 0, interaction.user.id)
    into = Into(*place, model or "", archetype, slug or "")
    await answer(interaction, partial(_brought, interaction, file, into))


async def _brought(interaction: Interaction, file: discord.Attachment, into: Into) -> str:
    client = interaction.client
    await gate.demand(interaction, What.ASK)
    if into.slug:
        checked(into.slug)
    data = await attachments.picture(client, file)
    found = await asyncio.to_thread(_found, data, file.filename)
    done = await pictures.bring(client.db, client.files, client.clock, found, into)
    return texts.brought_here(done.new, done.known, done.broken)


def _found(data: bytes, name: str) -> list[Found]:
    if data.startswith(_ZIP):
        return pictures.of_zip(data, name, _AT_ONCE)
    return [pictures.of_file(data, name)]


@command(description="How much there is, how much of it is kept, and how the nightly export went")
@guild_only
async def stats(interaction: Interaction) -> None:
    await answer(interaction, partial(_figures, interaction.client))


async def _figures(client: "DarkroomClient") -> str:
    """Counted on a connection of its own: in a large ledger that takes seconds, in which others ask for more."""
    async with beside.reading(client.db.path) as connection:
        found = figures.plain(await figures.count(connection))
        last = await nightly.last(connection)
    table = client.settings.export
    lines = [f"```\n{counted.table(found)[:_LONGEST]}\n```"]
    if table.folder:
        lines.append(exported.status(None if last is None else (last.at, last.fault, last.facts), table.at))
    return "\n".join(lines)
