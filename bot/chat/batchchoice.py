"""Which batch is meant: offered while a person types, and found again by its id or its name.

Those of channels that the person cannot read are neither offered nor found.
"""

from collections.abc import Callable
from typing import TypeAlias

from discord.app_commands import Choice

from bot.chat import sight
from bot.chat.answers import Interaction
from bot.chat.autocomplete import Suggest, fitting, in_time
from bot.errors import Unclear
from bot.ledger import batches, during
from bot.nouns import Batch, JobState
from bot.texts import during as texts

Among: TypeAlias = Callable[[Batch, int], bool]
"""Whether a batch is worth offering, of which so many jobs wait."""

_LOOKED_AT = 100  # the newest ones


def suggest(among: Among = lambda batch, waiting: True) -> Suggest:
    """The newest batches first, by their names; the value is the id."""

    @in_time
    async def offered(interaction: Interaction, typed: str) -> list[Choice[str]]:
        found, pairs = await visible(interaction), []
        async with interaction.client.db.reading() as connection:
            for batch in found:
                counts = await batches.outcome(connection, batch.id)
                if among(batch, counts[JobState.QUEUED]):
                    pairs.append((texts.suggested(batch, counts), batch.id))
        return fitting(typed, pairs)

    return offered


async def visible(interaction: Interaction) -> list[Batch]:
    """The newest first."""
    channels = sight.channels(interaction)
    async with interaction.client.db.reading() as connection:
        return await during.latest(connection, interaction.guild_id or 0, channels, _LOOKED_AT)


async def find(interaction: Interaction, typed: str) -> Batch:
    """The batch of this id, or the newest one of this name. Raises Unclear when there is none."""
    typed = typed.strip()
    async with interaction.client.db.reading() as connection:
        batch = await batches.get(connection, typed)
    if batch is not None and batch.guild == interaction.guild_id and sight.may_see(interaction, batch.channel):
        return batch
    for one in await visible(interaction):
        if one.name.casefold() == typed.casefold():
            return one
    raise Unclear("batch-unknown", {})
