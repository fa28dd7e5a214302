"""`/route`: which model a kind of subject is drawn with when nobody names one. Administrators decide, by figures.

A proposal lies in the ledger with its figures, so that its buttons work in any life of the bot.
"""

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Self, cast, get_args

import discord
from discord import ButtonStyle
from discord.app_commands import Choice, CommandTree, Group, Range, autocomplete, describe
from discord.ui import DynamicItem

from bot.chat import autocomplete as suggest
from bot.chat import gate
from bot.chat.answers import Interaction, Page, answer, turn
from bot.intake.models import chosen
from bot.ledger import routes as rows
from bot.nouns import Route, RouteEdit, RouteVerb
from bot.routing import counts
from bot.routing.counts import Record
from bot.routing.proposing import LEAST_ALONE, LEAST_DUELS, propose
from bot.texts import routing as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

Button = discord.ui.Button[Any]
Kind = Range[str, 1, 64]
Does = Literal["accept", "leave"]
group: Group = Group(name="route", description="Which model is taken for which kind of subject", guild_only=True)
_LISTED = 50
_LOOKS = {"accept": (texts.ACCEPT, ButtonStyle.primary), "leave": (texts.DISMISS, ButtonStyle.secondary)}


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(group)


@suggest.in_time
async def _judged(interaction: Interaction, typed: str) -> list[Choice[str]]:
    async with interaction.client.db.reading() as connection:
        found = await rows.kinds(connection, typed, 25)
    return [Choice(name=kind, value=kind) for kind in found]


@suggest.in_time
async def _routed(interaction: Interaction, typed: str) -> list[Choice[str]]:
    async with interaction.client.db.reading() as connection:
        found = await rows.lately(connection, _LISTED)
    return suggest.fitting(typed, ((edit.archetype, edit.archetype) for edit in found))


@group.command(name="list", description="Which model is taken for which kind of subject, and why")
async def entries(interaction: Interaction) -> None:
    await answer(interaction, partial(_list, interaction))


@group.command(name="propose", description="Count verdicts and comparisons: is another model better for this kind?")
@describe(archetype="The kind of subject")
@autocomplete(archetype=_judged)
async def proposal(interaction: Interaction, archetype: Kind) -> None:
    await answer(interaction, partial(_propose, interaction, archetype.strip()))


@group.command(name="accept", description="Take a model for a kind of subject from now on")
@describe(archetype="The kind of subject", model="The model that draws it where none is named")
@autocomplete(archetype=_judged, model=suggest.models)
async def accept(interaction: Interaction, archetype: Kind, model: Range[str, 1, 100]) -> None:
    await answer(interaction, partial(_by_hand, interaction, archetype.strip(), model))


@group.command(name="drop", description="Draw a kind of subject with the default model again")
@describe(archetype="The kind of subject")
@autocomplete(archetype=_routed)
async def drop(interaction: Interaction, archetype: Kind) -> None:
    await answer(interaction, partial(_drop, interaction, archetype.strip()))


