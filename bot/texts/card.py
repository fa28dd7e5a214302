"""What a waiting card says: the place in line, what the tower is doing, how far each picture is, how it ended."""

from collections import Counter
from collections.abc import Sequence

from bot.nouns import Cue, Job, JobState
from bot.texts import cues as cue_texts
from bot.texts import failures
from gpu_agent.wire import Progress

CANCEL = "Cancel"
STOP = "Stop"

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_BAR = 12
_ALT = 1024  # characters Discord takes as an attachment's description
_PHASES = {
    "waiting": "waits on the tower, next after the one that renders",
    "loading": "loading {what}",
    "encoding": "reading the prompt",
    "rendering": "rendering",
    "decoding": "developing the picture",
    "saving": "saving the picture",
}


def place(number: int | None) -> str:
    """`number` counts from 1; None when it is not known."""
    if number is None:
        return "in line"
    if number <= len(_ORDINALS):
        return f"{_ORDINALS[number - 1]} in line"
    return f"{number}{_suffix(number)} in line"


def _suffix(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def job(job: Job, number: int | None, progress: Progress | None) -> str:
    """One line on one picture; `number` is its place in line."""
    match job.state:
        case JobState.QUEUED:
            return place(number)
        case JobState.RENDERING:
            return "being stopped" if job.cancel_wanted else _running(job, progress)
        case JobState.RENDERED:
            return "done"
        case JobState.CANCELLED:
            return "cancelled"
        case JobState.FAILED:
            return f"failed. {failures.sentence(job.error_kind or '', job.error_facts)}"


def _running(job: Job, progress: Progress | None) -> str:
    if progress is None:
        return "handed to the tower"
    if progress.hold:
        return f"waits. {failures.sentence(progress.hold, {'tower': job.tower, **progress.facts})}"
    if progress.phase == "rendering" and progress.of:
        return f"step {progress.step} of {progress.of} {_bar(progress.step / progress.of)}"
    phase = _PHASES[progress.phase].format(what=failures.harmless(progress.detail or job.model))
    return phase if progress.share is None else f"{phase}, {progress.share:.0%} {_bar(progress.share)}"


def _bar(share: float) -> str:
    filled = round(max(0.0, min(1.0, share)) * _BAR)
    return "▰" * filled + "▱" * (_BAR - filled)


def numbered(job: Job, told: str) -> str:
    """The line of one picture among several of one ask."""
    return f"{job.index + 1}. seed {job.seed}: {told}"


def named(job: Job, told: str) -> str:
    """The line of one picture of a batch."""
    return f"**{job.slug}**: {told}"


def tally(counts: Counter[JobState]) -> str:
    """How many pictures of a group are in which state."""
    total, left = counts.total(), counts[JobState.QUEUED] + counts[JobState.RENDERING]
    words = [f"{counts[JobState.RENDERED]} of {total} done"]
    words += [f"{counts[state]} {state}" for state in (JobState.FAILED, JobState.CANCELLED) if counts[state]]
    words += [f"{left} left"] if left else []
    return f"{', '.join(words)} {_bar((total - left) / total if total else 1)}"


def ready(end: float, total: int) -> str:
    """Discord counts down by itself."""
    return f"probably {'ready' if total == 1 else 'all ready'} <t:{int(end)}:R>"


def preview_alt(jobs: Sequence[Job]) -> str:
    """What the preview on a card shows, for those who cannot see it."""
    return f"How it looks by now: {jobs[0].asked}"[:_ALT] if jobs else "How it looks by now"


def cues(cues: Sequence[Cue]) -> str:
    """What verdicts added to the prompt."""
    return "with cues: " + ", ".join(failures.harmless(cue.phrase) for cue in cues)


def woven(cues: Sequence[Cue]) -> str:
    """The same as a difference to the person's own words: what was added, what it keeps out, and why."""
    return "with cues: " + ", ".join(f"+ {cue_texts.named(cue)}, {cue_texts.source(cue)}" for cue in cues)


def asked_by(person: int) -> str:
    return f"asked by <@{person}>" if person else "asked by somebody whose data were deleted"
