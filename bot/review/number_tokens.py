"""The tokens of an answer in numbers: verdicts, numbers and ranges, what all of them means, and reasons. Pure."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.nouns import Verdict
from bot.review import pasted

_DASHES = {ord(dash): "-" for dash in "‐‑‒–—−"}
_RANGE = re.compile(
    r"(?:#|№|no\.|nr\.)?\s*(\d{1,9})(?:\s*(?:-|\.\.\.?|…|to|through|bis)\s*(?:#|№)?\s*(\d{1,9}))?", re.I
)
_BRACKETS = re.compile(r"[(\[]([^()\[\]\n]*)[)\]]")
_WORDS = re.compile(r"[^\s,;:.()\[\]+&/]+")
# A reason ends with its line, at a semicolon, and where a list goes on: before a number, or a comma and a verdict.
_ENDS = re.compile(r"[;\n]|[,.]\s*(?:and\s+|und\s+)?(?=[#№]?\s*\d)")


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is verdict, numbers, reason, unknown, end (of a clause), pause (within it), all, none, rest or but.

    `text` is what was written; `first` and `last` are those of a range, the smaller one first.
    """

    kind: str
    text: str
    verdict: Verdict | None = None
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What each word stands for: a verdict (None takes one back), or the kind of its token."""

    verdicts: Mapping[str, Verdict | None]
    kinds: Mapping[str, str]

    def begins(self, text: str) -> tuple[Token, int] | None:
        """The longest word that this text begins with, and its length."""
        lowered = text.lower()
        known = sorted([*self.verdicts, *self.kinds], key=len, reverse=True)
        for word in known:
            if lowered.startswith(word) and not (word[-1].isalnum() and lowered[len(word) : len(word) + 1].isalnum()):
                return self._token(word), len(word)
        return None

    def _token(self, word: str) -> Token:
        if word in self.kinds:
            return Token(self.kinds[word], word)
        return Token("verdict", word, verdict=self.verdicts[word])


@cache
def _table() -> dict[str, list[str] | dict[str, list[str]]]:
    return tomllib.loads(files("bot.review").joinpath("numbers.toml").read_text(encoding="utf-8"))


def vocabulary(words: pasted.Words) -> Vocabulary:
    """The words that ship beside those for verdicts."""
    verdicts = dict(words.means)
    kinds: dict[str, str] = {}
    for name, found in _table().items():
        if isinstance(found, dict):
            verdicts |= {word: pasted.named(verdict) for verdict, more in found.items() for word in more}
        else:
            kinds |= dict.fromkeys(found, "pause" if name == "and" else name)
    return Vocabulary(verdicts, kinds)


def tokens(text: str, known: Vocabulary) -> Iterator[Token]:
    """What the text says, piece by piece; words without a meaning of their own are left out."""
    left = pasted.plain(unicodedata.normalize("NFC", text)).translate(_DASHES)
    numbered = False
    while left:
        token, length = _next(left, known, numbered=numbered)
        left = left[length:]
        if token is not None and token.kind != "nothing":
            numbered = token.kind == "numbers"
            yield token


def _next(left: str, known: Vocabulary, *, numbered: bool) -> tuple[Token | None, int]:
    """`numbered` says that numbers stand before: then a colon or dash begins a reason."""
    mark = left[0]
    if mark in ";\n":
        return Token("end", mark), 1
    if mark in ",.+&/":
        return Token("pause", mark), 1
    if found := _RANGE.match(left):
        ends = sorted(int(part) for part in found.groups() if part)
        return Token("numbers", found[0].strip(), first=ends[0], last=ends[-1]), found.end()
    if found := _BRACKETS.match(left):
        return Token("reason", found[1].strip()), found.end()
    if numbered and mark in ":=-" and (reason := _reason(left[1:], known)):
        return Token("reason", reason.strip()), 1 + len(reason)
    if mark.isspace() or mark in ":=-()[]":
        return None, 1
    return known.begins(left) or _unknown(left)


def _unknown(left: str) -> tuple[Token, int]:
    found = _WORDS.match(left)
    length = found.end() if found else 1
    return Token("unknown", left[:length]), length


def _reason(text: str, known: Vocabulary) -> str:
    """The free words that this text begins with; none where it begins with a number, or is a verdict: “3: reject”."""
    start = text.lstrip(" ")
    first = known.begins(start)
    alone = first is not None and first[0].kind == "verdict" and not _WORDS.match(start[first[1] :].lstrip(" "))
    if not start or start[0].isdigit() or start[0] in "#№\n" or alone:
        return ""
    end = _ENDS.search(text)
    return _before_verdict(text[: end.start()] if end else text, known)


def _before_verdict(text: str, known: Vocabulary) -> str:
    """A comma with a verdict and a number behind it ends a reason as well: “too dark, keep 7”."""
    for comma in re.finditer(r",\s*", text):
        found = known.begins(text[comma.end() :])
        if found and found[0].kind in ("verdict", "rest", "all"):
            return text[: comma.start()]
    return text
