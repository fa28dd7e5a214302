"""What is said when a picture goes."""

from bot.nouns import Job

DELETED = "Deleted. Its message goes from Discord and its file from the bot's disk; what people thought of it is kept."
DELETED_BEFORE = "This picture is deleted already."


def sure(job: Job, person: int) -> str:
    """Before it is done; a moderator reads that everybody will know."""
    question = f"Delete this picture of **{job.slug}** (seed {job.seed}) for good? It cannot be brought back."
    if person == job.asker:
        return question
    return f"{question} It is <@{job.asker}>'s, so the channel is told that a moderator removed it."


def removed(job: Job) -> str:
    return f"A moderator removed a picture asked for by <@{job.asker}>."
