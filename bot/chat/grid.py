"""`/grid`: one prompt along one or two labelled axes. The best cell's settings can be saved with `/style save`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from discord.app_commands import CommandTree, Range, autocomplete, command, describe, guild_only

from bot.chat import autocomplete as suggest
from bot.chat import confirm
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
    World,
    begun,
    seeded,
    settled,
    with_loras,
    world,
)
from bot.errors import NotRenderable, Unclear
from bot.intake import axes, permutations
from bot.intake.axes import Axis
from bot.nouns import Ask, Group, Manner

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_Axis = Range[str, 1, 200]


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(grid)


@command(description="One prompt along one or two axes: seed, model, guidance, steps or style")
@guild_only
@describe(
    **DESCRIBED | {"prompt": "What to draw"},
    across="What changes from left to right, such as guidance: 1, 2, 4",
    down="What changes from top to bottom, such as steps: 4, 8",
)
@autocomplete(
    **suggest.OF_ASKING,
    model=suggest.models,
    style=suggest.styles,
    loras=suggest.loras,
    across=suggest.axes,
    down=suggest.axes,
)
async def grid(
    interaction: Interaction,
    prompt: Text,
    across: _Axis,
    down: _Axis | None = None,
    model: str | None = None,
    size: Size | None = None,
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
        ask = replace(await begun(interaction, prompt), model=model, seed=seed, style=style, slug=slug)
        ask = replace(ask, steps=steps, guidance=guidance, negative=negative or "", archetype=archetype)
        along = [axes.parse(text) for text in (across, down) if text is not None]
        return await _accept(interaction, with_loras(ask, loras), along, size, Manner(Group.GRID, spoiler, ping))

    await answer(interaction, work)


async def _accept(
    interaction: Interaction, ask: Ask, along: Sequence[Axis], size: str | None, manner: Manner
) -> str | Page:
    for axis in along:
        if getattr(ask, axis.kind) is not None:
            raise Unclear("axis-option", {"kind": axis.kind})
    most = interaction.client.settings.limits.pictures_per_grid
    ask = replace(seeded(ask), prompt=permutations.single(ask.prompt))
    cells = list(_cells(ask, along, size, await world(interaction), most))
    return await confirm.accept(interaction, cells, manner)


def _cells(ask: Ask, along: Sequence[Axis], size: str | None, there: World, most: int) -> Iterator[Ask]:
    """A negative prompt stands in those cells where it acts; there must be one."""
    near = any(axis.kind == "model" for axis in along)
    idle: list[NotRenderable] = []
    found: list[Ask] = []
    for cell in axes.cells(along, most):
        changes: dict[str, Any] = dict(cell.changes)
        one = replace(ask, **changes, label=cell.label)
        try:
            found.append(settled(one, size, there, near=near))
        except NotRenderable as refusal:
            if not refusal.kind.startswith("negative-"):
                raise
            idle.append(refusal)
            found.append(settled(replace(one, negative=""), size, there, near=near))
    if idle and len(idle) == len(found):
        raise idle[0]
    yield from found
