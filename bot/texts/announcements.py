"""What the rota tells a channel: a batch starts, is done, was missed, or cannot start. Moments are UTC seconds."""

from collections import Counter

from bot.nouns import JobState
from bot.texts.failures import harmless
from bot.texts.tongue import _, counted

_NAME_SHOWN = 80


def starting(name: str, pictures: int, late_since: float | None, missed: int) -> str:
    """`late_since` is the moment it was due at, None when that is now; `missed` earlier ones are not made up for."""
    late = (
        ""
        if late_since is None
        else _(", late: it was due {moment}, while the bot was away", moment=_moment(late_since))
    )
    return " ".join(
        [
            _(
                "{name} starts now{late}: {pictures}.",
                name=_bold(name),
                late=late,
                pictures=counted("{count} picture", "{count} pictures", pictures),
            ),
            *_missed(missed),
        ]
    )


def too_late(name: str, due: float, missed: int, following: float) -> str:
    """`missed` moments before the one at `due` were missed as well."""
    gone = _(
        "{name} was missed: it was due {due}, while the bot was away, which is too long ago now.",
        name=_bold(name),
        due=_moment(due),
    )
    return " ".join([gone, *_missed(missed), _next(following)])


OWNER_BLOCKED = _("Whoever scheduled it is blocked. `/schedule remove` takes it off the schedule.")


def cannot_start(name: str, why: str, following: float) -> str:
    """`why` is a sentence from `failures`, made harmless there."""
    return _("{name} could not start. {why} {next}", name=_bold(name), why=why, next=_next(following))


def done(name: str, outcome: Counter[JobState]) -> str:
    told = [
        _("{count} posted", count=outcome[JobState.RENDERED]),
        _("{count} failed", count=outcome[JobState.FAILED]),
    ]
    if outcome[JobState.CANCELLED]:
        told.append(_("{count} cancelled", count=outcome[JobState.CANCELLED]))
    return _("{name} is done: {told}.", name=_bold(name), told=", ".join(told))


def _missed(count: int) -> list[str]:
    if not count:
        return []
    return [
        counted("{count} earlier moment was missed as well.", "{count} earlier moments were missed as well.", count)
    ]


def _next(moment: float) -> str:
    return _("Next: {moment}.", moment=_moment(moment))


def _bold(name: str) -> str:
    return f"**{harmless(name[:_NAME_SHOWN])}**"


def _moment(at: float) -> str:
    """Discord shows it in the time zone of whoever reads it."""
    return f"<t:{int(at)}:F>"
