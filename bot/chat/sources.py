"""What a command begins with: a picture of ours, or one that is attached, and perhaps a mask for it.

What is attached is fetched at once, because its address ends; it is kept among the bot's files under its digest, and
taken away again when nothing was accepted.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord

from bot.chat import attachments, finding
from bot.chat.answers import Interaction
from bot.errors import BadInput, DarkroomError
from bot.intake import variations
from bot.intake.variations import Origin
from bot.ledger import pictures
from bot.review import admit
from bot.review.admit import Admitted


class Brought:
    """What came with one command. `files` are the digests of what was kept for it."""

    def __init__(self, interaction: Interaction) -> None:
        self._interaction = interaction
        self.files: list[str] = []

    async def origin(self, words: str | None, attachment: discord.Attachment | None) -> Origin:
        """The attached picture; else the one these words mean, or the newest of the channel. Raises a Refusal."""
        if attachment is None:
            found = await finding.of_words(self._interaction, words)
            return variations.origin(found.job, found.picture)
        if words is not None:
            raise BadInput("two-pictures")
        taken = await self._taken(attachment)
        return Origin(await self._kept(taken), taken.width, taken.height)

    async def picture(self, attachment: discord.Attachment) -> str:
        """The digest of one that is attached. Raises a Refusal."""
        return await self._kept(await self._taken(attachment))

    async def mask(self, attachment: discord.Attachment, base: Origin) -> str:
        """Its digest, in the size of the picture it is for. Raises a Refusal."""
        data = await attachments.picture(self._interaction.client, attachment)
        size = (base.width, base.height)
        return await self._kept(await asyncio.to_thread(admit.mask, data, attachment.filename, size))

    async def _taken(self, attachment: discord.Attachment) -> Admitted:
        data = await attachments.picture(self._interaction.client, attachment)
        return await asyncio.to_thread(admit.picture, data, attachment.filename)

    async def _kept(self, taken: Admitted) -> str:
        digest = await asyncio.to_thread(self._interaction.client.files.store, taken.png)
        self.files.append(digest)
        return digest

    async def forget(self) -> None:
        """Takes away what nothing was made of."""
        client = self._interaction.client
        for digest in self.files:
            async with client.db.transaction() as connection:
                if not await pictures.needed(connection, digest):
                    await asyncio.to_thread(client.files.remove, digest)


@asynccontextmanager
async def brought(interaction: Interaction) -> AsyncIterator[Brought]:
    """Whatever is refused inside leaves no file behind."""
    these = Brought(interaction)
    try:
        yield these
    except DarkroomError:
        await these.forget()
        raise
