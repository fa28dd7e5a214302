"""The private sentences that answer commands; words that people chose are made harmless here."""

from collections.abc import Sequence

from bot.nouns import Job, RotaEntry
from bot.texts.cues import named, source
from bot.texts.failures import harmless

_LONGEST = 2000  # characters of a message
_SEEDS_SHOWN = 8
_NAME_SHOWN = 80

PAGE_REFUSED = "Discord did not take this answer. Ask for it once more; nothing else was lost."
OUTDATED = (
    "This command has changed since Discord showed it to you. Reload Discord (Ctrl+R, or reopen the app), try again."
)


def fit(text: str) -> str:
    """At most as long as a message may be, cut at the end of a line where there is one."""
    if len(text) <= _LONGEST:
        return text
    cut = text[: _LONGEST - 2]
    return (cut[: cut.rfind("\n")] if "\n" in cut else cut) + "\n…"


def accepted(jobs: Sequence[Job], model: str) -> str:
    """What was accepted, and what verdicts added to the prompt."""
    first = jobs[0]
    settings = f"{harmless(model)}, {first.width}×{first.height}, {seeds(jobs)}"
    line = f"Accepted {pictures(len(jobs))} of **{first.slug}**: {settings}. The card below shows progress."
    return "\n".join([line, *learned(first)])


def seeds(jobs: Sequence[Job]) -> str:
    shown = ", ".join(str(job.seed) for job in jobs[:_SEEDS_SHOWN])
    rest = f" and {len(jobs) - _SEEDS_SHOWN} more" if len(jobs) > _SEEDS_SHOWN else ""
    return f"{'seed' if len(jobs) == 1 else 'seeds'} {shown}{rest}"


def learned(job: Job) -> list[str]:
    if not job.cues:
        return []
    return ["From earlier verdicts: " + ", ".join(f"+ {named(cue)}, {source(cue)}" for cue in job.cues)]


def batch_accepted(count: int, name: str) -> str:
    return f"Accepted {pictures(count)} of {_name(name)}. The card below shows their progress."


def scheduled(entry: RotaEntry) -> str:
    when = f"**{harmless(entry.words)}** ({entry.zone})"
    return (
        f"Scheduled {_name(entry.name)}, {when}. This channel is told each time. `/schedule list` shows the next one."
    )


def rota(entries: Sequence[RotaEntry]) -> str:
    """`entries` soonest first."""
    if not entries:
        return "Nothing is scheduled. `/schedule batch` adds a batch that is rendered again and again."
    return "\n".join(_line(entry) for entry in entries)


def _line(entry: RotaEntry) -> str:
    return f"• {_name(entry.name)}, {harmless(entry.words)} ({entry.zone}), next {_moment(entry)}"


def _moment(entry: RotaEntry) -> str:
    return "is being worked out" if entry.next_at is None else f"<t:{int(entry.next_at)}:F>"


def removed(name: str) -> str:
    return f"Removed {_name(name)} from the schedule. Pictures it already asked for are still rendered."


def no_such_entry() -> str:
    return "There is no such entry in the schedule any more. `/schedule list` shows what there is."


def not_your_entry() -> str:
    return "Only the person who scheduled it, or somebody who administrates the bot, can remove it. Ask one of them."


def file_gone() -> str:
    return "Discord did not hand the file out. Attach it once more."


def unexpected(reference: str) -> str:
    return (
        f"Something went wrong inside the bot, and it was written to its log as `{reference}`. Try again in a moment; "
        "if it happens once more, give that reference to whoever runs the bot."
    )


def pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"


def _name(file: str) -> str:
    return harmless(file[:_NAME_SHOWN])
