"""`/privacy`: what is stored of a person goes to them, or goes away."""

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ButtonStyle
from discord.app_commands import CommandTree, Group
from discord.ui import DynamicItem

from bot.chat import export as packing
from bot.chat.answers import Enclosed, Interaction, Page, answer, turn
from bot.ledger import privacy as rows
from bot.texts import privacy as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

Button = discord.ui.Button[Any]
_MOST_BYTES = 10 * 1024 * 1024  # what every server takes
_MOST_PARTS = 10

group: Group = Group(name="privacy", description="What is stored of you", guild_only=True)


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(group)


@group.command(name="export", description="Hands out what is stored of you, for your eyes only")
async def export(interaction: Interaction) -> None:
    await answer(interaction, partial(_export, interaction))


@group.command(name="delete", description="Deletes what is stored of you: pictures, prompts, verdicts; asks first")
async def delete(interaction: Interaction) -> None:
    await answer(interaction, partial(_question, interaction))


async def _export(interaction: Interaction) -> str | Page:
    parts = await packing.parts(interaction.client, interaction.user.id, _MOST_BYTES)
    if len(parts) > _MOST_PARTS:
        return texts.TOO_MUCH.format(parts=_MOST_PARTS, size=_MOST_BYTES // 2**20)
    first, *further = (Enclosed(f"darkroom-{number}.zip", data) for number, data in enumerate(parts, 1))
    return Page(texts.exported(len(parts)), files=(first,), further=tuple(further))


async def _question(interaction: Interaction) -> Page:
    view = discord.ui.View(timeout=None)
    view.add_item(Forget(interaction.user.id))
    return Page(texts.SURE, view=view)


class Forget(DynamicItem[Button], template=r"forget:(?P<person>\d{1,20})"):
    """The button that means it; its custom_id is `forget:person`."""

    def __init__(self, person: int) -> None:
        button: Button = discord.ui.Button(label=texts.DELETE, style=ButtonStyle.danger, custom_id=f"forget:{person}")
        super().__init__(button)
        self._person = person

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(int(match["person"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await turn(interaction, partial(_forget, interaction, self._person))


async def _forget(interaction: Interaction, person: int) -> str | Page:
    """Committed before it is said; the eraser does the rest."""
    if interaction.user.id != person:
        return texts.NOT_YOURS
    async with interaction.client.db.transaction() as connection:
        await rows.want(connection, person, interaction.client.clock.now())
    return Page(texts.BEGUN)
