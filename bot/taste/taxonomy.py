"""What people complain about, and the positive phrase that answers it.

A phrase is positive because many models have no negative prompt. Phrases with the same `axis` exclude one another: a
picture is bright or dark. Words that are already a phrase ("on the left", "make it blue") pass as themselves.
"""

import re
from dataclasses import dataclass

from bot.taste.wording import clean

MOST_PHRASES = 5
"""Phrases taken from what one person wrote about one picture."""

_LOOKED_AT = 2000  # characters of it that are read


@dataclass(frozen=True, slots=True)
class Reason:
    """`name` is the entry of the taxonomy, `keywords` what people say, `phrase` what goes into a prompt."""

    name: str
    keywords: tuple[str, ...]
    phrase: str
    axis: str = ""


REASONS = (
    Reason("light", ("too dark", "gloomy", "murky", "underexposed", "brighter"), "bright", "light"),
    Reason("light", ("too bright", "too light", "overexposed", "glaring", "washed out", "darker"), "dark", "light"),
    Reason("time", ("not night", "no night"), "by day", "time"),
    Reason("time", ("not day", "not daytime"), "at night", "time"),
    Reason("size", ("too small", "too tiny", "too far", "bigger", "larger"), "big", "size"),
    Reason("size", ("too big", "too large", "too huge", "too close", "smaller"), "small", "size"),
    Reason("place", ("too far right", "too far to the right"), "on the left", "place"),
    Reason("place", ("too far left", "too far to the left"), "on the right", "place"),
    Reason("place", ("off centre", "off center", "not centred", "not centered"), "centered", "place"),
    Reason("composition", ("cluttered", "too busy", "messy", "crowded", "too much"), "simple composition", "amount"),
    Reason("composition", ("boring", "too empty", "too plain", "bland"), "rich in detail", "amount"),
    Reason(
        "colour", ("dull colours", "dull colors", "dull", "too grey", "too gray", "too pale"), "vivid colors", "colour"
    ),
    Reason("colour", ("too colourful", "too colorful", "garish", "oversaturated"), "muted colors", "colour"),
    Reason("focus", ("blurry", "blurred", "out of focus", "too soft", "unsharp"), "sharp focus", "focus"),
    Reason("anatomy", ("hands", "fingers", "anatomy", "extra limbs", "deformed"), "natural anatomy"),
    Reason("lettering", ("misspelled", "misspelt", "spelling", "illegible", "lettering"), "clear lettering"),
)

_AXES = {reason.phrase: reason.axis for reason in REASONS if reason.axis} | {
    "at night": "time",
    "by day": "time",
    "at sunset": "time",
    "in the evening": "time",
    "under the stars": "time",
    "on the left": "place",
    "on the right": "place",
    "in the middle": "place",
}
_BETWEEN = re.compile(r"[,;.!?\n\r]|\s[-–—]\s|\b(?:and|but)\b", re.IGNORECASE)
_WISH = re.compile(
    r"^(?:please |i want |make it |make them |(?:it )?(?:should|must|needs to) be |rather )+", re.IGNORECASE
)
_OWN_PHRASE = re.compile(
    r"^(?:at|in|on|by|with|over|under|above|below|against|near|behind|beside|from|among|around|more)\s+\S",
    re.IGNORECASE,
)
_NOT_A_WISH = re.compile(r"\b(?:not|no|never|without|less|too|don'?t|isn'?t|wrong)\b", re.IGNORECASE)


def rivals(phrase: str) -> frozenset[str]:
    """The phrases that can never stand beside this one."""
    own = phrase.casefold()
    about = _AXES.get(own)
    return frozenset(other for other, its in _AXES.items() if its == about and other != own)


def phrases(words: str) -> tuple[str, ...]:
    """The phrases in what a person wrote, in its order, each once; complaints nobody can phrase give none."""
    found: dict[str, None] = {}
    for part in _BETWEEN.split(words[:_LOOKED_AT]):
        if phrase := _phrase(clean(part)):
            found.setdefault(phrase)
    return tuple(found)[:MOST_PHRASES]


def _phrase(part: str) -> str:
    answers = [
        (len(keyword), reason.phrase) for reason in REASONS for keyword in reason.keywords if _says(part, keyword)
    ]
    if answers:
        return max(answers)[1]  # "too far right" says more than "too far"
    wish = _WISH.sub("", part)
    if _NOT_A_WISH.search(wish):
        return ""
    return wish if wish != part or _OWN_PHRASE.match(wish) else ""


def _says(part: str, keyword: str) -> bool:
    return re.search(rf"(?<!\w){keyword}(?!\w)", part.casefold()) is not None
