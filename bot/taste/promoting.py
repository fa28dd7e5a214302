"""Words and reasons that people promoted, over the taxonomy of the files: a pure fold over what they did."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.nouns import ReasonEdit
from bot.taste.taxonomy import Reason, Taxonomy
from bot.taste.wording import clean

MOST = 20
"""Keywords of one promotion."""

_LONGEST = 40  # characters of a keyword
_BETWEEN = re.compile(r"[,;\n\r]")
_UNFIT = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class Promoted:
    """What stands of all that was promoted: new reasons by id, and the reason of each keyword."""

    reasons: dict[str, ReasonEdit] = field(default_factory=dict)
    keywords: dict[str, str] = field(default_factory=dict)


def keywords(words: str) -> tuple[str, ...]:
    """The keywords in what somebody typed, each once, as complaints are compared with them."""
    parts = (clean(part).casefold()[:_LONGEST].strip() for part in _BETWEEN.split(words))
    return tuple(dict.fromkeys(filter(None, parts)))[:MOST]


def reason_id(name: str) -> str:
    """The id of a reason of this name; empty when there is no letter or digit in it that an id may have."""
    return _UNFIT.sub("-", name.casefold()).strip("-")[:_LONGEST].strip("-")


def standing(edits: Iterable[ReasonEdit]) -> Promoted:
    """Edits count in their order; demoting a reason takes every keyword that was promoted to it along."""
    found = Promoted()
    for edit in edits:
        if edit.promoted:
            if edit.name:
                found.reasons[edit.reason] = edit
            found.keywords |= dict.fromkeys(edit.keywords, edit.reason)
        elif edit.keywords:
            found.keywords = {word: to for word, to in found.keywords.items() if word not in edit.keywords}
        else:
            found.reasons.pop(edit.reason, None)
            found.keywords = {word: to for word, to in found.keywords.items() if to != edit.reason}
    return found


def grown(taxonomy: Taxonomy, edits: Iterable[ReasonEdit]) -> Taxonomy:
    """The taxonomy with everything that stands promoted. What its files say of an id, an emoji or a keyword wins."""
    promoted = standing(edits)
    known = {reason.id: reason for reason in taxonomy.reasons}
    taken = set(taxonomy.emojis)
    for edit in promoted.reasons.values():
        if edit.reason not in known:
            known[edit.reason] = _reason(edit, taken)
    words = {word: to for word, to in promoted.keywords.items() if not taxonomy.has(word)}
    return replace(taxonomy, reasons=tuple(_with(reason, words) for reason in known.values()))


def _reason(edit: ReasonEdit, taken: set[str]) -> Reason:
    emoji = "" if edit.emoji in taken else edit.emoji
    taken.add(edit.emoji)
    return Reason(id=edit.reason, name=edit.name, emoji=emoji, positive=edit.positive, negative=edit.negative)


def _with(reason: Reason, words: Mapping[str, str]) -> Reason:
    more = tuple(word for word, to in words.items() if to == reason.id)
    return reason.model_copy(update={"keywords": (*reason.keywords, *more)}) if more else reason
