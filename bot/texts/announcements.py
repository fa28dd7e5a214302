"""What the rota tells a channel: something is ahead, starts, is done, was missed, or cannot start. Moments are UTC
seconds."""

from bot.nouns import Cost, Expected, Failure, RotaEntry, RotaKind, Yield
from bot.texts import estimate
from bot.texts.answers import pictures
from bot.texts.failures import harmless, sentence
from bot.texts.tongue import _, counted

_NAME_SHOWN = 80
_FAILURES_SHOWN = 3

KINDS = {
    RotaKind.BATCH: _("Batch"),
    RotaKind.WINDOW: _("Window"),
    RotaKind.DIGEST: _("Digest"),
    RotaKind.REMINDER: _("Reminder of open reviews"),
    RotaKind.REPORT: _("Weekly report"),
}


def called(entry: RotaEntry) -> str:
    """An entry as people are told of it: a batch by its file, anything else by its kind and its times."""
    if entry.kind is RotaKind.BATCH:
        return _bold(entry.name)
    return f"**{KINDS[entry.kind]}** ({harmless(entry.words[:_NAME_SHOWN])})"


def ahead(entry: RotaEntry, at: float, foreseen: Expected) -> str:
    """It is due at `at`; said before that."""
    return _(
        "{name} starts at {moment}: {foreseen}",
        name=called(entry),
        moment=_moment(at),
        foreseen=expectation(foreseen),
    )


def expectation(foreseen: Expected) -> str:
    """How many pictures, how long that takes, and whether a tower is woken for it."""
    told = [pictures(foreseen.pictures)]
    if foreseen.seconds is not None:
        told.append(_("about {time}", time=estimate.span(foreseen.seconds)))
    line = ", ".join(told) + "."
    if foreseen.opens is not None:
        return " ".join([line, _("They wait for a window, which opens {moment}.", moment=_moment(foreseen.opens))])
    if foreseen.wakes is None or not foreseen.pictures:
        return line
    woken = _("The tower sleeps and will be woken for it.") if foreseen.wakes else _("The tower is awake.")
    return f"{line} {woken}"


def starting(entry: RotaEntry, foreseen: Expected, late_since: float | None, missed: int) -> str:
    """`late_since` is the moment it was due at, None when that is now; `missed` earlier ones are not made up for."""
    told = _(
        "{name} starts now{late}: {foreseen}",
        name=called(entry),
        late=_late(late_since),
        foreseen=expectation(foreseen),
    )
    return " ".join([told, *missed_too(missed)])


def opening(entry: RotaEntry, foreseen: Expected, closes: float, late_since: float | None, missed: int) -> str:
    """A window opens, and closes at `closes`."""
    told = _(
        "{name} opens now{late}, until {closes}: {foreseen}",
        name=called(entry),
        late=_late(late_since),
        closes=_moment(closes),
        foreseen=expectation(foreseen),
    )
    return " ".join([told, *missed_too(missed)])


def too_late(entry: RotaEntry, due: float, missed: int, following: float) -> str:
    """`missed` moments before the one at `due` were missed as well."""
    gone = _(
        "{name} was missed: it was due {due}, while the bot was away, which is too long ago now.",
        name=called(entry),
        due=_moment(due),
    )
    return " ".join([gone, *missed_too(missed), _next(following)])


OWNER_BLOCKED = _("Whoever scheduled it is blocked. `/schedule remove` takes it off the schedule.")


def cannot_start(entry: RotaEntry, why: str, following: float) -> str:
    """`why` is a sentence from `failures`, made harmless there."""
    return _("{name} could not start. {why} {next}", name=called(entry), why=why, next=_next(following))


def will_not_start(entry: RotaEntry, at: float, why: str) -> str:
    """Said before its moment, while there is time to do something about it."""
    return _(
        "{name} is due {moment}, but as it is it cannot start. {why}", name=called(entry), moment=_moment(at), why=why
    )


def done(name: str, found: Yield, cost: Cost) -> str:
    """How a batch of the rota ended: keeps and open verdicts, failures with their reasons, and what it took."""
    head = _("{name} is done: {told}.", name=_bold(name), told=", ".join(ends(found)))
    return "\n".join([head, *after(found, cost)])


def closed(entry: RotaEntry, found: Yield, waiting: int, cost: Cost) -> str:
    """What was rendered while the window was open; `waiting` pictures wait for its next opening."""
    told = _("{name} is closed: {told}.", name=called(entry), told=", ".join(ends(found)))
    rest = [still_waiting(waiting)] if waiting else []
    return "\n".join([" ".join([told, *rest]), *after(found, cost)])


def still_waiting(count: int) -> str:
    return counted("{count} picture still waits.", "{count} pictures still wait.", count)


def ends(found: Yield) -> list[str]:
    """How many pictures there are, and how many there are not."""
    told = [_("{count} posted", count=found.rendered), _("{count} failed", count=found.failed)]
    return told + ([_("{count} cancelled", count=found.cancelled)] if found.cancelled else [])


def after(found: Yield, cost: Cost) -> list[str]:
    """Lines on what was decided, why some failed, and what it took; nothing of what there is nothing to say."""
    lines = [judged(found)] if found.rendered else []
    lines += [failure(one) for one in found.failures[:_FAILURES_SHOWN]]
    if more := sum(one.count for one in found.failures[_FAILURES_SHOWN:]):
        lines.append(counted("{count} more failed for other reasons.", "{count} more failed for other reasons.", more))
    return lines + ([took(found, cost)] if found.seconds else [])


def judged(found: Yield) -> str:
    return _(
        "Kept {kept}, rejected {rejected}, open {open}.", kept=found.kept, rejected=found.rejected, open=found.open
    )


def failure(one: Failure) -> str:
    return _("• {count} failed. {why}", count=one.count, why=sentence(one.kind, one.facts))


def took(found: Yield, cost: Cost) -> str:
    """Time of the cards, energy and money, and what a hosted API would have taken."""
    return _(
        "It took {time}, {energy} and {money}; a hosted API would have taken {hosted}.",
        time=estimate.span(found.seconds),
        energy=estimate.watt_hours(cost.watt_hours),
        money=estimate.money(cost.money, harmless(cost.currency)),
        hosted=estimate.money(cost.hosted, harmless(cost.currency)),
    )


def _late(since: float | None) -> str:
    if since is None:
        return ""
    return _(", late: it was due {moment}, while the bot was away", moment=_moment(since))


def missed_too(count: int) -> list[str]:
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
