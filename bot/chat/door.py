"""The one door through which a person's asks leave chat: every command and button that renders comes by here."""

from collections.abc import Collection

from bot.chat import gate
from bot.chat.answers import Interaction
from bot.errors import NoSuchJob, Unclear
from bot.intake.changes import Looked
from bot.intake.references import Beside
from bot.intake.rerolling import Opening, Round
from bot.intake.scheduling import Schedules, Wanted
from bot.ledger import batches, jobs, rota
from bot.ledger.rota_drafts import RotaDraft
from bot.ledger.waiting_batches import WaitingBatch
from bot.nouns import PLAIN, Ask, Batch, Job, Manner, RotaEntry
from bot.people.permits import What


async def accept(
    interaction: Interaction, ask: Ask, manner: Manner = PLAIN, *further: Ask, fresh: bool = False
) -> list[Job]:
    """The jobs, committed; `fresh` is as intake has it. Raises the Refusal that says why not."""
    terms = await gate.terms(interaction, ask.channel)
    return await interaction.client.intake.accept(ask, manner, *further, terms=terms, fresh=fresh)


async def check(interaction: Interaction, ask: Ask, *further: Ask) -> None:
    """Would `accept` take this now? Raises the Refusal that says why not."""
    terms = await gate.terms(interaction, ask.channel)
    await interaction.client.intake.check(ask, *further, terms=terms)


async def again(interaction: Interaction, job_id: str, key: str) -> list[Job]:
    """The same ask as this job's, by whoever pressed, where it was asked first. Raises a Refusal."""
    client = interaction.client
    async with client.db.reading() as connection:
        job = await jobs.get(connection, job_id)
    if job is None:
        raise NoSuchJob(job=job_id)
    terms = await gate.terms(interaction, job.channel)
    return await client.intake.again(job_id, key=key, asker=interaction.user.id, terms=terms)


async def try_again(interaction: Interaction, batch_id: str) -> list[Job]:
    """New jobs for what failed in this batch, by whoever pressed, where it was asked for. Raises a Refusal."""
    client = interaction.client
    async with client.db.reading() as connection:
        batch = await batches.get(connection, batch_id)
    if batch is None:
        raise Unclear("batch-unknown", {})
    terms, moderator = await gate.terms(interaction, batch.channel), await gate.may_moderate(interaction)
    return await client.intake.try_again(batch_id, person=interaction.user.id, moderator=moderator, terms=terms)


async def reroll(interaction: Interaction, batch_id: str, key: str, opening: Opening) -> Round:
    """The next round of this batch, by whoever pressed, where it was asked for. Raises a Refusal."""
    client = interaction.client
    async with client.db.reading() as connection:
        batch = await batches.get(connection, batch_id)
    if batch is None:
        raise Unclear("batch-unknown", {})
    terms = await gate.terms(interaction, batch.channel)
    return await client.intake.rerolls.accept(batch_id, opening, key=key, asker=interaction.user.id, terms=terms)


async def look_at_batch(interaction: Interaction, name: str, data: bytes, key: str, beside: Beside) -> Looked:
    """What of this file would be accepted now; nothing is stored. Raises a Refusal."""
    guild, channel = _where(interaction)
    return await interaction.client.intake.batches.look(
        name,
        data,
        key=key,
        asker=interaction.user.id,
        guild=guild,
        channel=channel,
        beside=beside,
        terms=await gate.terms(interaction, channel),
    )


async def accept_batch(interaction: Interaction, waiting: WaitingBatch, only: Collection[int] | None) -> Batch:
    """The batch of the file that waited, committed, by whoever pressed, where it was sent. Raises a Refusal.

    `only` are the places of the items that are meant, None for all.
    """
    return await interaction.client.intake.batches.accept(
        waiting.name,
        waiting.text.encode(),
        key=waiting.key,
        asker=interaction.user.id,
        guild=waiting.guild,
        channel=waiting.channel,
        only=only,
        beside=waiting.beside,
        terms=await gate.terms(interaction, waiting.channel),
    )


async def schedule(interaction: Interaction, wanted: Wanted) -> RotaDraft:
    """What is to be scheduled, as it would be; nothing is due before it is confirmed. Raises a Refusal."""
    terms = await gate.terms(interaction, wanted.channel)
    return await _schedules(interaction).draft(wanted, f"interaction:{interaction.id}", terms)


async def confirm_schedule(interaction: Interaction, waiting: str) -> RotaEntry:
    """The entry of the rota, committed. Raises a Refusal."""
    await gate.demand(interaction, What.ASK)
    return await _schedules(interaction).confirm(waiting, interaction.user.id)


async def run_now(interaction: Interaction, entry: RotaEntry) -> bool:
    """The rota does it at once. False when somebody wanted that just before. Raises the refusal of who may not ask."""
    await gate.terms(interaction, entry.channel)
    async with interaction.client.db.transaction() as connection:
        return await rota.want(connection, entry.id, interaction.client.clock.now())


def _schedules(interaction: Interaction) -> Schedules:
    client = interaction.client
    return Schedules(client.db, client.clock, client.intake.batches, client.settings.schedule.per_person)


def _where(interaction: Interaction) -> tuple[int, int]:
    assert interaction.guild_id is not None
    assert interaction.channel_id is not None
    return interaction.guild_id, interaction.channel_id
