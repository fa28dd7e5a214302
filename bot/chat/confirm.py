"""Groups of asks go through here: few pictures are accepted at once, many when the person presses a button.

The question lies in the ledger, so that its button works in any process, once, for a day.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Self

import discord
from discord import ButtonStyle
from discord.ui import DynamicItem

from bot.chat import door
from bot.chat.answers import Interaction, Page, turn
from bot.clock import new_id
from bot.errors import NotYours, Unclear
from bot.intake import slugs
from bot.ledger import jobs as rows
from bot.ledger import pending
from bot.ledger.pending import Pending
from bot.nouns import Ask, Group, Job, Manner
from bot.texts import asking as texts

Button = discord.ui.Button[Any]


class Confirm(DynamicItem[Button], template=r"confirm:(?P<waiting>[0-9a-z]{16})"):
    """“Render 12 pictures”: accepts the asks that wait under the id that it carries."""

    def __init__(self, waiting: str, label: str) -> None:
        super().__init__(discord.ui.Button(label=label, style=ButtonStyle.primary, custom_id=f"confirm:{waiting}"))
        self._waiting = waiting

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(match["waiting"], str(item.label))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await turn(interaction, partial(_confirmed, interaction, self._waiting))


async def accept(interaction: Interaction, asks: Sequence[Ask], manner: Manner) -> str | Page:
    """The members of one group, accepted, or the question whether so many are meant. Raises a Refusal."""
    asks = _one_thing(asks)
    count = sum(ask.count for ask in asks)
    if count <= interaction.client.settings.limits.confirm_above or await _is_known(interaction, asks[0].key):
        return await told(interaction, await door.accept(interaction, asks[0], manner, *asks[1:]), manner.group)
    await door.check(interaction, *asks)
    return await _question(interaction, asks, manner, count)


async def told(interaction: Interaction, jobs: Sequence[Job], group: Group) -> str:
    """What was accepted."""
    names = {model.id: model.name for model in await interaction.client.intake.models()}
    return texts.accepted(jobs, names, group)


def _one_thing(asks: Sequence[Ask]) -> list[Ask]:
    """They are pictures of one thing: all under the slug of the first."""
    slug = slugs.derived(asks[0].prompt) if asks[0].slug is None else asks[0].slug
    return [replace(ask, slug=slug) for ask in asks]


async def _is_known(interaction: Interaction, key: str) -> bool:
    """A request that came twice, and was confirmed in between."""
    async with interaction.client.db.reading() as connection:
        return bool(await rows.of_ask_key(connection, key))


async def _question(interaction: Interaction, asks: Sequence[Ask], manner: Manner, count: int) -> Page:
    client, person = interaction.client, interaction.user.id
    wanted = Pending(new_id(client.clock), asks[0].key, person, manner, tuple(asks), client.clock.now())
    async with client.db.transaction() as connection:
        waiting = await pending.keep(connection, wanted)
    view = discord.ui.View(timeout=None)
    view.add_item(Confirm(waiting, texts.render(count)))
    return Page(texts.confirm(asks, count), view=view)


async def _confirmed(interaction: Interaction, waiting: str) -> Page:
    """Accepted under the key of the first request, so that whatever comes twice, or dies in between, is one group.

    What was accepted stands in the place of the question.
    """
    client = interaction.client
    async with client.db.reading() as connection:
        found = await pending.get(connection, waiting, client.clock.now())
    if found is None:
        raise Unclear("pending-gone", {})
    if found.person != interaction.user.id:
        raise NotYours
    if found.taken_at is not None:
        raise Unclear("pending-taken", {})
    jobs = await door.accept(interaction, found.asks[0], found.manner, *found.asks[1:])
    async with client.db.transaction() as connection:
        await pending.take(connection, waiting, client.clock.now())
    return Page(await told(interaction, jobs, found.manner.group))
