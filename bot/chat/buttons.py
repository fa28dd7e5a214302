"""Buttons that never go deaf: each carries its verb and the id it acts on, and needs nothing else to be understood.

Again, Why and Origin belong to a picture's job; Cancel (what waits) and Stop (what renders) to a card's ask or batch.
Again is the only one that renders: the 🔁 reaction is an opinion.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, Protocol, Self, cast

import discord
from discord import ButtonStyle
from discord.ui import DynamicItem

from bot.chat import door, gate, reasons, why
from bot.chat.answers import Interaction, answer
from bot.chat.layout import Verb
from bot.texts import answers as answer_texts
from bot.texts import card, picture

Button = discord.ui.Button[Any]

_LOOKS: dict[Verb, tuple[str, ButtonStyle]] = {
    "again": (picture.AGAIN, ButtonStyle.primary),
    "why": (picture.WHY, ButtonStyle.secondary),
    "origin": (picture.ORIGIN, ButtonStyle.secondary),
    "cancel": (card.CANCEL, ButtonStyle.secondary),
    "stop": (card.STOP, ButtonStyle.danger),
}


class Action(DynamicItem[Button], template=r"(?P<verb>again|why|origin|cancel|stop):(?P<subject>[0-9a-z]{16})"):
    """A button whose custom_id is `verb:subject`."""

    def __init__(self, verb: Verb, subject: str) -> None:
        label, style = _LOOKS[verb]
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=f"{verb}:{subject}"))
        self._verb = verb
        self._subject = subject

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(cast("Verb", match["verb"]), match["subject"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await _PRESSED[self._verb](interaction, self._subject)


def view(buttons: Iterable[tuple[Verb, str]]) -> discord.ui.View:
    """The buttons of a message; without any, an edited message loses those it had."""
    made = discord.ui.View(timeout=None)
    for verb, subject in buttons:
        made.add_item(Action(verb, subject))
    return made


async def _again(interaction: Interaction, job: str) -> None:
    await answer(interaction, partial(_ask_again, interaction, job))


async def _ask_again(interaction: Interaction, job: str) -> str:
    made = await door.again(interaction, job, f"again:{interaction.id}")
    names = {model.id: model.name for model in await interaction.client.intake.models()}
    return answer_texts.accepted(made, names.get(made[0].model, made[0].model))


async def _cancel(interaction: Interaction, scope: str) -> None:
    await answer(interaction, partial(_end, interaction, interaction.client.intake.cancel, scope, picture.cancelling))


async def _stop(interaction: Interaction, scope: str) -> None:
    await answer(interaction, partial(_end, interaction, interaction.client.intake.stop, scope, picture.stopping))


class _Ending(Protocol):
    def __call__(self, scope: str, /, *, person: int, moderator: bool) -> Awaitable[int]: ...


async def _end(interaction: Interaction, verb: _Ending, scope: str, told: Callable[[int], str]) -> str:
    """What is concerned is decided when the button is pressed, not when it was drawn."""
    moderator = await gate.may_moderate(interaction)
    return told(await verb(scope, person=interaction.user.id, moderator=moderator))


_PRESSED: dict[Verb, Callable[[Interaction, str], Awaitable[None]]] = {
    "again": _again,
    "why": reasons.ask,
    "origin": why.pressed,
    "cancel": _cancel,
    "stop": _stop,
}
