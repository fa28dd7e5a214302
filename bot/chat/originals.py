"""The button Original: the file itself where the post holds a smaller copy. Privately, whole or in parts."""

import asyncio
from io import BytesIO

import discord

from bot.chat import attempts, finding, veil
from bot.chat.answers import Interaction, answer
from bot.chat.layout import named
from bot.errors import PictureDeleted
from bot.intake.variations import STILL
from bot.review.wordless import wordless
from bot.texts import picture as texts

_MOST_PARTS = 9
_SPARE = 64 * 1024  # bytes of a request that are not the file's


async def pressed(interaction: Interaction, job: str) -> None:
    async def told() -> str:
        return await _give(interaction, job)

    await answer(interaction, told)


async def _give(interaction: Interaction, job_id: str) -> str:
    """Sends the file, and gives the words that go with it. What is too large for that is named on the bot's host."""
    found = await finding.of_job(interaction.client, job_id)
    if found.picture.deleted_at is not None:
        raise PictureDeleted
    path = interaction.client.files.path(found.picture.sha256)
    try:
        data = await asyncio.to_thread(path.read_bytes)
    except FileNotFoundError:
        return texts.lost(found.job)
    if not await veil.lifted(interaction.client, found.job, interaction.user.id):
        data = wordless(data)
    name = named(found.job, "png" if found.picture.media == STILL else "mp4")
    most = max(interaction.filesize_limit - _SPARE, 1)
    parts = [data[start : start + most] for start in range(0, len(data), most)]
    if len(parts) > _MOST_PARTS or not await _sent(interaction, name, parts, texts.alt(found.job)):
        return texts.original_stays(path.name, name)
    return texts.original(name, len(parts))


async def _sent(interaction: Interaction, name: str, parts: list[bytes], alt: str) -> bool:
    """False when Discord finds even a part too large. One message for each: together they would be too large again."""
    names = [name] if len(parts) == 1 else [f"{name}.{number:03}" for number in range(1, len(parts) + 1)]
    try:
        for part, called in zip(parts, names, strict=True):
            await interaction.followup.send(file=discord.File(BytesIO(part), called, description=alt), ephemeral=True)
    except discord.HTTPException as error:
        if not attempts.too_large(error):
            raise
        return False
    return True
