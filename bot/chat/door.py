"""The one door through which a person's asks leave chat: every command and button that renders comes by here."""

from bot.chat import gate
from bot.chat.answers import Interaction
from bot.errors import NoSuchJob, Unclear
from bot.ledger import batches, jobs
from bot.nouns import PLAIN, Ask, Batch, Job, Manner, RotaEntry


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


async def accept_batch(interaction: Interaction, name: str, data: bytes) -> Batch:
    """The batch of this file, committed. Raises a Refusal."""
    guild, channel = _where(interaction)
    return await interaction.client.intake.batches.accept(
        name,
        data,
        key=f"interaction:{interaction.id}",
        asker=interaction.user.id,
        guild=guild,
        channel=channel,
        terms=await gate.terms(interaction, channel),
    )


async def schedule(interaction: Interaction, name: str, data: bytes, when: str, zone: str) -> RotaEntry:
    """The entry of the rota, committed. Raises a Refusal."""
    guild, channel = _where(interaction)
    return await interaction.client.intake.batches.schedule(
        name,
        data,
        when,
        asker=interaction.user.id,
        guild=guild,
        channel=channel,
        zone=zone,
        terms=await gate.terms(interaction, channel),
    )


def _where(interaction: Interaction) -> tuple[int, int]:
    assert interaction.guild_id is not None
    assert interaction.channel_id is not None
    return interaction.guild_id, interaction.channel_id
