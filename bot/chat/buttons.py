"""Buttons that never go deaf: each carries its verb and the id it acts on, and needs nothing else to be understood.

Most belong to a picture's job; Cancel (what waits) and Stop (what renders) to a card's ask or batch. Only buttons
render: the 🔁 reaction is an opinion.
"""

import re
from collections.abc import Iterable
from typing import Any, Self, cast, get_args

import discord
from discord import ButtonStyle
from discord.ui import DynamicItem

from bot.chat.layout import Verb
from bot.texts import card, during, picture, watched

Button = discord.ui.Button[Any]

_LOOKS: dict[Verb, tuple[str, ButtonStyle]] = {
    "again": (picture.AGAIN, ButtonStyle.primary),
    "vary": (picture.VARY, ButtonStyle.secondary),
    "upscale": (picture.UPSCALE, ButtonStyle.secondary),
    "edit": (picture.EDIT, ButtonStyle.secondary),
    "animate": (picture.ANIMATE, ButtonStyle.secondary),
    "use": (picture.USE, ButtonStyle.secondary),
    "delete": (picture.DELETE, ButtonStyle.danger),
    "remove": (picture.REMOVE, ButtonStyle.danger),
    "original": (picture.ORIGINAL, ButtonStyle.secondary),
    "why": (picture.WHY, ButtonStyle.secondary),
    "origin": (picture.ORIGIN, ButtonStyle.secondary),
    "cancel": (card.CANCEL, ButtonStyle.secondary),
    "stop": (card.STOP, ButtonStyle.danger),
    "pause": (during.PAUSE, ButtonStyle.secondary),
    "resume": (during.RESUME, ButtonStyle.primary),
    "rest": (during.REST, ButtonStyle.danger),
    "retry": (during.RETRY, ButtonStyle.primary),
    "look": (watched.LOOK, ButtonStyle.primary),
}


class Action(DynamicItem[Button], template=rf"(?P<verb>{'|'.join(get_args(Verb))}):(?P<subject>[0-9a-z]{{16}})"):
    """A button whose custom_id is `verb:subject`. What it does is the client's to know."""

    def __init__(self, verb: Verb, subject: str) -> None:
        label, style = _LOOKS[verb]
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=f"{verb}:{subject}"))
        self._verb = verb
        self._subject = subject

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(cast("Verb", match["verb"]), match["subject"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.pressed[self._verb](interaction, self._subject)


def view(buttons: Iterable[tuple[Verb, str]]) -> discord.ui.View:
    """The buttons of a message, five in a row; without any, an edited message loses those it had."""
    made = discord.ui.View(timeout=None)
    for verb, subject in buttons:
        made.add_item(Action(verb, subject))
    return made
