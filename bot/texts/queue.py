"""What `/queue` answers: what is rendering, whose turn is next, and how the towers are."""

from collections.abc import Mapping, Sequence

from bot.nouns import Job
from bot.texts import card
from gpu_agent.wire import Progress

_ROOM = 1900  # characters, so that the last line always fits into a message


def queue(
    running: Sequence[Job], waiting: Sequence[Job], progress: Mapping[str, Progress], towers: Sequence[str], me: int
) -> str:
    """`waiting` in the order of their turns, `towers` one line each; lists that are too long are cut and counted."""
    head = [*towers, *(_running(job, progress.get(job.id), me) for job in running)]
    if not waiting:
        return _cut([*head, "Nobody is waiting." if running else "Nothing is waiting or rendering."])
    mine = sum(job.asker == me for job in waiting)
    head.append(f"Waiting: {len(waiting)}, {mine} of them yours")
    return _cut([*head, *(f"{place}. {_named(job, me)}" for place, job in enumerate(waiting, 1))])


def _running(job: Job, progress: Progress | None, me: int) -> str:
    return f"▶ {_named(job, me)}, {card.job(job, None, progress)}"


def _named(job: Job, me: int) -> str:
    whose = "**yours**" if job.asker == me else f"<@{job.asker}>"
    return f"{job.slug} · {job.model} · {whose}"


def _cut(lines: Sequence[str]) -> str:
    shown, length = 0, 0
    for line in lines:
        length += len(line) + 1
        if length > _ROOM:
            break
        shown += 1
    rest = len(lines) - shown
    return "\n".join([*lines[:shown], *([f"… and {rest} more"] if rest else [])])
