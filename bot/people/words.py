"""Word lists: a pattern a line, compared with whole words, whatever their case and accents.

A pattern is one word or several; `*` at its ends stands for any further letters: `paint*` is also painted. Everything
else in it means itself. `#` begins a comment.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from bot.errors import BadSettings
from bot.settings import PeopleTable

_WORD = re.compile(r"\w+")
_PATTERN = re.compile(r"\*?\w+\*?")
_INVISIBLE = {"Mn", "Cf"}  # accents that stand alone after folding, and characters that take no room

Word = tuple[bool, str, bool]
"""May more letters stand before it, the word, may more stand behind it."""


def folded(text: str) -> str:
    """Without case, accents and what cannot be seen; wide and ornate letters are plain ones."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(letter for letter in plain if unicodedata.category(letter) not in _INVISIBLE)


class Words:
    """Patterns to look for. Empty ones find nothing."""

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        self._loose: list[tuple[Word, ...]] = []
        self._exact: defaultdict[str, list[tuple[Word, ...]]] = defaultdict(list)
        for pattern in patterns:
            if not (words := _words(pattern)):
                continue
            before, first, behind = words[0]
            (self._loose if before or behind else self._exact[first]).append(words)

    def __bool__(self) -> bool:
        return bool(self._loose or self._exact)

    def found(self, text: str) -> bool:
        """Does any pattern stand in this text?"""
        if not self:
            return False
        text = folded(text).replace("_", " ")
        words = _WORD.findall(text)
        return any(
            _stands(pattern, words, at)
            for at, word in enumerate(words)
            for pattern in (*self._exact.get(word, ()), *self._loose)
        )


def read(name: str) -> Words:
    """The patterns of this file; none without a name. Raises BadSettings when it cannot be read."""
    if not name:
        return Words()
    path = Path(name).expanduser()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise BadSettings(place=str(path), fault=f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise BadSettings(place=str(path), fault="is not UTF-8 text") from error
    return Words(line.partition("#")[0] for line in lines)


def lists(table: PeopleTable) -> tuple[Words, Words]:
    """What is drawn nowhere, and what only where it is age-restricted. Raises BadSettings."""
    return read(table.words_file), read(table.nsfw_words_file)


def _words(pattern: str) -> tuple[Word, ...]:
    found = _PATTERN.findall(folded(pattern).replace("_", " "))
    return tuple((word.startswith("*"), word.strip("*"), word.endswith("*")) for word in found)


def _stands(pattern: tuple[Word, ...], words: list[str], at: int) -> bool:
    there = words[at : at + len(pattern)]
    return len(there) == len(pattern) and all(_fits(one, word) for one, word in zip(pattern, there, strict=True))


def _fits(one: Word, word: str) -> bool:
    before, text, behind = one
    if before and behind:
        return text in word
    if before:
        return word.endswith(text)
    return word.startswith(text) if behind else word == text
