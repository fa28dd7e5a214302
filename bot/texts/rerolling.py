"""What is said of a round in which the rejects of a batch are drawn again."""

from collections.abc import Mapping, Sequence

from bot.nouns import Job
from bot.texts import card
from bot.texts.failures import harmless
from bot.texts.review import numbers
from bot.texts.tongue import _, counted

_LINES = 15


def opening(number: int, found: Sequence[int]) -> str:
    """Announced where the pictures are."""
    return counted(
        "**Round {number}**: {told} is drawn again, with what was said of it and a new seed.",
        "**Round {number}**: {told} are drawn again, with what was said of them and new seeds.",
        len(found),
        number=number,
        told=numbers(found),
    )


def question(found: Mapping[int, str]) -> str:
    """Slugs by number, before so many are drawn."""
    return counted(
        "{count} reject would be drawn again, with what was said of it and a new seed: {told}.",
        "{count} rejects would be drawn again, with what was said of them and new seeds: {told}.",
        len(found),
        told=numbers(found),
    )


def begun(number: int, made: Mapping[int, Job]) -> str:
    """The answer: what is drawn again, and which cues each one has now."""
    lines = [opening(number, list(made))]
    for place, job in list(made.items())[:_LINES]:
        words = f": {card.cues(job.cues)}" if job.cues else ""
        lines.append(f"**{place}** {harmless(job.slug)}{words}")
    left = len(made) - _LINES
    return "\n".join([*lines, *([_("… and {left} more", left=left)] if left > 0 else [])])
