"""Judging the pictures of a batch on its sheets: by menus, or by a form that takes “all but 3, 7”.

What is chosen counts for the pictures that the message shows when it is chosen: one that came meanwhile, unseen, is
left alone. Menus and buttons never go deaf, as their ids name the sheet's notice.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import discord
from discord import ButtonStyle, SelectOption
from discord.ui import DynamicItem

from bot.chat import judging, numbering, on_sheet, rerolling
from bot.chat.answers import Interaction, answer
from bot.chat.judging import Button, Select, SheetPost
from bot.ledger import verdicts
from bot.ledger.takes import Slot
from bot.nouns import Verdict
from bot.texts import review as texts
from bot.texts import sheet as sheet_texts

_VERDICTS = (Verdict.KEEP, Verdict.REJECT)


@dataclass(frozen=True, slots=True)
class Judged:
    """What can be judged on a sheet: (job, words, what counts) of each picture, the numbers' first and last."""

    sheet: str
    batch: str
    first: int
    last: int
    options: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class BatchPost(SheetPost):
    """A sheet of a batch; that of a cluster has no menus."""

    page: Judged | None = None

    def view(self) -> discord.ui.View:
        made = discord.ui.View(timeout=None)
        if self.page is None:
            return made
        for verdict in _VERDICTS if self.page.options else ():
            made.add_item(Pick.of(verdict, self.page))
        if self.page.options:
            made.add_item(Tap("all", self.page.sheet, texts.ALL_BUT))
            made.add_item(Tap("clear", self.page.sheet, sheet_texts.TAKE_BACK))
        return made.add_item(rerolling.Reroll(self.page.batch))


def page(sheet: str, batch: str, slots: Sequence[Slot]) -> Judged:
    options = [
        (slot.shown.job, texts.option(slot.number, slot.slug, slot.shown.round), texts.stands(slot.shown.counts))
        for slot in slots
        if slot.shown is not None
    ]
    return Judged(sheet, batch, slots[0].number, slots[-1].number, tuple(options))


class Pick(DynamicItem[Select], template=r"pick-(?P<verb>keep|reject):(?P<sheet>[0-9a-z]{16})"):
    """A menu: exactly what is chosen of what it shows has this verdict."""

    def __init__(self, verdict: Verdict, sheet: str, options: list[SelectOption], placeholder: str | None) -> None:
        menu: Select = discord.ui.Select(
            custom_id=f"pick-{verdict}:{sheet}",
            placeholder=placeholder,
            min_values=0,
            max_values=len(options),
            options=options,
        )
        super().__init__(menu)
        self._verdict, self._sheet = verdict, sheet

    @classmethod
    def of(cls, verdict: Verdict, page: Judged) -> Self:
        options = [
            SelectOption(label=words, value=job, description=counts or None) for job, words, counts in page.options
        ]
        placeholder = sheet_texts.placeholder(verdict, page.first, page.last, several=True)
        return cls(verdict, page.sheet, options, placeholder)

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(Verdict(match["verb"]), match["sheet"], item.options, item.placeholder)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await answer(interaction, partial(_chosen, interaction, self._sheet, self._verdict, self.item.values))


class Tap(DynamicItem[Button], template=r"pick-(?P<verb>all|clear):(?P<sheet>[0-9a-z]{16})"):
    """A button under the menus: opens the form, or takes this person's choices back."""

    def __init__(self, verb: str, sheet: str, label: str) -> None:
        style = ButtonStyle.primary if verb == "all" else ButtonStyle.secondary
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=f"pick-{verb}:{sheet}"))
        self._verb, self._sheet = verb, sheet

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(match["verb"], match["sheet"], item.label)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if self._verb == "clear":
            await answer(interaction, partial(_cleared, interaction, self._sheet))
        else:
            await numbering.ask(interaction, self._sheet)


async def _chosen(interaction: Interaction, sheet: str, verdict: Verdict, values: Sequence[str]) -> str:
    """Exactly these of the pictures in the menu have this verdict now."""
    found = await on_sheet.find(interaction, sheet)
    person, at = interaction.user.id, interaction.created_at.timestamp()
    async with interaction.client.db.transaction() as connection:
        await verdicts.choose(connection, found.message, person, verdict, values, found.jobs.values(), at)
    return await judging.recorded(interaction, found.jobs, found.message)


async def _cleared(interaction: Interaction, sheet: str) -> str:
    found = await on_sheet.find(interaction, sheet)
    person, at = interaction.user.id, interaction.created_at.timestamp()
    async with interaction.client.db.transaction() as connection:
        for verdict in Verdict:
            await verdicts.choose(connection, found.message, person, verdict, (), found.jobs.values(), at)
    return await judging.recorded(interaction, found.jobs, found.message)
