"""A batch that has begun: paused, gone on with, its rest cancelled, what failed tried again, and which ones there are.

The buttons of its card and the commands of `/batch` do the same. Who may is decided when it is pressed.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from discord.app_commands import autocomplete, describe

from bot.chat import batchchoice, door, gate
from bot.chat.answers import Interaction, answer
from bot.chat.batches import group
from bot.chat.surroundings import link
from bot.ledger import batches, during
from bot.texts import during as texts
from bot.texts import picture

_LISTED = 12
_MEANT = "Which batch: one that is offered here, or its file's name"


async def pause(interaction: Interaction, batch: str) -> None:
    await answer(interaction, partial(_pause, interaction, batch))


async def resume(interaction: Interaction, batch: str) -> None:
    await answer(interaction, partial(_resume, interaction, batch))


async def cancel(interaction: Interaction, batch: str) -> None:
    await answer(interaction, partial(_cancel, interaction, batch))


async def retry(interaction: Interaction, batch: str) -> None:
    await answer(interaction, partial(_retry, interaction, batch))


@group.command(name="pause", description="Begin no further picture of a batch until it is resumed")
@describe(batch=_MEANT)
@autocomplete(batch=batchchoice.suggest(lambda batch, waiting: waiting > 0 and batch.paused_at is None))
async def pause_command(interaction: Interaction, batch: str) -> None:
    await answer(interaction, partial(_named, interaction, batch, _pause))


@group.command(name="resume", description="Go on with a batch that is paused")
@describe(batch=_MEANT)
@autocomplete(batch=batchchoice.suggest(lambda batch, waiting: batch.paused_at is not None))
async def resume_command(interaction: Interaction, batch: str) -> None:
    await answer(interaction, partial(_named, interaction, batch, _resume))


@group.command(name="cancel", description="Cancel what of a batch has not begun")
@describe(batch=_MEANT)
@autocomplete(batch=batchchoice.suggest(lambda batch, waiting: waiting > 0))
async def cancel_command(interaction: Interaction, batch: str) -> None:
    await answer(interaction, partial(_named, interaction, batch, _cancel))


@group.command(name="list", description="The newest batches, and how far they are")
async def list_command(interaction: Interaction) -> None:
    await answer(interaction, partial(_list, interaction))


async def _named(interaction: Interaction, typed: str, work: Callable[[Interaction, str], Awaitable[str]]) -> str:
    return await work(interaction, (await batchchoice.find(interaction, typed)).id)


async def _pause(interaction: Interaction, batch: str) -> str:
    moderator = await gate.may_moderate(interaction)
    return texts.pausing(await interaction.client.intake.pause(batch, person=interaction.user.id, moderator=moderator))


async def _resume(interaction: Interaction, batch: str) -> str:
    moderator = await gate.may_moderate(interaction)
    waiting = await interaction.client.intake.resume(batch, person=interaction.user.id, moderator=moderator)
    return texts.resuming(waiting)


async def _cancel(interaction: Interaction, batch: str) -> str:
    """What renders is finished; the card's own button stops that."""
    moderator = await gate.may_moderate(interaction)
    ended = await interaction.client.intake.cancel(batch, person=interaction.user.id, moderator=moderator)
    return picture.cancelling(ended)


async def _retry(interaction: Interaction, batch: str) -> str:
    return texts.retrying(len(await door.try_again(interaction, batch)))


async def _list(interaction: Interaction) -> str:
    lines = []
    found = (await batchchoice.visible(interaction))[:_LISTED]
    async with interaction.client.db.reading() as connection:
        for batch in found:
            counts, card = await batches.outcome(connection, batch.id), await during.card(connection, batch.id)
            lines.append(texts.line(batch, counts, link(batch.guild, *card) if card else ""))
    return "\n".join(lines) or texts.NONE
