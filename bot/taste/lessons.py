"""What one judgement teaches: its words and emojis, filed under the reasons of the taxonomy.

Words that are already a phrase ("on the left", "make it blue") pass as themselves; others that fit no reason teach
nothing and are listed, so that somebody can give them a reason.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.taste.taxonomy import Taxonomy
from bot.taste.wording import clean

MOST = 5
"""Lessons from what one person said about one picture."""

_LOOKED_AT = 2000  # characters of it that are read

_BETWEEN = re.compile(r"[,;.!?\n\r]|\s[-–—]\s|\b(?:and|but)\b", re.IGNORECASE)
_WISH = re.compile(
    r"^(?:please |i want |make it |make them |(?:it )?(?:should|must|needs to) be |rather )+", re.IGNORECASE
)
_OWN_PHRASE = re.compile(
    r"^(?:at|in|on|by|with|over|under|above|below|against|near|behind|beside|from|among|around|more)\s+\S",
    re.IGNORECASE,
)
_LESS = re.compile(r"(less|fewer)\s+(\S.*)", re.IGNORECASE)
_NOT_A_WISH = re.compile(r"\b(?:not|no|never|without|less|too|don'?t|isn'?t|wrong)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lesson:
    """`phrase` is asked of the next picture, `negative` kept out of it; without a `reason` they are free words."""

    phrase: str
    negative: str = ""
    reason: str = ""


def lessons(taxonomy: Taxonomy, words: str, emojis: Sequence[str] = ()) -> tuple[Lesson, ...]:
    """Each phrase once, those of the words first, in their order; an emoji adds nothing to words about its reason."""
    found: dict[str, Lesson] = {}
    for part in _parts(words):
        if (lesson := _lesson(taxonomy, part)) is not None and lesson.phrase:
            found.setdefault(lesson.phrase.casefold(), lesson)
    about = {lesson.reason for lesson in found.values()}
    for emoji in sorted(emojis):
        reason = taxonomy.emojis.get(emoji)
        if reason is not None and reason.positive and reason.id not in about:
            found.setdefault(reason.positive.casefold(), Lesson(reason.positive, reason.negative, reason.id))
    return tuple(found.values())[:MOST]


def unfiled(taxonomy: Taxonomy, words: str) -> tuple[str, ...]:
    """The parts that fit no reason, cleaned, each once."""
    return tuple(dict.fromkeys(part.casefold() for part in _parts(words) if taxonomy.filed(part) is None))


def _parts(words: str) -> Iterator[str]:
    for part in _BETWEEN.split(words[:_LOOKED_AT]):
        if cleaned := clean(part):
            yield cleaned


def _lesson(taxonomy: Taxonomy, part: str) -> Lesson | None:
    filed = taxonomy.filed(part)
    if filed is not None:
        reason, complaint = filed
        return Lesson(complaint.positive, complaint.negative, reason.id)
    wish = _WISH.sub("", part)
    if (less := _LESS.fullmatch(wish)) is not None and not _NOT_A_WISH.search(less[2]):
        return Lesson(f"{'few' if less[1].casefold() == 'fewer' else 'little'} {less[2]}", negative=less[2])
    if _NOT_A_WISH.search(wish):
        return None
    return Lesson(wish) if wish != part or _OWN_PHRASE.match(wish) else None
