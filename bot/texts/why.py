"""Why a picture's prompt is as it is: where each of its words comes from."""

from collections.abc import Mapping, Sequence

from bot.nouns import Cue, Job
from bot.texts.card import asked_by
from bot.texts.cues import reach, source
from bot.texts.failures import harmless
from bot.texts.routing import taken
from bot.texts.tongue import _

NO_PICTURE = _(
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
        _("**{slug}**, seed {seed}, {model}", slug=job.slug, seed=job.seed, model=harmless(job.model)),
        f"{asked_by(job.asker)}: {_quoted(job.asked)}",
    ]
    lines += [_("wanted left out: {negative}", negative=_quoted(negative))] if negative else []
    lines += [_style(job)] if job.style else []
    lines += [taken(job)] if job.routed else []
    lines += [line for cue in job.cues for line in _cue(cue, links)] or [_("No cue was added.")]
    lines += (
        [_("not read by the model, because the prompt was too long for it: {dropped}", dropped=_quoted(dropped))]
        if dropped
        else []
    )
    return "\n".join(lines)


def _style(job: Job) -> str:
    kept_out = (
        _(", and **{style_negative}** in the negative prompt", style_negative=harmless(job.style_negative))
        if job.style_negative
        else ""
    )
    return _("in the style **{style}**, whose words stand around those{kept_out}", style=job.style, kept_out=kept_out)


def _cue(cue: Cue, links: Mapping[int, str]) -> Sequence[str]:
    """Its line, and one for what it keeps out."""
    people = " ".join(f"<@{person}>" for person in cue.by[:LINKS] if person)
    shown = [links[message] for message in cue.origin[-LINKS:] if message in links]
    origin = " ".join(_("[its post]({link})", link=link) for link in shown)
    told = ", ".join(filter(None, (_("for {reach}", reach=reach(cue)), source(cue), people, origin)))
    kept_out = (
        [_("− **{negative}** in the negative prompt, with it", negative=harmless(cue.negative))] if cue.negative else []
    )
    return [f"+ **{harmless(cue.phrase)}** {told}", *kept_out]


def _quoted(text: str) -> str:
    shown = harmless(text[:_SHOWN])
    return f"“{shown}…”" if len(text) > _SHOWN else f"“{shown}”"
