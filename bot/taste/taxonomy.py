"""What people complain about, and the phrases that answer it: reasons with their keywords, emojis and wordings.

A phrase is positive because many models have no negative prompt. Phrases of one axis exclude one another: a picture is
bright or dark, has more trees or few.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.taste.wording import clean

_AMOUNT = re.compile(r"(more|little|few) (.+)")


def _plain(phrase: str) -> str:
    if phrase != clean(phrase):
        raise ValueError(f"would stand in a prompt as “{clean(phrase)}”: write it so")
    return phrase


def _lowered(keyword: str) -> str:
    lowered = " ".join(keyword.casefold().split())
    if not lowered:
        raise ValueError("a keyword is empty")
    return lowered


def _bare(emoji: str) -> str:
    return emoji.replace("\ufe0f", "")


Phrase = Annotated[str, AfterValidator(_plain)]
Emoji = Annotated[str, AfterValidator(_bare)]
"""As reactions are kept: without the variation selector that some keyboards send."""
Keyword = Annotated[str, AfterValidator(_lowered)]


class Complaint(BaseModel):
    """What people say of one thing, and what is asked of the next picture; `negative` is what it should not be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keywords: tuple[Keyword, ...] = ()
    positive: Phrase = ""
    negative: Phrase = ""
    axis: str = Field(default="", max_length=40)


class Reason(Complaint):
    """An entry of the taxonomy: it answers by itself, its `complaints` answer more exactly. `emoji` is a rejection."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    name: str = Field(min_length=1, max_length=40)
    emoji: Emoji = Field(default="", max_length=64)
    complaints: tuple[Complaint, ...] = ()

    def all(self) -> Iterator[Complaint]:
        yield self
        yield from self.complaints


@dataclass(frozen=True)
class Taxonomy:
    """Reasons in their order; `axes` are further phrases that exclude one another, by the axis."""

    reasons: tuple[Reason, ...]
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def emojis(self) -> Mapping[str, Reason]:
        return {reason.emoji: reason for reason in self.reasons if reason.emoji}

    def has(self, keyword: str) -> bool:
        return keyword in self._keywords

    def filed(self, part: str) -> tuple[Reason, Complaint] | None:
        """Where these words belong, by the longest keyword in them: "too far right" says more than "too far"."""
        found = self._spoken.findall(part.casefold())
        return self._keywords[max(found, key=lambda one: (len(one), one))] if found else None

    def rivals(self, phrase: str) -> frozenset[str]:
        """The phrases that can never stand beside this one."""
        own = phrase.casefold()
        if (amount := _AMOUNT.fullmatch(own)) is not None:
            return frozenset(f"{much} {amount[2]}" for much in ("more", "little", "few") if much != amount[1])
        axis = self._axes.get(own)
        return frozenset(other for other, its in self._axes.items() if its == axis and other != own)

    def negative(self, phrase: str) -> str:
        """What the taxonomy puts against this phrase, if it is one of its own."""
        complaints = (complaint for reason in self.reasons for complaint in reason.all())
        return next((one.negative for one in complaints if one.positive.casefold() == phrase.casefold()), "")

    @cached_property
    def _keywords(self) -> Mapping[str, tuple[Reason, Complaint]]:
        return {word: (reason, one) for reason in self.reasons for one in reason.all() for word in one.keywords}

    @cached_property
    def _spoken(self) -> re.Pattern[str]:
        words = sorted(self._keywords, key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words)) or '(?!)'})(?!\w)")

    @cached_property
    def _axes(self) -> Mapping[str, str]:
        of_complaints = {
            one.positive.casefold(): one.axis for reason in self.reasons for one in reason.all() if one.axis
        }
        return of_complaints | {phrase.casefold(): axis for axis, them in self.axes.items() for phrase in them}
