"""Buttons that never go deaf: each carries its verb and the id it acts on, and needs nothing else to be understood.

Again and Why belong to a picture's job; Cancel (what waits) and Stop (what renders) to the ask or batch of a card.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ButtonStyle
from discord.ui import DynamicItem

from bot.chat.answers import Interaction, answer
from bot.chat.layout import Verb
from bot.errors import TooLate
from bot.ledger import jobs, pictures, verdicts
from bot.nouns import Job, JobState
from bot.texts import answers as answer_texts
from bot.texts import card as card_texts
from bot.texts import picture as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

Button = discord.ui.Button[Any]

_REASON = re.compile(r"reason:(?P<id>[0-9a-z]{16})")


class _Carrying(DynamicItem[Button], template=r"(?P<verb>never):(?P<id>[0-9a-z]{16})"):
    """A button whose custom_id is `verb:id`; the leaves name their verb, label and what a press does."""

    verb: Verb
    label: str
    style: ButtonStyle

    def __init__(self, subject: str) -> None:
        super().__init__(discord.ui.Button(label=self.label, style=self.style, custom_id=f"{self.verb}:{subject}"))
        self.subject = subject

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(match["id"])


class Again(_Carrying, template=r"again:(?P<id>[0-9a-z]{16})"):
    """The same ask once more with another seed. Only this renders; the 🔁 reaction is an opinion."""

    verb, label, style = "again", texts.AGAIN, ButtonStyle.primary

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await answer(interaction, partial(_again, interaction, self.subject))


class Why(_Carrying, template=r"why:(?P<id>[0-9a-z]{16})"):
    verb, label, style = "why", texts.WHY, ButtonStyle.secondary

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        try:
            modal = Reason(self.subject, await _said_before(interaction, self.subject))
        except Exception as error:
            await answer(interaction, partial(_raise, error))
            return
        await interaction.response.send_modal(modal)


class Cancel(_Carrying, template=r"cancel:(?P<id>[0-9a-z]{16})"):
    verb, label, style = "cancel", card_texts.CANCEL, ButtonStyle.secondary

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await answer(interaction, partial(_end, interaction, self.subject, JobState.QUEUED))


class Stop(_Carrying, template=r"stop:(?P<id>[0-9a-z]{16})"):
    verb, label, style = "stop", card_texts.STOP, ButtonStyle.danger

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await answer(interaction, partial(_end, interaction, self.subject, JobState.RENDERING))


ALL: tuple[type[_Carrying], ...] = (Again, Why, Cancel, Stop)
_BY_VERB = {button.verb: button for button in ALL}


class Reason(discord.ui.Modal, title=texts.REASON_TITLE):
    """What is wrong with a picture. `submitted` reads what is sent, as it also knows forms of an earlier process."""

    def __init__(self, job: str, before: str) -> None:
        super().__init__(custom_id=f"reason:{job}", timeout=900)
        self.add_item(
            discord.ui.TextInput(
                label=texts.REASON_LABEL,
                custom_id="reason",
                style=discord.TextStyle.paragraph,
                placeholder=texts.REASON_HINT,
                default=before or None,
                required=False,
                max_length=texts.LONGEST_REASON,
            )
        )


def view(buttons: Iterable[tuple[Verb, str]]) -> discord.ui.View:
    """The buttons of a message; without any the message loses those it had."""
    made = discord.ui.View(timeout=None)
    for verb, subject in buttons:
        made.add_item(_BY_VERB[verb](subject))
    return made


async def submitted(interaction: Interaction) -> None:
    """A form was sent. The library passes on only those it opened itself, so they are all read here."""
    data: Any = interaction.data or {}
    if match := _REASON.fullmatch(data.get("custom_id", "")):
        await answer(interaction, partial(_reason, interaction, match["id"], next(_values(data), "")))


def _values(component: Any) -> Iterator[str]:
    """The texts of a form's inputs, however deep rows and labels hold them."""
    if component.get("custom_id") == "reason":
        yield str(component.get("value") or "").strip()
    for inner in [*component.get("components", ()), *filter(None, [component.get("component")])]:
        yield from _values(inner)


async def _again(interaction: Interaction, job: str) -> str:
    intake = interaction.client.intake
    made = await intake.again(job, key=f"again:{interaction.id}", asker=interaction.user.id)
    names = {model.id: model.name for model in await intake.models()}
    return answer_texts.accepted(made, names.get(made[0].model, made[0].model))


async def _said_before(interaction: Interaction, job: str) -> str:
    async with interaction.client.db.reading() as connection:
        judged = await verdicts.of_job(connection, job)
    return next((one.words for one in judged if one.person == interaction.user.id), "")


async def _reason(interaction: Interaction, job: str, words: str) -> str:
    client = interaction.client
    async with client.db.reading() as connection:
        picture = await pictures.of_job(connection, job)
    pressed = interaction.message.id if interaction.message else 0
    message = (picture.message if picture else None) or pressed
    await client.feedback.words(job, message, interaction.user.id, words, interaction.created_at.timestamp())
    return texts.noted(words)


async def _end(interaction: Interaction, scope: str, state: JobState) -> str:
    """Cancels the card's pictures that are in this state; one that has ended meanwhile is fine. Raises NotYours."""
    client = interaction.client
    counts = {True: 0, False: 0}
    for job in await _of(client, scope):
        if job.state is state:
            try:
                waited = await client.intake.cancel(
                    job.id, person=interaction.user.id, moderator=interaction.permissions.manage_messages
                )
            except TooLate:
                continue
            counts[waited] += 1
    return texts.stopping(counts[True], counts[False])


async def _of(client: "DarkroomClient", scope: str) -> list[Job]:
    """The jobs of an ask or of a batch."""
    async with client.db.reading() as connection:
        return await jobs.of_ask(connection, scope) or await jobs.of_batch(connection, scope)


async def _raise(error: Exception) -> str:
    raise error
