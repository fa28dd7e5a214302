"""`/imagine`: one ask from one line, or one for each alternative in its braces.

The card that follows is the courier's; here only the person is answered.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from discord.app_commands import CommandTree, Range, autocomplete, command, describe, guild_only

from bot.chat import autocomplete as suggest
from bot.chat import confirm, door, veil
from bot.chat.answers import Interaction, Page, answer
from bot.chat.options import (
    DESCRIBED,
    Archetype,
    Guidance,
    Loras,
    Seed,
    Size,
    Steps,
    Text,
    begun,
    seeded,
    settled,
    with_loras,
    world,
)
from bot.errors import Unclear
from bot.intake import permutations, slugs
from bot.intake.models import chosen
from bot.nouns import Ask, Group, Manner
from bot.settings import Limits
from bot.texts import answers as texts
from bot.texts import asking

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(imagine)


@command(description="Ask for a picture")
@guild_only
@describe(**DESCRIBED, count="How many pictures, each with its own seed")
@autocomplete(**suggest.OF_ASKING, model=suggest.models, style=suggest.styles, loras=suggest.loras)
async def imagine(
    interaction: Interaction,
    prompt: Text,
    model: str | None = None,
    size: Size | None = None,
    count: Range[int, 1, 50] = 1,
    seed: Seed | None = None,
    steps: Steps | None = None,
    guidance: Guidance | None = None,
    negative: Text | None = None,
    style: str | None = None,
    loras: Loras | None = None,
    slug: str | None = None,
    archetype: Archetype | None = None,
    spoiler: bool = False,
    ping: bool = False,
) -> None:
    async def work() -> str | Page:
        ask = replace(await begun(interaction, prompt), model=model, count=count, seed=seed, style=style, slug=slug)
        ask = replace(ask, steps=steps, guidance=guidance, negative=negative or "", archetype=archetype)
        return await _accept(interaction, with_loras(ask, loras), size, Manner(spoiler=spoiler, ping=ping))

    await answer(interaction, work)


async def _accept(interaction: Interaction, ask: Ask, size: str | None, manner: Manner) -> str | Page:
    there = await world(interaction)
    ask = await interaction.client.intake.routed(ask, lambda one: settled(one, size, there))
    members = list(_members(ask, interaction.client.settings.limits))
    if len(members) > 1:
        return await confirm.accept(interaction, members, replace(manner, group=Group.PROMPTS))
    jobs = await door.accept(interaction, members[0], manner, fresh=True)
    if await veil.hangs(interaction.client, jobs[0].ask):
        return texts.accepted(veil.veiled(jobs[:1]), chosen(there.models, jobs[0].model).name, pair=True)
    return texts.accepted(jobs, chosen(there.models, jobs[0].model).name)


def _members(ask: Ask, limits: Limits) -> Iterator[Ask]:
    """One for each of its permutations, counted before any is made. Raises Unclear."""
    count = permutations.count(ask.prompt)
    if count > 1 and count * ask.count > limits.pictures_per_permutation:
        told = count * ask.count if count < 10**9 else asking.FAR_TOO_MANY
        raise Unclear("permutations-many", {"count": told, "most": limits.pictures_per_permutation})
    found = permutations.expand(ask.prompt)
    if len(found) == 1:
        yield replace(ask, prompt=found[0].prompt)
        return
    ask = replace(seeded(ask), slug=slugs.derived(ask.prompt) if ask.slug is None else ask.slug)
    yield from (replace(ask, prompt=member.prompt, label=member.label) for member in found)
