"""“Reroll the rejects”: another round of a batch, by a button under its sheets and by `/batch reroll`.

What is rejected is looked at when it is pressed. The same press, however often it arrives, is one round.
"""

import re
from functools import partial
from typing import Any, Self

import discord
from discord import ButtonStyle
from discord.app_commands import autocomplete, describe
from discord.ui import DynamicItem

from bot.chat import batchchoice, door
from bot.chat.answers import Interaction, Page, answer, turn
from bot.chat.batches import group
from bot.errors import Unclear
from bot.ledger import reviews
from bot.texts import asking as asking_texts
from bot.texts import rerolling as texts
from bot.texts import review as review_texts

Button = discord.ui.Button[Any]


class Reroll(DynamicItem[Button], template=r"reroll:(?P<batch>[0-9a-z]{16})"):
    """Under the sheets of a batch."""

    def __init__(self, batch: str) -> None:
        label = review_texts.REROLL
        super().__init__(discord.ui.Button(label=label, style=ButtonStyle.secondary, custom_id=f"reroll:{batch}"))
        self._batch = batch

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(match["batch"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await answer(interaction, partial(_pressed, interaction, self._batch))


class Go(DynamicItem[Button], template=r"reroll-go:(?P<batch>[0-9a-z]{16}):(?P<press>[0-9]{1,20})"):
    """“Render 12 pictures”, below the question; it carries the press that asked."""

    def __init__(self, batch: str, press: str, label: str) -> None:
        custom_id = f"reroll-go:{batch}:{press}"
        super().__init__(discord.ui.Button(label=label, style=ButtonStyle.primary, custom_id=custom_id))
        self._batch, self._press = batch, press

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(match["batch"], match["press"], str(item.label))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await turn(interaction, partial(_confirmed, interaction, self._batch, self._press))


@group.command(name="reroll", description="Draw the rejects of a batch again, with what was said of them")
@describe(batch="Which batch: one that is offered here, or its file's name")
@autocomplete(batch=batchchoice.suggest())
async def reroll(interaction: Interaction, batch: str) -> None:
    async def work() -> str | Page:
        return await _pressed(interaction, (await batchchoice.find(interaction, batch)).id)

    await answer(interaction, work)


async def _pressed(interaction: Interaction, batch: str) -> str | Page:
    """A few are drawn at once, of more it is asked whether they are meant."""
    client, press = interaction.client, str(interaction.id)
    async with client.db.reading() as connection:
        begun = await reviews.round_of_key(connection, _key(press))
        rejects = {slot.number: slot.slug for slot in (await reviews.of_batch(connection, batch)).rejects}
    if begun is None and not rejects:
        raise Unclear("reroll-none", {})
    if begun is not None or len(rejects) <= client.settings.limits.confirm_above:
        return await _drawn(interaction, batch, press)
    view = discord.ui.View(timeout=None)
    view.add_item(Go(batch, press, asking_texts.render(len(rejects))))
    return Page(texts.question(rejects), view=view)


async def _confirmed(interaction: Interaction, batch: str, press: str) -> Page:
    """What was begun stands in the place of the question."""
    return Page(await _drawn(interaction, batch, press))


async def _drawn(interaction: Interaction, batch: str, press: str) -> str:
    made = await door.reroll(interaction, batch, _key(press), texts.opening)
    return texts.begun(made.number, made.jobs)


def _key(press: str) -> str:
    return f"reroll:{press}"
