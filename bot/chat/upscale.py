"""`/upscale`: a picture at twice its size, hardly changed."""

from dataclasses import replace
from typing import TYPE_CHECKING

from discord import Attachment
from discord.app_commands import CommandTree, Range, autocomplete, command, describe, guild_only

from bot.chat import autocomplete as suggest
from bot.chat import seen, sources, varying
from bot.chat.answers import Interaction, answer
from bot.chat.options import DESCRIBED, Text
from bot.chat.remix import IMAGE, PICTURE
from bot.intake import variations

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(upscale)


@command(description="Draw a picture once more at twice its size")
@guild_only
@describe(
    **{name: DESCRIBED[name] for name in ("model", "spoiler", "ping")},
    picture=PICTURE,
    image=IMAGE,
    prompt="What it shows; the picture's own words when left out",
)
@autocomplete(picture=seen.slugs, model=suggest.models_for("image"))
async def upscale(
    interaction: Interaction,
    picture: Range[str, 1, 200] | None = None,
    image: Attachment | None = None,
    prompt: Text | None = None,
    model: str | None = None,
    spoiler: bool = False,
    ping: bool = False,
) -> None:
    async def asked() -> str:
        async with sources.brought(interaction) as brought:
            base = await brought.origin(picture, image)
            models = await interaction.client.intake.models()
            ask = variations.enlarged(base, models, varying.wish(interaction), model)
            ask = replace(ask, prompt=prompt or ask.prompt)
            return await varying.accept(interaction, ask, await varying.manner(interaction, base, spoiler, ping))

    await answer(interaction, asked)