class Decide(DynamicItem[Button], template=r"route:(?P<does>accept|leave):(?P<proposal>[0-9]{1,15})"):
    """A button under a proposal, by its number."""

    def __init__(self, does: Does, proposal: int) -> None:
        label, style = _LOOKS[does]
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=f"route:{does}:{proposal}"))
        self._does, self._proposal = does, proposal

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(cast("Does", match["does"]), int(match["proposal"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await turn(interaction, partial(_decided, interaction, self._does, self._proposal))


async def record(client: "DarkroomClient", kind: str, against: str) -> Record:
    """What is thought of each model's pictures of this kind; of the one that they would replace, too."""
    async with client.db.reading() as connection:
        drawn = {*await rows.models(connection, kind), against}
        opinions = [one for model in sorted(drawn) for one in await rows.alone(connection, kind, model)]
        compared = await rows.compared(connection, kind)
    return Record(counts.alone(opinions), counts.duels(compared))


async def _list(interaction: Interaction) -> str:
    async with interaction.client.db.reading() as connection:
        found = await rows.lately(connection, _LISTED)
    table = interaction.client.intake.routing
    return texts.listing(found, table.table, table.explore)


async def _propose(interaction: Interaction, kind: str) -> str | Page:
    """What counts now; a proposal is written down for its buttons."""
    if not kind.isprintable() or not kind:
        return texts.NAME_IT
    client = interaction.client
    current, present = await _current(client, kind), [one.id for one in await client.intake.models() if one.present]
    counted = await record(client, kind, current)
    found = propose(kind, counted, current, present)
    if found is None:
        others = [counted.route(one, current) for one in present if one != current]
        told = [one for one in others if one.ours.of or one.won or one.lost]
        return texts.nothing(kind, current, told, (LEAST_ALONE, LEAST_DUELS))
    if not await gate.may_administrate(interaction):
        return "\n".join((texts.proposal(found), texts.NOT_YOURS))
    number = await _recorded(interaction, RouteVerb.PROPOSE, kind, found.route)
    view = discord.ui.View(timeout=None)
    for does in get_args(Does):
        view.add_item(Decide(does, number))
    return Page(texts.proposal(found), view=view)


async def _by_hand(interaction: Interaction, kind: str, model: str) -> str:
    """Accepted with the figures there are, however few. Raises the Refusal of an unknown model."""
    if not await gate.may_administrate(interaction):
        return texts.NOT_YOURS
    if not kind.isprintable() or not kind:
        return texts.NAME_IT
    client = interaction.client
    chosen(await client.intake.models(), model)
    current = await _current(client, kind)
    if current == model:
        return texts.same(kind, model)
    return await _accept(interaction, kind, (await record(client, kind, current)).route(model, current))


async def _decided(interaction: Interaction, does: Does, number: int) -> str | Page:
    if not await gate.may_administrate(interaction):
        return texts.NOT_YOURS
    async with interaction.client.db.reading() as connection:
        found = await rows.get(connection, number)
    if found is None or found.verb is not RouteVerb.PROPOSE or found.route is None:
        return Page(texts.GONE)
    if does == "leave":
        return Page(texts.DISMISSED)
    return Page(await _accept(interaction, found.archetype, found.route))


async def _accept(interaction: Interaction, kind: str, route: Route) -> str:
    await _recorded(interaction, RouteVerb.ACCEPT, kind, route)
    set_by_hand = interaction.client.intake.routing.table.get(kind)
    told = [texts.accepted(kind, route)] if set_by_hand is None else [texts.overruled(kind, set_by_hand)]
    return "\n".join([*told, *([figures] if (figures := texts.against(route)) else [])])


async def _drop(interaction: Interaction, kind: str) -> str:
    if not await gate.may_administrate(interaction):
        return texts.NOT_YOURS
    async with interaction.client.db.reading() as connection:
        was = kind in await rows.standing(connection, {kind})
    if was:
        await _recorded(interaction, RouteVerb.DROP, kind, None)
    return texts.dropped(kind, was=was)


async def _current(client: "DarkroomClient", kind: str) -> str:
    """The model that this kind is drawn with now."""
    async with client.db.reading() as connection:
        acting = await rows.acting(connection, {kind})
    if (set_by_hand := client.intake.routing.table.get(kind)) is not None:
        return set_by_hand
    return acting[kind].model if kind in acting else (await client.intake.models())[0].id


async def _recorded(interaction: Interaction, verb: RouteVerb, kind: str, route: Route | None) -> int:
    edit = RouteEdit(
        key=f"interaction:{interaction.id}",
        verb=verb,
        archetype=kind,
        route=route,
        person=interaction.user.id,
        at=interaction.client.clock.now(),
    )
    async with interaction.client.db.transaction() as connection:
        return await rows.record(connection, edit)
