"""The form behind Edit: a picture's words, ready to be changed. What is sent asks anew, with all else as it was."""

import re
from dataclasses import replace
from functools import partial
from typing import Any

import discord

from bot.chat import confirm, door, forms, sight
from bot.chat.answers import Interaction, answer
from bot.errors import BadSeed, NoSuchJob, NotRenderable, Unclear
from bot.intake.assembling import again
from bot.intake.drafts import heeds
from bot.intake.models import chosen
from bot.ledger import jobs
from bot.nouns import Ask, Group, Job, Manner
from bot.taste.compose import asked_negative
from bot.texts import asking as texts

_FORM = re.compile(r"edit:(?P<job>[0-9a-z]{16})")
_LONGEST = 4000  # characters that an input of a form holds
_SEED = re.compile(r"\d{1,10}", re.ASCII)
_LARGEST_SEED = 2**32 - 1


class Edit(discord.ui.Modal, title=texts.EDIT_TITLE):
    """`negative` is None where the model heeds none."""

    def __init__(self, job: Job, negative: str | None) -> None:
        super().__init__(custom_id=f"edit:{job.id}", timeout=900)
        long = discord.TextStyle.paragraph
        self._add("prompt", texts.EDIT_PROMPT, job.asked, style=long)
        if negative is not None:
            self._add("negative", texts.EDIT_NEGATIVE, negative, style=long, required=False)
        self._add("slug", texts.EDIT_SLUG, job.slug, max_length=64)
        self._add("seed", texts.EDIT_SEED, str(job.seed), required=False, max_length=10)

    def _add(self, name: str, label: str, filled: str, *, max_length: int = _LONGEST, **more: Any) -> None:
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=label, custom_id=name, default=filled or None, max_length=max_length, **more
        )
        self.add_item(field)


async def open(interaction: Interaction, job_id: str) -> None:  # noqa: A001 - a form is opened, no file
    """Opens the form for the picture of this job."""
    try:
        form = await _form(interaction, job_id)
    except Exception as error:
        await answer(interaction, partial(_raise, error))
    else:
        await interaction.response.send_modal(form)


async def submitted(interaction: Interaction) -> None:
    """A form was sent, whichever process opened it."""
    if match := _FORM.fullmatch(forms.name(interaction)):
        await answer(interaction, partial(_ask, interaction, match["job"], forms.filled(interaction)))


async def _form(interaction: Interaction, job_id: str) -> Edit:
    job = await _job(interaction, job_id)
    negative = asked_negative(job)
    for text in (job.asked, negative):
        if len(text) > _LONGEST:
            raise Unclear("form-length", {"length": len(text), "limit": _LONGEST})
    try:
        model = chosen(await interaction.client.intake.models(), job.model)
    except NotRenderable:  # it is not on offer any more; sending the form will say so
        return Edit(job, negative or None)
    return Edit(job, negative if heeds(model, job.guidance) else None)


async def _ask(interaction: Interaction, job_id: str, filled: dict[str, str]) -> str:
    job = await _job(interaction, job_id)
    ask = edited(again(job, f"edit:{interaction.id}", interaction.user.id), job.id, filled)
    async with interaction.client.db.reading() as connection:
        hidden = (await jobs.manner(connection, job.ask)).spoiler
    return await confirm.told(interaction, await door.accept(interaction, ask, Manner(spoiler=hidden)), Group.SEEDS)


def edited(ask: Ask, parent: str, filled: dict[str, str]) -> Ask:
    """The ask with what the form says. A render that went on from a checkpoint begins at its beginning.

    Raises BadSeed for what is no seed.
    """
    seed = filled.get("seed", "")
    if seed and not _SEED.fullmatch(seed):
        raise BadSeed(seed=seed[:20], largest=_LARGEST_SEED)
    return replace(
        ask,
        prompt=filled.get("prompt", ask.prompt),
        negative=filled.get("negative", ""),
        slug=filled.get("slug") or ask.slug,
        seed=int(seed) if seed else None,
        extras=ask.extras.model_copy(update={"start": None, "keep_at": ()}),
        parent=parent,
    )


async def _job(interaction: Interaction, job_id: str) -> Job:
    """Raises NoSuchJob, also where this person cannot read."""
    async with interaction.client.db.reading() as connection:
        job = await jobs.get(connection, job_id)
    if job is None or not sight.may_see(interaction, job.channel):
        raise NoSuchJob(job=job_id)
    return job


async def _raise(error: Exception) -> str:
    raise error
