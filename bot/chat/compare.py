"""`/compare`: the same prompt and seed, two to four models side by side. The votes are the reactions."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from discord.app_commands import CommandTree, autocomplete, command, describe, guild_only

from bot.chat import autocomplete as suggest
from bot.chat import confirm
from bot.chat.answers import Interaction, Page, answer
from bot.chat.options import DESCRIBED, Archetype, Seed, Size, Text, begun, seeded, settled, world
from bot.errors import Unclear
from bot.intake import permutations
from bot.intake.models import chosen
from bot.nouns import Ask, Group, Manner

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_SHARED = ("size", "seed", "style", "slug", "archetype", "spoiler", "ping")


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(compare)


@command(description="The same prompt and seed with two to four models, side by side")
@guild_only
@describe(
    prompt="What to draw",
    first="A model",
    second="Another model",
    third="A third one",
    fourth="A fourth one",
    **{name: DESCRIBED[name] for name in _SHARED},
)
@autocomplete(
    **suggest.OF_ASKING,
    style=suggest.styles,
    first=suggest.models,
    second=suggest.models,
    third=suggest.models,
    fourth=suggest.models,
)
async def compare(
    interaction: Interaction,
    prompt: Text,
    first: str,
    second: str,
    third: str | None = None,
    fourth: str | None = None,
    size: Size | None = None,
    seed: Seed | None = None,
    style: str | None = None,
    slug: str | None = None,
    archetype: Archetype | None = None,
    spoiler: bool = False,
    ping: bool = False,
) -> None:
    async def work() -> str | Page:
        ask = replace(await begun(interaction, prompt), seed=seed, style=style, slug=slug, archetype=archetype)
        wanted = [name for name in (first, second, third, fourth) if name is not None]
        return await _accept(interaction, ask, wanted, size, Manner(Group.COMPARE, spoiler, ping))

    await answer(interaction, work)


async def _accept(
    interaction: Interaction, ask: Ask, wanted: Sequence[str], size: str | None, manner: Manner
) -> str | Page:
    """Each model draws the size of its own that comes nearest to what was asked."""
    there = await world(interaction)
    if twice := next((name for name in wanted if wanted.count(name) > 1), None):
        raise Unclear("compare-twice", {"model": twice})
    ask = replace(seeded(ask), prompt=permutations.single(ask.prompt))
    asks = [replace(ask, model=name, label=chosen(there.models, name).name) for name in wanted]
    return await confirm.accept(interaction, [settled(one, size, there, near=True) for one in asks], manner)
