"""`/animate`: a clip that begins with a picture."""

from dataclasses import replace
from typing import TYPE_CHECKING

from discord import Attachment
from discord.app_commands import CommandTree, Range, autocomplete, command, describe, guild_only

from bot.chat import autocomplete as suggest
from bot.chat import seen, sizes, sources, varying
from bot.chat.answers import Interaction, answer
from bot.chat.options import DESCRIBED, Seed, Size, Text
from bot.chat.remix import IMAGE, PICTURE
from bot.intake import variations
from bot.intake.models import chosen

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(animate)


@command(description="Make a clip that begins with a picture")
@guild_only
@describe(
    **{name: DESCRIBED[name] for name in ("model", "size", "seed", "spoiler", "ping")},
    picture=PICTURE,
    image=IMAGE,
    prompt="What happens in it; the picture's own words when left out",
)
@autocomplete(picture=seen.slugs, model=suggest.models_for("animate"), size=suggest.shapes)
async def animate(
    interaction: Interaction,
    picture: Range[str, 1, 200] | None = None,
    image: Attachment | None = None,
    prompt: Text | None = None,
    model: str | None = None,
    size: Size | None = None,
    seed: Seed | None = None,
    spoiler: bool = False,
    ping: bool = False,
) -> None:
    async def asked() -> str:
        async with sources.brought(interaction) as brought:
            base = await brought.origin(picture, image)
            models = await interaction.client.intake.models()
            ask = variations.animated(base, models, varying.wish(interaction), model)
            if size is not None:
                width, height = sizes.parse(size, chosen(models, ask.model))
                ask = replace(ask, width=width, height=height)
            ask = replace(ask, prompt=prompt or ask.prompt, seed=seed)
            return await varying.accept(interaction, ask, await varying.manner(interaction, base, spoiler, ping))

    await answer(interaction, asked)
