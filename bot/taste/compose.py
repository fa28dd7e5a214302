"""Prompt and cues → the prompt that is rendered. The person's own words come first and always win."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.nouns import Cue
from bot.taste import taxonomy
from bot.taste.wording import clean, holds


@dataclass(frozen=True, slots=True)
class Composed:
    """`cues` are those that were woven in, in the order they stand in the prompt."""

    prompt: str
    cues: tuple[Cue, ...] = ()


def compose(prompt: str, cues: Sequence[Cue], limit: int) -> Composed:
    """The prompt with the phrases of the cues behind it, never longer than `limit` characters because of them.

    Left out: a phrase the prompt has already, one that contradicts it or an earlier cue, one that does not fit.
    Without a cue to add, the prompt comes back letter for letter.
    """
    text, woven = prompt, []
    for cue in cues:
        phrase = clean(cue.phrase)
        if not phrase or _settled(text, phrase):
            continue
        longer = f"{text.rstrip(' ,')}, {phrase}"
        if len(longer) <= limit:
            text = longer
            woven.append(replace(cue, phrase=phrase))
    return Composed(text, tuple(woven))


def _settled(text: str, phrase: str) -> bool:
    """Do these words say already whether the phrase applies?"""
    return holds(text, phrase) or any(holds(text, rival) for rival in taxonomy.rivals(phrase))
