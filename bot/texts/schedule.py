"""What `/schedule` answers, and what stands beside the pictures of announcements. Moments are UTC seconds."""

from collections.abc import Sequence

from bot.nouns import RotaEntry, RotaKind, Slot, SlotOutcome, WindowScope
from bot.texts import estimate
from bot.texts.announcements import called
from bot.texts.failures import harmless
from bot.texts.tongue import _

CONFIRM = _("Schedule it")
NOTHING = _(
    "Nothing is scheduled. `/schedule add` schedules a batch, a window for what waits, a digest, a reminder of open "
    "reviews or a weekly report."
)
NO_SUCH_ENTRY = _("There is no such entry in the schedule any more. `/schedule list` shows what there is.")
NOT_YOURS = _(
    "Only the person who scheduled it, or somebody who administrates the bot, can change it. Ask one of them."
)

SCOPES = {
    WindowScope.MY_BATCHES: _("my batches"),
    WindowScope.MINE: _("all my pictures"),
    WindowScope.BATCHES: _("everybody's batches"),
    WindowScope.EVERYTHING: _("everybody's pictures"),
}
_OF = {
    WindowScope.MY_BATCHES: _("Waiting pictures of your batches are rendered only between these times."),
    WindowScope.MINE: _("Your waiting pictures are rendered only between these times."),
    WindowScope.BATCHES: _("Waiting pictures of everybody's batches are rendered only between these times."),
    WindowScope.EVERYTHING: _("Everybody's waiting pictures are rendered only between these times."),
}
_OUTCOMES = {
    SlotOutcome.SERVED: _("done {moment}"),
    SlotOutcome.LATE: _("done late, due {moment}"),
    SlotOutcome.MISSED: _("missed {moment}"),
    SlotOutcome.REFUSED: _("could not start {moment}"),
    SlotOutcome.NOTHING: _("nothing to do {moment}"),
}
_ALT_SHOWN = 1024


def draft(entry: RotaEntry, moments: Sequence[tuple[float, float | None]]) -> str:
    """What was understood, with the next moments before it counts; those of a window with its ends."""
    lines = [_("{name}, {when}. The next three moments would be:", name=called(entry), when=_when(entry))]
    lines += [f"• {_span(start, end)}" for start, end in moments]
    lines += [_OF[entry.scope]] if entry.kind is RotaKind.WINDOW else []
    lines += [_("This channel is told {time} before.", time=estimate.span(entry.lead))] if entry.lead else []
    return "\n".join([*lines, _("Nothing is scheduled before you press **Schedule it**.")])


def scheduled(entry: RotaEntry) -> str:
    return _(
        "Scheduled {name}, {when}. This channel is told each time. `/schedule list` shows the next one.",
        name=called(entry),
        when=_when(entry),
    )


def listed(entries: Sequence[tuple[RotaEntry, Slot | None]]) -> str:
    """The entries as they come, each with what became of its last moment."""
    return "\n".join(_line(entry, last) for entry, last in entries) or NOTHING


def suggestion(entry: RotaEntry) -> str:
    """One entry in a list to pick from, in plain letters."""
    kind = entry.name if entry.kind is RotaKind.BATCH else entry.kind.value
    return f"{entry.words} · {kind}"


def paused(entry: RotaEntry) -> str:
    freed = _(" What waited for it may begin at any time now.") if entry.kind is RotaKind.WINDOW else ""
    return _(
        "Paused {name}. Its moments pass without it until `/schedule resume`.{freed}", name=called(entry), freed=freed
    )


def paused_before(entry: RotaEntry) -> str:
    return _("{name} is paused already. `/schedule resume` has it go on.", name=called(entry))


def resumed(entry: RotaEntry) -> str:
    return _("{name} goes on from now. What was due meanwhile is not made up for.", name=called(entry))


def not_paused(entry: RotaEntry) -> str:
    return _("{name} is not paused. `/schedule list` shows when it is due next.", name=called(entry))


def runs_now(entry: RotaEntry) -> str:
    return _(
        "{name} is done now, besides its own moments. <#{channel}> is told.", name=called(entry), channel=entry.channel
    )


def runs_already(entry: RotaEntry) -> str:
    return _("{name} is being done at this moment. <#{channel}> is told.", name=called(entry), channel=entry.channel)


def removed(entry: RotaEntry) -> str:
    return _("Removed {name} from the schedule. Pictures it already asked for are still rendered.", name=called(entry))


def best(slugs: Sequence[str]) -> str:
    """What a best-of sheet shows, for who cannot see it."""
    named = ", ".join(f"{number}: {slug}" for number, slug in enumerate(slugs, 1))
    return _("The best of them. {named}", named=named)[:_ALT_SHOWN]


def _line(entry: RotaEntry, last: Slot | None) -> str:
    told = _("• {name}, {when}, {next}", name=called(entry), when=_when(entry), next=_next(entry))
    return told if last is None else f"{told}; {_OUTCOMES[last.outcome].format(moment=_moment(last.at))}"


def _next(entry: RotaEntry) -> str:
    if entry.paused_at is not None:
        return _("paused")
    if entry.open and entry.closes_at is not None:
        return _("open until {moment}", moment=_moment(entry.closes_at))
    return _("next is being worked out") if entry.next_at is None else _("next {moment}", moment=_moment(entry.next_at))


def _when(entry: RotaEntry) -> str:
    """The words in which it was said; where they tell what it is, not once more."""
    if entry.kind is RotaKind.BATCH:
        return f"{harmless(entry.words)} ({entry.zone})"
    return entry.zone if entry.kind is not RotaKind.WINDOW else f"{entry.zone}, {SCOPES[entry.scope]}"


def _span(start: float, end: float | None) -> str:
    return _moment(start) if end is None else _("{start} to {end}", start=_moment(start), end=_moment(end))


def _moment(at: float) -> str:
    return f"<t:{int(at)}:F>"
