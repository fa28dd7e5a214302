"""`/schedule add`: what was understood is shown with its next moments, and counts when the person says so.

The draft lies in the ledger, so that its button works in any process, once, for a day.
"""

import asyncio
import re
from functools import cache, partial
from typing import Any, Self
from zoneinfo import available_timezones

import discord
from discord import ButtonStyle
from discord.app_commands import Choice
from discord.ui import DynamicItem

from bot.chat import autocomplete as suggest
from bot.chat import door, gate
from bot.chat.answers import Interaction, Page, turn
from bot.chat.attachments import download
from bot.errors import Unclear
from bot.intake import when as times
from bot.intake.scheduling import Wanted, shown
from bot.ledger import rota_drafts
from bot.nouns import RotaKind, WindowScope
from bot.people.permits import What
from bot.texts import schedule as texts

Button = discord.ui.Button[Any]

_ANNOUNCED = (RotaKind.BATCH, RotaKind.WINDOW)
_OF_OTHERS = (WindowScope.BATCHES, WindowScope.EVERYTHING)
_HOUR, _MINUTE = 3600.0, 60.0


class Confirm(DynamicItem[Button], template=r"schedule:(?P<waiting>[0-9a-z]{16})"):
    """“Schedule it”: the draft that waits under the id it carries counts from then on."""

    def __init__(self, waiting: str) -> None:
        button: Button = discord.ui.Button(
            label=texts.CONFIRM, style=ButtonStyle.primary, custom_id=f"schedule:{waiting}"
        )
        super().__init__(button)
        self._waiting = waiting

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(match["waiting"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await turn(interaction, partial(_confirmed, interaction, self._waiting))


@suggest.in_time
async def zones(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Time zones by their names; reading them from disk is done once, beside the loop."""
    return suggest.fitting(typed, ((name, name) for name in await asyncio.to_thread(_zones)))


@cache
def _zones() -> list[str]:
    return sorted(available_timezones())


async def ask(
    interaction: Interaction,
    kind: RotaKind,
    words: str,
    file: discord.Attachment | None,
    zone: str | None,
    before: int | None,
    grace: float | None,
    scope: WindowScope,
) -> Page:
    """The draft with its next three moments, and the button that makes it count. Raises a Refusal."""
    client = interaction.client
    if (file is None) is (kind is RotaKind.BATCH):
        raise Unclear("schedule-file", {})
    if kind is RotaKind.WINDOW and scope in _OF_OTHERS:
        await gate.demand(interaction, What.ADMINISTRATE)
    lead = client.settings.schedule.lead_minutes if before is None else before
    wanted = Wanted(
        kind=kind,
        words=words,
        zone=await _zone(interaction, zone),
        asker=interaction.user.id,
        guild=interaction.guild_id or 0,
        channel=interaction.channel_id or 0,
        lead=lead * _MINUTE if kind in _ANNOUNCED else 0.0,
        grace=None if grace is None else grace * _HOUR,
        scope=scope if kind is RotaKind.WINDOW else WindowScope.NONE,
        name=file.filename if file else "",
        data=await download(client, file, client.settings.limits.batch_bytes) if file else b"",
    )
    found = await door.schedule(interaction, wanted)
    view = discord.ui.View(timeout=None)
    view.add_item(Confirm(found.id))
    return Page(texts.draft(found.entry, shown(found.entry, client.clock.now())), view=view)


async def _zone(interaction: Interaction, said: str | None) -> str:
    """What the person says now is remembered; without a word it is what they said last, else the settings'."""
    client, person = interaction.client, interaction.user.id
    async with client.db.reading() as connection:
        usual = await rota_drafts.zone_of(connection, person, client.settings.schedule.zone)
    if said is None or (zone := times.zone(said)) == usual:
        return usual
    async with client.db.transaction() as connection:
        await rota_drafts.remember_zone(connection, person, zone)
    return zone


async def _confirmed(interaction: Interaction, waiting: str) -> Page:
    return Page(texts.scheduled(await door.confirm_schedule(interaction, waiting)))
