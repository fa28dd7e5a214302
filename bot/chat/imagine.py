"""`/imagine`: one ask from one line. The card that follows is the courier's; here only the person is answered."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from discord.app_commands import CommandTree, Range, autocomplete, command, describe, guild_only

from bot.chat import autocomplete as suggest
from bot.chat import door, sizes
from bot.chat.answers import Interaction, answer
from bot.intake.models import chosen
from bot.nouns import Ask
from bot.texts import answers as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(imagine)


@command(description="Ask for a picture")
@guild_only
@describe(
    prompt="What to draw",
    model="Which model draws it",
    size="A shape, or width x height in pixels",
    seed="The same seed and prompt give the same picture again",
    count="How many pictures, each with its own seed",
    slug="What the picture is for: a short name; verdicts on it shape later prompts",
    archetype="What kind of subject it is",
)
@autocomplete(model=suggest.models, size=suggest.shapes, slug=suggest.slugs, archetype=suggest.archetypes)
async def imagine(
    interaction: Interaction,
    prompt: str,
    model: str | None = None,
    size: Range[str, 1, 20] | None = None,
    seed: Range[int, 0, 2**32 - 1] | None = None,
    count: Range[int, 1, 50] = 1,
    slug: str | None = None,
    archetype: Range[str, 1, 64] | None = None,
) -> None:
    assert interaction.guild_id is not None
    assert interaction.channel_id is not None
    ask = Ask(
        key=f"interaction:{interaction.id}",
        prompt=prompt,
        asker=interaction.user.id,
        guild=interaction.guild_id,
        channel=interaction.channel_id,
        model=model,
        seed=seed,
        count=count,
        slug=slug,
        archetype=archetype,
    )
    await answer(interaction, partial(_accept, interaction, ask, size))


async def _accept(interaction: Interaction, ask: Ask, size: str | None) -> str:
    intake = interaction.client.intake
    known = await intake.models()
    if size is not None:
        width, height = sizes.parse(size, chosen(known, ask.model))
        ask = replace(ask, width=width, height=height)
    jobs = await door.accept(interaction, ask)
    return texts.accepted(jobs, chosen(known, jobs[0].model).name)
