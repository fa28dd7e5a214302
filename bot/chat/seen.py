"""Suggestions for looking back: slugs of pictures that somebody may see."""

from discord.app_commands import Choice

from bot.chat import autocomplete as suggest
from bot.chat import sight
from bot.chat.answers import Interaction
from bot.ledger import gallery

_MOST = 25


@suggest.in_time
async def slugs(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Those with these letters, beginning with them first, the latest of each first."""
    places = tuple(sight.channels(interaction))
    async with interaction.client.db.reading() as connection:
        found = await gallery.slugs(connection, typed.strip().lower(), places, _MOST)
    return [Choice(name=slug, value=slug) for slug in found]
