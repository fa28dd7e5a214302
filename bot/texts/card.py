"""What a waiting card says: the place in line, what the tower is doing, how far each picture is, how it ended."""

from collections import Counter
from collections.abc import Sequence

from bot.nouns import Cue, Job, JobState
from bot.texts import cues as cue_texts
from bot.texts import failures
from bot.texts.tongue import _
from gpu_agent.wire import Progress

CANCEL = _("Cancel")
STOP = _("Stop")

_ORDINALS = (
    _("first"),
    _("second"),
    _("third"),
    _("fourth"),
    _("fifth"),
    _("sixth"),
    _("seventh"),
    _("eighth"),
    _("ninth"),
    _("tenth"),
)
_BAR = 12
_ALT = 1024  # characters Discord takes as an attachment's description
_PHASES = {
    "waiting": _("waits on the tower, next after the one that renders"),
    "loading": _("loading {what}"),
    "encoding": _("reading the prompt"),
    "rendering": _("rendering"),
    "decoding": _("developing the picture"),
    "saving": _("saving the picture"),
}
_NTH = {
    "st": _("{number}st in line"),
    "nd": _("{number}nd in line"),
    "rd": _("{number}rd in line"),
    "th": _("{number}th in line"),
}
_ENDED = {JobState.FAILED: _("{count} failed"), JobState.CANCELLED: _("{count} cancelled")}


def place(number: int | None) -> str:
    """`number` counts from 1; None when it is not known."""
    if number is None:
        return _("in line")
    if number <= len(_ORDINALS):
        return _("{ordinal} in line", ordinal=_ORDINALS[number - 1])
    return _NTH[_suffix(number)].format(number=number)


def _suffix(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def job(job: Job, number: int | None, progress: Progress | None) -> str:
    """One line on one picture; `number` is its place in line."""
    match job.state:
        case JobState.QUEUED:
            return retried(job, number) if job.retries else place(number)
        case JobState.RENDERING:
            return _("being stopped") if job.cancel_wanted else _tried(job, progress)
        case JobState.RENDERED:
            return _("done")
        case JobState.CANCELLED:
            return _("cancelled")
        case JobState.FAILED:
            return _("failed. {sentence}", sentence=failed(job))


def failed(job: Job) -> str:
    """Why, and how often it was tried."""
    told = failures.sentence(job.error_kind or "", job.error_facts)
    return _("{told} It was tried {count} times.", told=told, count=job.retries + 1) if job.retries else told


def retried(job: Job, number: int | None) -> str:
    """It failed, and waits for another try."""
    return _(
        "failed, and is tried once more, {place}. {sentence}",
        place=place(number),
        sentence=failures.sentence(job.error_kind or "", job.error_facts),
    )


def _tried(job: Job, progress: Progress | None) -> str:
    told = _running(job, progress)
    return _("try {number}: {told}", number=job.retries + 1, told=told) if job.retries else told


def _running(job: Job, progress: Progress | None) -> str:
    if progress is None:
        return _("handed to the tower")
    if progress.hold:
        return _("waits. {sentence}", sentence=failures.sentence(progress.hold, {"tower": job.tower, **progress.facts}))
    if progress.phase == "rendering" and progress.of:
        return _("step {step} of {of} {bar}", step=progress.step, of=progress.of, bar=_bar(progress.step / progress.of))
    phase = _PHASES[progress.phase].format(what=failures.harmless(progress.detail or job.model))
    return phase if progress.share is None else f"{phase}, {progress.share:.0%} {_bar(progress.share)}"


def _bar(share: float) -> str:
    filled = round(max(0.0, min(1.0, share)) * _BAR)
    return "▰" * filled + "▱" * (_BAR - filled)


def numbered(job: Job, told: str) -> str:
    """The line of one picture among several of one ask."""
    return _("{index}. seed {seed}: {told}", index=job.index + 1, seed=job.seed, told=told)


def named(job: Job, told: str) -> str:
    """The line of one picture of a batch."""
    return f"**{job.slug}**: {told}"


def tally(counts: Counter[JobState]) -> str:
    """How many pictures of a group are in which state."""
    total, left = counts.total(), counts[JobState.QUEUED] + counts[JobState.RENDERING]
    words = [_("{count} of {total} done", count=counts[JobState.RENDERED], total=total)]
    words += [told.format(count=counts[state]) for state, told in _ENDED.items() if counts[state]]
    words += [_("{left} left", left=left)] if left else []
    return f"{', '.join(words)} {_bar((total - left) / total if total else 1)}"


def ready(end: float, total: int) -> str:
    """Discord counts down by itself."""
    if total == 1:
        return _("probably ready <t:{end}:R>", end=int(end))
    return _("probably all ready <t:{end}:R>", end=int(end))


def preview_alt(jobs: Sequence[Job]) -> str:
    """What the preview on a card shows, for those who cannot see it."""
    return _("How it looks by now: {asked}", asked=jobs[0].asked)[:_ALT] if jobs else _("How it looks by now")


def cues(cues: Sequence[Cue]) -> str:
    """What verdicts added to the prompt."""
    return _("with cues: ") + ", ".join(failures.harmless(cue.phrase) for cue in cues)


def woven(cues: Sequence[Cue]) -> str:
    """The same as a difference to the person's own words: what was added, what it keeps out, and why."""
    return _("with cues: ") + ", ".join(f"+ {cue_texts.named(cue)}, {cue_texts.source(cue)}" for cue in cues)


def asked_by(person: int) -> str:
    return _("asked by <@{person}>", person=person) if person else _("asked by somebody whose data were deleted")
