"""What digests, reminders and weekly reports say. Numbers and places only: nobody's words. Moments are UTC seconds."""

from collections.abc import Sequence
from datetime import date

from bot.nouns import Cost, Yield
from bot.texts import announcements as told
from bot.texts.answers import pictures
from bot.texts.tongue import _, counted

_PLACES_SHOWN = 10

WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
KEPT, OPEN, REJECTED, FAILED = _("kept"), _("open"), _("rejected"), _("failed")
CHART = _("Pictures of each day")


def digest(since: float, found: Yield, waiting: int, cost: Cost, late: float | None, missed: int) -> str:
    """What happened since the last one; `late` is the moment it was due at, None when that is now."""
    lines = [_("**Digest** of what happened since {moment}:", moment=_moment(since)), *_late(late, missed)]
    lines += [_happened(found), *told.after(found, cost)]
    return "\n".join(lines + ([_waits(waiting)] if waiting else []))


def reminder(places: Sequence[tuple[int, int, float]], late: float | None, missed: int) -> str:
    """`places` are channels with how many pictures wait for a verdict there, and since when the oldest does."""
    total = sum(count for _channel, count, _oldest in places)
    head = counted(
        "**{count} picture waits for a verdict.** Judge it with a reaction, or with the menus of its sheet.",
        "**{count} pictures wait for a verdict.** Judge them with reactions, or with the menus of their sheets.",
        total,
    )
    lines = [
        _("• <#{channel}>: {count}, the oldest {moment}", channel=channel, count=count, moment=f"<t:{int(oldest)}:R>")
        for channel, count, oldest in places[:_PLACES_SHOWN]
    ]
    more = len(places) - _PLACES_SHOWN
    lines += [counted("… and {count} more channel", "… and {count} more channels", more)] if more > 0 else []
    return "\n".join([head, *_late(late, missed), *lines])


def report(first: date, last: date, found: Yield, before: Yield, cost: Cost, late: float | None, missed: int) -> str:
    """The week from the first day to the last, beside the one before."""
    head = _("**Weekly report**, {first} to {last}:", first=first.isoformat(), last=last.isoformat())
    lines = [head, *_late(late, missed), _happened(found), *told.after(found, cost)]
    return "\n".join([*lines, _compared(found, before)])


def alt(first: date, last: date, found: Yield) -> str:
    """What the chart shows, for who cannot see it."""
    return _(
        "Bars for each day from {first} to {last}: {rendered} pictures, {kept} kept, {rejected} rejected, {open} open, "
        "{failed} failed.",
        first=first.isoformat(),
        last=last.isoformat(),
        rendered=found.rendered,
        kept=found.kept,
        rejected=found.rejected,
        open=found.open,
        failed=found.failed,
    )


def day(one: date) -> str:
    """Below its bar."""
    return f"{WEEKDAYS[one.weekday()]} {one.day}"


def _happened(found: Yield) -> str:
    if not (found.rendered or found.failed or found.cancelled):
        return _("Nothing was rendered.")
    return ", ".join(told.ends(found)) + "."


def _compared(found: Yield, before: Yield) -> str:
    if not before.rendered:
        return _("The week before nothing was rendered.")
    return _(
        "The week before: {pictures}, {rate} of the decided ones kept; now {now}.",
        pictures=pictures(before.rendered),
        rate=_rate(before),
        now=_rate(found),
    )


def _rate(found: Yield) -> str:
    decided = found.kept + found.rejected
    return f"{found.kept / decided:.0%}" if decided else "–"


def _waits(count: int) -> str:
    return counted("{count} picture waits to be rendered.", "{count} pictures wait to be rendered.", count)


def _late(since: float | None, missed: int) -> list[str]:
    late = [] if since is None else [_("It is late: it was due {moment}.", moment=_moment(since))]
    return late + told.missed_too(missed)


def _moment(at: float) -> str:
    return f"<t:{int(at)}:F>"
