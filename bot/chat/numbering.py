"""“All but 3, 7”: verdicts by number, typed into a form on a batch's sheet.

What was understood is answered. A few changes count at once; more of them when the person confirms what is shown.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import discord

from bot.chat import forms, gate, on_sheet, pasting
from bot.chat.answers import Interaction, Page, answer
from bot.chat.on_sheet import OnSheet
from bot.clock import new_id
from bot.ledger import pasted as rows
from bot.ledger import verdicts
from bot.ledger.pasted import Meant, Pasted
from bot.nouns import choice_of
from bot.review import numbered, pasted
from bot.review.number_tokens import vocabulary
from bot.review.numbered import Said
from bot.texts import numbered as texts
from bot.texts import pasted as pasted_texts

_FORM = re.compile(r"numbers:(?P<sheet>[0-9a-z]{16})")
_FIELD = "numbers"
_AT_ONCE = 5  # verdicts that change without a further question


class Numbers(discord.ui.Modal, title=texts.TITLE):
    """One answer for the pictures of a sheet."""

    def __init__(self, sheet: str, first: int, last: int) -> None:
        super().__init__(custom_id=f"numbers:{sheet}", timeout=900)
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=texts.label(first, last),
            custom_id=_FIELD,
            style=discord.TextStyle.paragraph,
            placeholder=texts.HINT,
            max_length=numbered.LONGEST,
        )
        self.add_item(field)


async def ask(interaction: Interaction, sheet: str) -> None:
    """Opens the form."""
    try:
        async with interaction.client.db.reading() as connection:
            found = list(await on_sheet.slots(connection, sheet))
        form = Numbers(sheet, found[0], found[-1])
    except Exception as error:
        await answer(interaction, partial(_raise, error))
    else:
        await interaction.response.send_modal(form)


async def _raise(error: Exception) -> str:
    raise error


async def submitted(interaction: Interaction) -> None:
    """A form was sent, perhaps one of these."""
    if match := _FORM.fullmatch(forms.name(interaction)):
        text = forms.filled(interaction).get(_FIELD, "")
        await answer(interaction, partial(_understood, interaction, match["sheet"], text))


async def _understood(interaction: Interaction, sheet: str, text: str) -> str | Page:
    found = await on_sheet.find(interaction, sheet)
    known = vocabulary(pasted.words(interaction.client.feedback.offered))
    understood = numbered.read(text, known, found.slots, found.jobs)
    if understood.faults:
        return texts.faults(understood.faults, min(found.slots), max(found.slots))
    await gate.reviewing(interaction, "\n".join(one.reason for one in understood.said.values()))
    changes = await _changes(interaction, found, understood.said)
    if not changes:
        return texts.unchanged(understood.said)
    wanted = Pasted(
        new_id(interaction.client.clock),
        f"interaction:{interaction.id}",
        interaction.user.id,
        tuple(changes),
        interaction.client.clock.now(),
    )
    if len(changes) > _AT_ONCE:
        return await _question(interaction, wanted, understood.said)
    return await _recorded(interaction, wanted, understood.said)


async def _changes(interaction: Interaction, found: OnSheet, said: Mapping[int, Said]) -> list[Meant]:
    """Those lines of it after which another verdict, or another reason, counts of this person."""
    person, changes = interaction.user.id, []
    async with interaction.client.db.reading() as connection:
        for number, one in said.items():
            job = found.jobs[number]
            judged = await verdicts.of_job(connection, job)
            before = next(((mine.verdict, mine.words) for mine in judged if mine.person == person), (None, ""))
            if before[0] is not one.verdict or one.reason not in before[1]:
                sign = choice_of(job)
                changes.append(Meant(job, found.channel, found.message, one.verdict, one.reason, sign))
    return changes


async def _question(interaction: Interaction, wanted: Pasted, said: Mapping[int, Said]) -> Page:
    async with interaction.client.db.transaction() as connection:
        waiting = await rows.keep(connection, wanted)
    view = discord.ui.View(timeout=None)
    view.add_item(pasting.Record(waiting, pasted_texts.record(len(wanted.lines))))
    return Page(texts.preview(said, len(wanted.lines)), view=view)


async def _recorded(interaction: Interaction, wanted: Pasted, said: Mapping[int, Said]) -> str:
    at = interaction.created_at.timestamp()
    async with interaction.client.db.transaction() as connection:
        await rows.record(connection, wanted, wanted.lines, at, wanted.at)
        otherwise = await pasting.otherwise(connection, wanted.person, wanted.lines)
    return "\n".join([texts.recorded(said), *pasted_texts.stricter(otherwise)])
