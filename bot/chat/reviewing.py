"""`/batch review`: how far the review of a batch is, with the way to what nobody decided on."""

from functools import partial
from typing import TYPE_CHECKING

import discord
from discord.app_commands import CommandTree, autocomplete, command, describe

from bot.chat import batchchoice, batchsheets, rerolling
from bot.chat.answers import Interaction, Page, answer
from bot.chat.batches import group
from bot.chat.batchpost import post_of
from bot.errors import Unclear
from bot.ledger import batch_sheets, during, reviews
from bot.ledger.takes import progress
from bot.nouns import Batch
from bot.texts import review as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient


def add(tree: CommandTree["DarkroomClient"]) -> None:
    """To the group, which is in the tree."""
    group.add_command(review, override=True)


@command(name="review", description="How much of a batch is decided, and what is still open, the oldest first")
@describe(batch="Which batch; left out, the one of this thread, or the newest one here")
@autocomplete(batch=batchchoice.suggest())
async def review(interaction: Interaction, batch: str | None = None) -> None:
    await answer(interaction, partial(_look, interaction, batch))


async def _look(interaction: Interaction, typed: str | None) -> Page:
    batch = await (_here(interaction) if typed is None else batchchoice.find(interaction, typed))
    async with interaction.client.db.reading() as connection:
        found = await reviews.of_batch(connection, batch.id)
        sheets = await batchsheets.links(connection, batch, found, await batch_sheets.of_batch(connection, batch.id))
    told = progress(found.slots)
    lines = [texts.progress(told, found.rounds), texts.end(told), texts.decided_by(told)]
    lines += texts.open_ones([(slot.number, post_of(batch, slot)) for slot in found.open]) or [texts.NOTHING_OPEN]
    lines += texts.sheets(sheets)
    embed = discord.Embed(title=texts.named(batch.name), description="\n".join(line for line in lines if line))
    view = discord.ui.View(timeout=None).add_item(rerolling.Reroll(batch.id)) if told.rejects else None
    return Page(embed=embed, view=view)


async def _here(interaction: Interaction) -> Batch:
    """The batch of the thread in which the command is typed, else the newest of the channel, else of the server."""
    async with interaction.client.db.reading() as connection:
        batch = await during.of_thread(connection, interaction.channel_id or 0)
    if batch is not None:
        return batch
    found = await batchchoice.visible(interaction)
    near = [one for one in found if one.channel == interaction.channel_id]
    if not found:
        raise Unclear("batch-unknown", {})
    return (near or found)[0]
