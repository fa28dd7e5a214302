"""The buttons that make the next picture from one: vary, enlarge, animate, and its look for something else."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import discord

from bot.chat import door, finding, forms
from bot.chat.answers import Interaction, answer
from bot.intake import variations
from bot.intake.variations import Origin, Wish
from bot.ledger import jobs
from bot.nouns import Ask, Manner
from bot.texts import answers as answer_texts
from bot.texts import picture as texts
from gpu_agent.stock import ShelfModel

Making: TypeAlias = Callable[[Origin, Sequence[ShelfModel], Wish], Ask]

_FORM = re.compile(r"use:(?P<job>[0-9a-z]{16})")
_PROMPT = "prompt"


class Look(discord.ui.Modal, title=texts.USE_TITLE):
    """What to draw in the look of a picture."""

    def __init__(self, job: str) -> None:
        super().__init__(custom_id=f"use:{job}", timeout=900)
        words: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=texts.USE_LABEL,
            custom_id=_PROMPT,
            style=discord.TextStyle.paragraph,
            placeholder=texts.USE_HINT,
            max_length=texts.LONGEST_IN_FORM,
        )
        self.add_item(words)


async def vary(interaction: Interaction, job: str) -> None:
    await answer(interaction, partial(make, interaction, job, variations.varied))


async def upscale(interaction: Interaction, job: str) -> None:
    await answer(interaction, partial(make, interaction, job, variations.enlarged))


async def animate(interaction: Interaction, job: str) -> None:
    await answer(interaction, partial(make, interaction, job, variations.animated))


async def use(interaction: Interaction, job: str) -> None:
    """Opens the form; whether anything can be drawn is said when it is sent."""
    await interaction.response.send_modal(Look(job))


async def submitted(interaction: Interaction) -> None:
    if match := _FORM.fullmatch(forms.name(interaction)):
        prompt = forms.filled(interaction).get(_PROMPT, "")
        await answer(interaction, partial(make, interaction, match["job"], partial(_referring, prompt)))


def _referring(prompt: str, base: Origin, models: Sequence[ShelfModel], asking: Wish) -> Ask:
    return variations.referring(base, models, asking, prompt)


async def make(interaction: Interaction, job_id: str, making: Making) -> str:
    """Asks for what this makes of the picture; gives the sentence for the person."""
    found = await finding.of_job(interaction.client, job_id)
    base = variations.origin(found.job, found.picture)
    ask = making(base, await interaction.client.intake.models(), wish(interaction))
    return await accept(interaction, ask, await manner(interaction, base))


def wish(interaction: Interaction) -> Wish:
    assert interaction.guild_id is not None
    assert interaction.channel_id is not None
    return Wish(f"interaction:{interaction.id}", interaction.user.id, interaction.guild_id, interaction.channel_id)


async def manner(interaction: Interaction, base: Origin, spoiler: bool = False, ping: bool | None = None) -> Manner:
    """What comes from a hidden picture is hidden as well. Who did not say whether to be called is called as before."""
    before = Manner()
    if base.job is not None:
        async with interaction.client.db.reading() as connection:
            before = await jobs.manner(connection, base.job.ask)
    called = before.ping and base.job is not None and base.job.asker == interaction.user.id
    return Manner(spoiler=spoiler or before.spoiler, ping=called if ping is None else ping)


async def accept(interaction: Interaction, ask: Ask, how: Manner) -> str:
    made = await door.accept(interaction, ask, how)
    names = {model.id: model.name for model in await interaction.client.intake.models()}
    return answer_texts.accepted(made, names.get(made[0].model, made[0].model))
