"""Files that were found in a watched folder: whoever presses is asked as if they had sent the file themselves."""

from functools import partial

from bot.chat import offering
from bot.chat.answers import Interaction, Page, answer
from bot.ledger import found_files
from bot.texts import watched


async def look(interaction: Interaction, found: str) -> None:
    await answer(interaction, partial(_ask, interaction, found))


async def _ask(interaction: Interaction, found: str) -> str | Page:
    """By this person's own permits and limits. Raises a Refusal."""
    async with interaction.client.db.reading() as connection:
        file = await found_files.get(connection, found)
    if file is None or not file.text:
        return watched.OFFER_GONE
    return await offering.ask(interaction, file.name, file.text.encode(), file.beside)
