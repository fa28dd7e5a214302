"""What each button does, by its verb."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Protocol

from bot.chat import deleting, door, editing, gate, offered, originals, reasons, running, varying, why
from bot.chat.answers import Interaction, answer
from bot.chat.layout import Verb
from bot.texts import answers as answer_texts
from bot.texts import picture


async def again(interaction: Interaction, job: str) -> None:
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


PRESSED: Mapping[Verb, Callable[[Interaction, str], Awaitable[None]]] = {
    "again": again,
    "vary": varying.vary,
    "upscale": varying.upscale,
    "edit": editing.open,
    "animate": varying.animate,
    "use": varying.use,
    "delete": deleting.pressed,
    "remove": deleting.confirmed,
    "original": originals.pressed,
    "why": reasons.ask,
    "origin": why.pressed,
    "cancel": _cancel,
    "stop": _stop,
    "pause": running.pause,
    "resume": running.resume,
    "rest": running.cancel,
    "retry": running.retry,
    "look": offered.look,
}
