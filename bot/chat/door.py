"""The one door through which a person's asks leave chat: every command and button that renders comes by here."""

from bot.chat.answers import Interaction
from bot.nouns import PLAIN, Ask, Job, Manner


async def accept(interaction: Interaction, ask: Ask, manner: Manner = PLAIN, *further: Ask) -> list[Job]:
    """The jobs, committed. Raises the Refusal that says why not."""
    return await interaction.client.intake.accept(ask, manner, *further)
