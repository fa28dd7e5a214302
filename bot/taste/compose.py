"""Prompt and cues → the prompt that is rendered. The person's own words come first and always win."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.nouns import Cue, Job
from bot.taste.cues import acts
from bot.taste.taxonomy import Taxonomy
from bot.taste.wording import clean, holds

_TOKENS = re.compile(r"[a-z]+|\d|[^\sa-z\d]", re.IGNORECASE)
_LETTERS_OF_A_TOKEN = 6
_ENDS = 2  # what a tokenizer sets before and behind


@dataclass(frozen=True, slots=True)
class Reader:
    """How the model reads: characters and tokens of a prompt (0 for tokens nobody knows), whether a negative acts."""

    characters: int
    tokens: int = 0
    negative_acts: bool = False

    def takes(self, text: str) -> bool:
        return len(text) <= self.characters and (not self.tokens or estimated(text) <= self.tokens)


@dataclass(frozen=True, slots=True)
class Composed:
    """`cues` are those that were woven in, in the order they stand in the prompt; their `negative` where it was."""

    prompt: str
    negative: str
    cues: tuple[Cue, ...] = ()


def compose(prompt: str, negative: str, cues: Sequence[Cue], reader: Reader, taxonomy: Taxonomy) -> Composed:
    """The prompt with the phrases of the acting cues behind it, as long as the model reads them.

    Left out: a phrase the prompt has already, one that contradicts it or an earlier cue, one that does not fit. What a
    cue is against goes to the negative prompt where that acts. Without a cue to add, both come back letter for letter.
    """
    text, against, woven, opposed = prompt, negative, list[Cue](), list[str]()
    for cue in cues:
        phrase = clean(cue.phrase)
        if not acts(cue) or cue.against or not phrase or _settled(text, (negative, *opposed), phrase, taxonomy):
            continue
        longer = f"{text.rstrip(' ,')}, {phrase}"
        if not reader.takes(longer):
            continue
        text = longer
        kept_out = clean(cue.negative) if reader.negative_acts else ""
        if (
            not kept_out
            or holds(text, kept_out)
            or holds(against, kept_out)
            or not reader.takes(_with(against, kept_out))
        ):
            kept_out = ""
        else:
            against = _with(against, kept_out)
        opposed.append(clean(cue.negative))
        woven.append(replace(cue, phrase=phrase, negative=kept_out))
    return Composed(text, against, tuple(woven))


def asked_negative(job: Job) -> str:
    """The negative prompt as the person wrote it, without what the style and the cues put behind it."""
    asked = job.negative
    for added in [*(cue.negative for cue in reversed(job.cues)), job.style_negative]:
        if added:
            asked = "" if asked == added else asked.removesuffix(f", {added}")
    return asked


def estimated(text: str) -> int:
    """About how many tokens a tokenizer makes of this text, rather too many."""
    return _ENDS + sum(_weight(piece) for piece in _TOKENS.findall(text))


def _weight(piece: str) -> int:
    if piece.isascii():
        return 1 + (len(piece) - 1) // _LETTERS_OF_A_TOKEN
    return 2


def _with(negative: str, phrase: str) -> str:
    return f"{negative}, {phrase}" if negative else phrase


def _settled(text: str, unwanted: Sequence[str], phrase: str, taxonomy: Taxonomy) -> bool:
    """Do these words, and what the person or an earlier cue wants left out, say already whether the phrase applies?"""
    if any(out and (holds(out, phrase) or holds(phrase, out)) for out in unwanted):
        return True
    return holds(text, phrase) or any(holds(text, rival) for rival in taxonomy.rivals(phrase))
