"""On what terms somebody asks in a place: what chat knows of them, handed along with the ask."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import NotAgeRestricted, Refusal, UnwantedWords
from bot.people.quota import UNLIMITED, Allowance
from bot.people.words import Words

_NONE = Words()


@dataclass(frozen=True, slots=True)
class Terms:
    """How much may be asked for, which words are drawn nowhere, and which are not drawn in this place."""

    allowance: Allowance = UNLIMITED
    unwanted: Words = _NONE
    restricted: Words = _NONE

    def refusal(self, texts: Mapping[str, str]) -> Refusal | None:
        """Whether words of these texts, by what they are, are refused; which word it is is not told."""
        for where, text in texts.items():
            if self.unwanted.found(text):
                return UnwantedWords(where=where)
            if self.restricted.found(text):
                return NotAgeRestricted(where=where)
        return None


FREE = Terms()
