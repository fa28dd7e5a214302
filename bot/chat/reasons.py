"""The form behind Why: it opens with what the person said before, and what is sent counts whenever it comes."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import discord

from bot.chat import gate
from bot.chat.answers import Interaction, answer
from bot.ledger import pictures, verdicts
from bot.taste.lessons import lessons
from bot.texts import picture as texts

_FORM = re.compile(r"reason:(?P<job>[0-9a-z]{16})")
_INPUT = "reason"


class Reason(discord.ui.Modal, title=texts.REASON_TITLE):
    """What is wrong with a picture; `before` is what the person said of it so far."""

    def __init__(self, job: str, before: str) -> None:
        super().__init__(custom_id=f"reason:{job}", timeout=900)
        words: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=texts.REASON_LABEL,
            custom_id=_INPUT,
            style=discord.TextStyle.paragraph,
            placeholder=texts.REASON_HINT,
            default=before or None,
            required=False,
            max_length=texts.LONGEST_REASON,
        )
        self.add_item(words)


async def ask(interaction: Interaction, job: str) -> None:
    """Opens the form."""
    try:
        form = Reason(job, await _said_before(interaction, job))
    except Exception as error:
        await answer(interaction, partial(_raise, error))
    else:
        await interaction.response.send_modal(form)


async def submitted(interaction: Interaction) -> None:
    """A form was sent. The library passes on only those this process opened, so all of them are read here."""
    data: Any = interaction.data or {}
    if match := _FORM.fullmatch(data.get("custom_id", "")):
        await answer(interaction, partial(_note, interaction, match["job"], next(_values(data), "")))


def _values(component: Any) -> Iterator[str]:
    """The texts of a form's inputs, however deep rows and labels hold them."""
    if component.get("custom_id") == _INPUT:
        yield str(component.get("value") or "").strip()
    for inner in [*component.get("components", ()), *filter(None, [component.get("component")])]:
        yield from _values(inner)


async def _said_before(interaction: Interaction, job: str) -> str:
    async with interaction.client.db.reading() as connection:
        judged = await verdicts.of_job(connection, job)
    return next((one.words for one in judged if one.person == interaction.user.id), "")


async def _note(interaction: Interaction, job: str, words: str) -> str:
    client = interaction.client
    if words:  # taking them back is free to everybody
        await gate.reviewing(interaction, words)
    async with client.db.reading() as connection:
        picture = await pictures.of_job(connection, job)
    # A press can be faster than the commit that says which message shows the picture.
    pressed = interaction.message.id if interaction.message else 0
    message = (picture.message if picture else None) or pressed
    await client.feedback.words(job, message, interaction.user.id, words, interaction.created_at.timestamp())
    learned = lessons(client.intake.taste.taxonomy, words)
    return texts.noted(words, [lesson.phrase for lesson in learned])


async def _raise(error: Exception) -> str:
    raise error
