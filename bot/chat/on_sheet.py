"""Which pictures a batch's sheet shows to whoever presses something on it, and where its choices are written down."""

from collections.abc import Mapping
from dataclasses import dataclass

import discord

from bot.chat import gate
from bot.chat.answers import Interaction
from bot.errors import Unclear
from bot.ledger import batch_sheets, notices, reviews
from bot.ledger.database import Connection
from bot.ledger.takes import Slot, on
from bot.people.permits import What

MENU = "pick-keep"
"""How the custom id of the menu begins that names every picture of the sheet."""


@dataclass(frozen=True, slots=True)
class OnSheet:
    """`slots` by their numbers, `jobs` the pictures that the message shows, by the same numbers."""

    channel: int
    message: int
    slots: Mapping[int, Slot]
    jobs: Mapping[int, str]


async def find(interaction: Interaction, sheet: str) -> OnSheet:
    """Raises the refusal of who may not review here, and Unclear for a sheet that the ledger does not know."""
    await gate.demand(interaction, What.REVIEW)
    async with interaction.client.db.reading() as connection:
        return await _found(connection, interaction, sheet)


async def slots(connection: Connection, sheet: str) -> dict[int, Slot]:
    """Those of the sheet, by their numbers. Raises Unclear for one that the ledger does not know."""
    one = await batch_sheets.of_notice(connection, sheet)
    if one is None:
        raise Unclear("sheet-unknown", {})
    review = await reviews.of_batch(connection, one.batch)
    return {slot.number: slot for slot in on(review, one.first, one.cluster, batch_sheets.PAGE)}


async def _found(connection: Connection, interaction: Interaction, sheet: str) -> OnSheet:
    found = await slots(connection, sheet)
    notice = await notices.get(connection, sheet)
    # A choice can be faster than the commit that says which message shows the sheet.
    pressed = interaction.message.id if interaction.message else 0
    message = (notice.message if notice else None) or pressed
    seen = _seen(interaction.message, sheet)
    jobs = {number: job for number, slot in found.items() if (job := _shown(slot, seen))}
    return OnSheet(notice.channel if notice else interaction.channel_id or 0, message, found, jobs)


def _shown(slot: Slot, seen: frozenset[str]) -> str:
    """The picture of this slot that the message shows; what came since then nobody saw."""
    return next((take.job for take in slot.takes if take.there and take.job in seen), "")


def _seen(message: discord.Message | None, sheet: str) -> frozenset[str]:
    """The jobs that the menus of this message name."""
    rows = message.components if message else []
    menus = [one for row in rows for one in getattr(row, "children", ()) if isinstance(one, discord.SelectMenu)]
    return frozenset(option.value for menu in menus if menu.custom_id == f"{MENU}:{sheet}" for option in menu.options)
