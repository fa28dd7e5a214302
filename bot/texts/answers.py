"""The private sentences that answer commands; words that people chose are made harmless here."""

from collections.abc import Sequence

from bot.nouns import Job
from bot.texts.cues import named, source
from bot.texts.evidence import PAIRED
from bot.texts.failures import harmless
from bot.texts.tongue import _, counted

_LONGEST = 2000  # characters of a message
_SEEDS_SHOWN = 8
_NAME_SHOWN = 80

PAGE_REFUSED = _("Discord did not take this answer. Ask for it once more; nothing else was lost.")
OUTDATED = _(
    "This command has changed since Discord showed it to you. Reload Discord (Ctrl+R, or reopen the app), try again."
)


def fit(text: str) -> str:
    """At most as long as a message may be, cut at the end of a line where there is one."""
    if len(text) <= _LONGEST:
        return text
    cut = text[: _LONGEST - 2]
    return (cut[: cut.rfind("\n")] if "\n" in cut else cut) + "\n…"


def accepted(jobs: Sequence[Job], model: str, *, pair: bool = False) -> str:
    """What was accepted, and what verdicts added to the prompt; of a pair only that it is one."""
    first = jobs[0]
    settings = f"{harmless(model)}, {first.width}×{first.height}, {seeds(jobs)}"
    line = _(
        "Accepted {pictures} of **{slug}**: {settings}. The card below shows progress.",
        pictures=pictures(len(jobs)),
        slug=first.slug,
        settings=settings,
    )
    return "\n".join([line, *([PAIRED] if pair else learned(first))])


def seeds(jobs: Sequence[Job]) -> str:
    shown = ", ".join(str(job.seed) for job in jobs[:_SEEDS_SHOWN])
    rest = _(" and {count} more", count=len(jobs) - _SEEDS_SHOWN) if len(jobs) > _SEEDS_SHOWN else ""
    return counted("seed {shown}", "seeds {shown}", len(jobs), shown=shown) + rest


def learned(job: Job) -> list[str]:
    if not job.cues:
        return []
    return [_("From earlier verdicts: ") + ", ".join(f"+ {named(cue)}, {source(cue)}" for cue in job.cues)]


def batch_accepted(count: int, name: str) -> str:
    return _(
        "Accepted {pictures} of {name}. The card below shows their progress.",
        pictures=pictures(count),
        name=_name(name),
    )


def file_gone() -> str:
    return _("Discord did not hand the file out. Attach it once more.")


def unexpected(reference: str) -> str:
    return _(
        "Something went wrong inside the bot, and it was written to its log as `{reference}`. Try again "
        "in a moment; if it happens once more, give that reference to whoever runs the bot.",
        reference=reference,
    )


def pictures(count: int) -> str:
    return counted("{count} picture", "{count} pictures", count)


def _name(file: str) -> str:
    return harmless(file[:_NAME_SHOWN])
