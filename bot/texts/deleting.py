"""What is said when a picture goes."""

from bot.nouns import Job
from bot.texts.tongue import _

DELETED = _(
    "Deleted. Its message goes from Discord and its file from the bot's disk; what people thought of it is kept."
)
DELETED_BEFORE = _("This picture is deleted already.")


def sure(job: Job, person: int) -> str:
    """Before it is done; a moderator reads that everybody will know."""
    question = _(
        "Delete this picture of **{slug}** (seed {seed}) for good? It cannot be brought back.",
        slug=job.slug,
        seed=job.seed,
    )
    if person == job.asker:
        return question
    return _(
        "{question} It is <@{asker}>'s, so the channel is told that a moderator removed it.",
        question=question,
        asker=job.asker,
    )


def removed(job: Job) -> str:
    return _("A moderator removed a picture asked for by <@{asker}>.", asker=job.asker)
