"""`/setup`: an administrator is led through who may what, the tower, and what the bot itself may.

    a page shows what stands → a choice is stored at once → the page again

Nothing is kept but the rows, so that a page can be gone on with in another life of the bot, or sent twice.
"""

import re
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import discord
from discord import ButtonStyle, ChannelType, SelectDefaultValue, SelectDefaultValueType
from discord.app_commands import CommandTree, command, default_permissions, guild_only
from discord.ui import DynamicItem

from bot.chat import gate
from bot.chat.answers import Interaction, Page, answer, turn
from bot.ledger import people
from bot.people import needed
from bot.people.permits import Kind, Permits, What
from bot.texts import people as texts
from bot.texts import towers

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

Menu: TypeAlias = "discord.ui.Select[Any] | discord.ui.RoleSelect[Any] | discord.ui.ChannelSelect[Any]"

_CHOICES = (
    (What.ASK, Kind.CHANNEL),
    (What.ASK, Kind.ROLE),
    (What.REVIEW, Kind.CHANNEL),
    (What.REVIEW, Kind.ROLE),
    (What.ADMINISTRATE, Kind.ROLE),
)
_TOWER, _PERMISSIONS, _SUMMARY = range(len(_CHOICES), len(_CHOICES) + 3)
_MOST = 25  # that a menu of Discord's lets people pick


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(setup)


@command(description="Set up who may do what here, and see what is missing")
@guild_only
@default_permissions(manage_guild=True)
async def setup(interaction: Interaction) -> None:
    await answer(interaction, partial(_page, interaction, 0))


class Go(DynamicItem[discord.ui.Button[Any]], template=r"setup:go:(?P<step>[0-7])"):
    """A button to a page."""

    def __init__(self, step: int, label: str = texts.NEXT, style: ButtonStyle = ButtonStyle.secondary) -> None:
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=f"setup:go:{step}"))
        self._step = step

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(int(match["step"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await turn(interaction, partial(_page, interaction, self._step))


class Listing(DynamicItem[Any], template=r"setup:(?P<what>ask|review|administrate):(?P<kind>role|channel)"):
    """A menu of roles or channels; what is picked in it is all that is listed from then on."""

    def __init__(self, what: What, kind: Kind, standing: Iterable[int] = ()) -> None:
        super().__init__(_menu(what, kind, standing))
        self._what, self._kind = what, kind

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(What(match["what"]), Kind(match["kind"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        data: Any = interaction.data or {}
        await turn(interaction, partial(_list, interaction, self._what, self._kind, list(data.get("values", ()))))


class Standing(SelectDefaultValue):
    """What is picked already; the library sends ids as numbers, which Discord's document does not know here."""

    def to_dict(self) -> Any:
        return {"id": str(self.id), "type": self.type.value}


def _menu(what: What, kind: Kind, standing: Iterable[int]) -> Menu:
    custom_id = f"setup:{what}:{kind}"
    if kind is Kind.CHANNEL:
        shown = [Standing(id=one, type=SelectDefaultValueType.channel) for one in standing]
        types = [ChannelType.text, ChannelType.news]
        return discord.ui.ChannelSelect(
            custom_id=custom_id,
            placeholder=texts.PICK_CHANNELS,
            min_values=0,
            max_values=_MOST,
            channel_types=types,
            default_values=shown,
        )
    hint = texts.PICK_ADMINISTRATORS if what is What.ADMINISTRATE else texts.PICK_ROLES
    shown = [Standing(id=one, type=SelectDefaultValueType.role) for one in standing]
    return discord.ui.RoleSelect(
        custom_id=custom_id, placeholder=hint, min_values=0, max_values=_MOST, default_values=shown
    )


async def _list(interaction: Interaction, what: What, kind: Kind, picked: list[str]) -> Page:
    await gate.demand(interaction, What.ADMINISTRATE)
    async with interaction.client.db.transaction() as connection:
        await people.permit(connection, what, kind, map(int, picked))
    return await _page(interaction, _CHOICES.index((what, kind)))


async def _page(interaction: Interaction, step: int) -> Page:
    """Raises for who may not administrate, also when they could a moment ago."""
    await gate.demand(interaction, What.ADMINISTRATE)
    permits = await gate.listed(interaction.client)
    if step == _SUMMARY:
        return Page(texts.summary({key: sorted(permits.of(*key)) for key in _CHOICES}))
    view = discord.ui.View(timeout=None)
    if step == _TOWER:
        words = texts.towers(step + 1, _SUMMARY, _towers(interaction.client))
        further = [Go(step, texts.AGAIN)]
    elif step == _PERMISSIONS:
        words = texts.permissions(step + 1, _SUMMARY, _lacking(interaction, permits))
        further = [Go(step, texts.AGAIN)]
    else:
        words, further = _choice(interaction, step, permits, view), []
    for item in (*([Go(step - 1, texts.BACK)] if step else []), *further, _onward(step)):
        view.add_item(item)
    return Page(words, view=view)


def _onward(step: int) -> Go:
    return Go(step + 1, texts.DONE if step + 1 == _SUMMARY else texts.NEXT, ButtonStyle.primary)


def _choice(interaction: Interaction, step: int, permits: Permits, view: discord.ui.View) -> str:
    """Adds the menu of this step; what Discord no longer knows cannot be shown in it."""
    what, kind = _CHOICES[step]
    listed, guild = sorted(permits.of(what, kind)), interaction.guild
    find = guild and (guild.get_role if kind is Kind.ROLE else guild.get_channel)
    here = [one for one in listed if find and find(one)][:_MOST]
    view.add_item(Listing(what, kind, here))
    return texts.question(step + 1, _SUMMARY, what, kind, here, len(listed) - len(here))


def _towers(client: "DarkroomClient") -> list[str]:
    lines = []
    for tower in client.settings.tower:
        view = client.board.towers.get(tower.name)
        lines.append(texts.tower_line(towers.state(tower.name, view), view.rung if view else "unknown"))
    return lines or [towers.none_set_up()]


def _lacking(interaction: Interaction, permits: Permits) -> dict[int, tuple[str, ...]]:
    """Permissions the bot lacks here, and in the channels where people may ask."""
    found = {interaction.channel_id or 0: needed.lacking(interaction.app_permissions.value)}
    for channel in sorted(permits.of(What.ASK, Kind.CHANNEL)):
        place = interaction.guild.get_channel(channel) if interaction.guild else None
        if place is not None and channel not in found:
            found[channel] = needed.lacking(place.permissions_for(place.guild.me).value)
    return found
