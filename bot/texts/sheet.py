"""What stands around a contact sheet, and what is answered to those who choose on it."""

from collections.abc import Iterable, Sequence

from bot.nouns import Group, Job, JobState, Verdict
from bot.texts.failures import harmless
from bot.texts.tongue import _

FAILED = _("failed")
CANCELLED = _("cancelled")
DELETED = _("deleted")
LOST = _("file missing")
CLIP = _("a clip")

TAKE_BACK = _("Take my choices back")

_PROMPT_SHOWN = 300
_LABEL_SHOWN = 60
_AXIS_SHOWN = 200
_OPTION_SHOWN = 100  # characters Discord takes as an option's label
_ALT_SHOWN = 1024
_LEGEND_SHOWN = 2800  # characters
_VERBS = {Verdict.KEEP: _("keep"), Verdict.REJECT: _("reject"), Verdict.REROLL: _("another wanted")}


def word(job: Job, *, gone: bool) -> str:
    """Why there is no picture; nothing when there is one."""
    if gone:
        return DELETED
    return {JobState.FAILED: FAILED, JobState.CANCELLED: CANCELLED}.get(job.state, "")


def label(job: Job) -> str:
    """What tells a picture from the others of its group, on one line."""
    return " ".join(job.label.split()) or _("seed {seed}", seed=job.seed)


def body(group: Group, jobs: Sequence[Job], axes: Sequence[Sequence[str]], lines: Iterable[str]) -> str:
    """`axes` are the headings of a grid's rows and columns, `lines` the legend."""
    head = [harmless(jobs[0].asked)[:_PROMPT_SHOWN]] if group is not Group.PROMPTS else []
    return "\n".join([*head, _kind(group, len(jobs), axes), *_fitting(lines), HOW])


HOW = _("Choose below what to keep and what to reject, or react under each picture. You can change it at any time.")


def _kind(group: Group, count: int, axes: Sequence[Sequence[str]]) -> str:
    match group:
        case Group.COMPARE:
            return _("The same prompt and seed with {count} models; the votes are those for keeping.", count=count)
        case Group.GRID if axes:
            named = zip((_("Rows"), _("Columns")), (", ".join(heads)[:_AXIS_SHOWN] for heads in axes), strict=True)
            return _("A grid. ") + " ".join(f"{side}: {harmless(heads)}." for side, heads in named)
        case Group.PROMPTS:
            return _("{count} prompts made from one.", count=count)
        case _:
            return _("{count} pictures of one prompt.", count=count)


def line(number: int, job: Job, *, missing: str, link: str, votes: int | None) -> str:
    """One picture of the legend; `votes` only where they are counted."""
    parts = [f"**{number}** · {harmless(label(job)[:_LABEL_SHOWN])}"]
    parts += [missing] if missing else []
    parts += [_("{votes} keep", votes=votes)] if votes is not None and not missing else []
    parts += [_("[its post]({link})", link=link)] if link else []
    return " · ".join(parts)


def _fitting(lines: Iterable[str]) -> list[str]:
    """As many lines as a message has room for."""
    shown, left, room = [], 0, _LEGEND_SHOWN
    for one in lines:
        room -= len(one) + 1
        if room >= 0:
            shown.append(one)
        else:
            left += 1
    return [*shown, _("… and {left} more on the sheet", left=left)] if left else shown


def alt(jobs: Sequence[Job]) -> str:
    told = "; ".join(f"{number} {label(job)}" for number, job in enumerate(jobs, 1))
    return _("Contact sheet of {count} pictures of “{asked}”: {told}", count=len(jobs), asked=jobs[0].asked, told=told)[
        :_ALT_SHOWN
    ]


def option(number: int, job: Job) -> str:
    return f"{number} · {label(job)}"[:_OPTION_SHOWN]


def placeholder(verdict: Verdict, first: int, last: int, *, several: bool) -> str:
    """Of a menu; which pictures it has is told where there are several menus."""
    told = _("Keep …") if verdict is Verdict.KEEP else _("Reject …")
    return f"{told} ({first}–{last})" if several else told


def further(first: int, last: int) -> str:
    """A button that opens the menus of these pictures."""
    return _("Judge {first}–{last}", first=first, last=last)


def recorded(chosen: dict[int, Verdict], counting: dict[int, Verdict]) -> str:
    """What this person's choices are now, by number, and where something stricter of theirs counts instead."""
    if not chosen:
        return _("Nothing is chosen on this sheet any more. Reactions under the pictures stay as they are.")
    parts = []
    for verdict in (Verdict.KEEP, Verdict.REJECT):
        numbers = [str(number) for number, one in sorted(chosen.items()) if one is verdict]
        parts += [f"{_VERBS[verdict]} {', '.join(numbers)}"] if numbers else []
    lines = [_("Recorded: {parts}.", parts="; ".join(parts))]
    for number, verdict in sorted(counting.items()):
        if number in chosen and chosen[number] is not verdict:
            lines.append(
                _(
                    "{number} counts as {verbs}, by your reaction or reason under the picture. Take that back there "
                    "if you changed your mind.",
                    number=number,
                    verbs=_VERBS[verdict],
                )
            )
    return "\n".join(lines)


def menus(first: int, last: int) -> str:
    """Above the menus that a button opened."""
    return _("Your choices for pictures {first} to {last}:", first=first, last=last)
