"""What `/queue` answers: how the towers are, what is rendering, and whose turn is next."""

from collections.abc import Mapping, Sequence

from bot.nouns import Job
from bot.texts import card
from bot.texts.tongue import _, counted
from gpu_agent.wire import Progress

_ROOM = 1950  # characters; what is left of a message holds the count of those that found no room


def queue(
    towers: Sequence[str],
    running: Sequence[Job],
    progress: Mapping[str, Progress],
    following: Sequence[Job],
    waiting: int,
    mine: int,
    me: int,
    held: int = 0,
) -> str:
    """`towers` are lines, `following` the next jobs in the order of their turns, of `waiting` in all and `mine` of me.

    As many of the following jobs are shown as there is room for; the rest is counted, and so is what is `held` back.
    """
    lines = [*towers, *(f"▶ {_named(job, me)}, {card.job(job, None, progress.get(job.id))}" for job in running)]
    lines += [_held(held)] if held else []
    if not waiting:
        return "\n".join([*lines, _("Nobody is waiting.") if running else _("Nothing is waiting or rendering.")])
    lines.append(_("Waiting: {waiting}, {mine} of them yours", waiting=waiting, mine=mine))
    length, shown = sum(len(line) + 1 for line in lines), 0
    for place, job in enumerate(following, 1):
        line = f"{place}. {_named(job, me)}"
        length += len(line) + 1
        if length > _ROOM:
            break
        lines.append(line)
        shown = place
    return "\n".join([*lines, *([_("… and {waiting} more", waiting=waiting - shown)] if shown < waiting else [])])


def _held(count: int) -> str:
    return counted(
        "{count} picture is held back: its batch is paused, or its window is not open yet.",
        "{count} pictures are held back: their batches are paused, or their windows are not open yet.",
        count,
    )


def _named(job: Job, me: int) -> str:
    whose = _("**yours**") if job.asker == me else f"<@{job.asker}>"
    return f"{job.slug} · {job.model} · {whose}"
