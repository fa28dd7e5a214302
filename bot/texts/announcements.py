"""What the rota tells a channel: a batch starts, is done, was missed, or cannot start. Moments are UTC seconds."""

from collections import Counter

from bot.nouns import JobState
from bot.texts.failures import harmless

_NAME_SHOWN = 80


def starting(name: str, pictures: int, late_since: float | None, missed: int) -> str:
    """`late_since` is the moment it was due at, None when that is now; `missed` earlier ones are not made up for."""
    late = "" if late_since is None else f", late: it was due {_moment(late_since)}, while the bot was away"
    return " ".join([f"{_bold(name)} starts now{late}: {_count(pictures, 'picture')}.", *_missed(missed)])


def too_late(name: str, due: float, missed: int, following: float) -> str:
    """`missed` moments before the one at `due` were missed as well."""
    gone = f"{_bold(name)} was missed: it was due {_moment(due)}, while the bot was away, which is too long ago now."
    return " ".join([gone, *_missed(missed), _next(following)])


OWNER_BLOCKED = "Whoever scheduled it is blocked. `/schedule remove` takes it off the schedule."


def cannot_start(name: str, why: str, following: float) -> str:
    """`why` is a sentence from `failures`, made harmless there."""
    return f"{_bold(name)} could not start. {why} {_next(following)}"


def done(name: str, outcome: Counter[JobState]) -> str:
    told = [f"{outcome[JobState.RENDERED]} posted", f"{outcome[JobState.FAILED]} failed"]
    if outcome[JobState.CANCELLED]:
        told.append(f"{outcome[JobState.CANCELLED]} cancelled")
    return f"{_bold(name)} is done: {', '.join(told)}."


def _missed(count: int) -> list[str]:
    if not count:
        return []
    return [f"{_count(count, 'earlier moment')} {'was' if count == 1 else 'were'} missed as well."]


def _next(moment: float) -> str:
    return f"Next: {_moment(moment)}."


def _bold(name: str) -> str:
    return f"**{harmless(name[:_NAME_SHOWN])}**"


def _moment(at: float) -> str:
    """Discord shows it in the time zone of whoever reads it."""
    return f"<t:{int(at)}:F>"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
