"""Why a picture's prompt is as it is: where each of its words comes from."""

from collections.abc import Mapping, Sequence

from bot.nouns import Cue, Job
from bot.texts.card import asked_by
from bot.texts.cues import reach, source
from bot.texts.failures import harmless

NO_PICTURE = (
    "That is no picture of mine. Give the link of its message (right click, *Copy Message Link*), or leave it out for "
    "the newest picture in this channel."
)
_SHOWN = 500  # characters of the person's own words
LINKS = 3
"""Pictures and people named for each cue, the latest."""


def why(job: Job, negative: str, dropped: str, links: Mapping[int, str]) -> str:
    """`negative` is what the person wanted left out, `dropped` what the model did not read of the prompt's end.

    `links` lead to the messages on which cues were learned, as far as they still stand.
    """
    lines = [
        f"**{job.slug}**, seed {job.seed}, {harmless(job.model)}",
        f"{asked_by(job.asker)}: {_quoted(job.asked)}",
    ]
    lines += [f"wanted left out: {_quoted(negative)}"] if negative else []
    lines += [_style(job)] if job.style else []
    lines += [line for cue in job.cues for line in _cue(cue, links)] or ["No cue was added."]
    lines += [f"not read by the model, because the prompt was too long for it: {_quoted(dropped)}"] if dropped else []
    return "\n".join(lines)


def _style(job: Job) -> str:
    kept_out = f", and **{harmless(job.style_negative)}** in the negative prompt" if job.style_negative else ""
    return f"in the style **{job.style}**, whose words stand around those{kept_out}"


def _cue(cue: Cue, links: Mapping[int, str]) -> Sequence[str]:
    """Its line, and one for what it keeps out."""
    people = " ".join(f"<@{person}>" for person in cue.by[:LINKS] if person)
    origin = " ".join(links[message] for message in cue.origin[-LINKS:] if message in links)
    told = ", ".join(filter(None, (f"for {reach(cue)}", source(cue), people, origin)))
    kept_out = [f"− **{harmless(cue.negative)}** in the negative prompt, with it"] if cue.negative else []
    return [f"+ **{harmless(cue.phrase)}** {told}", *kept_out]


def _quoted(text: str) -> str:
    shown = harmless(text[:_SHOWN])
    return f"“{shown}…”" if len(text) > _SHOWN else f"“{shown}”"
