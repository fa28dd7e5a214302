"""Verdicts as lines of text, read leniently: "red-fox: keep", "- **red-fox** #2 – reject: too dark, hands". Pure.

A review page names one picture exactly, by the end of its job's id: "red-fox@k3f9q: keep".

People write them in whatever they look at pictures with, so bullets, case, emphasis, dashes and quotes do not matter.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.nouns import Verdict

MOST_LINES = 1000
LONGEST_WORDS = 500
"""Characters of the reasons in one line that are kept."""

Trouble = str
"""Why a line cannot be read: "subject" or "verdict", as the texts know them."""

_LONGEST_LINE = 2000  # characters of it that are looked at
_WITHDRAW = "withdraw"
_MARKUP = dict.fromkeys([*map(ord, '*_`~"“”„\ufe0f\ufeff\u200b\u200e\u200f'), *range(0x202A, 0x202F)], "")
"""Emphasis and quotes, variation selectors, and what turns the direction of writing."""

_BULLET = re.compile(r"^(?:[-–—−•·‣▪◦>+|\s]|\[[ xX]?\]|\d{1,4}[.)](?=\s))+")
_DASHES = r"\-‐‑‒–—−"
_SPLIT = rf"[\s:;,=|.→➔>{_DASHES}]"
_SUBJECT = re.compile(
    r"(?P<slug>[a-z0-9][a-z0-9-]{0,63})(?:\.(?:png|jpe?g|webp|mp4))?"
    r"(?:\s*[#№]\s*(?P<number>\d{1,4})|@(?P<end>[0-9a-z]{4,16}))?",
    re.IGNORECASE,
)
_EMOJI = re.compile(r"<a?:(\w+:\d+)>")


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says. `name` is a slug or a job's id, `number` which picture of it, or `end` how its job's id ends;
    without a verdict the person takes their earlier one back."""

    at: int
    name: str
    number: int | None
    verdict: Verdict | None
    words: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that says nothing that can be understood."""

    at: int
    text: str
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Words:
    """What stands for a verdict, the longest first."""

    means: Mapping[str, Verdict | None]

    def begins(self, text: str) -> tuple[Verdict | None, str] | None:
        """The verdict that this text begins with, and what stands behind it."""
        lowered = text.lower()
        for word in sorted(self.means, key=len, reverse=True):
            rest = text[len(word) :]
            if lowered.startswith(word) and not (word[-1].isalnum() and rest[:1].isalnum()):
                return self.means[word], rest
        return None


@cache
def _shipped() -> dict[str, Verdict | None]:
    table = tomllib.loads(files("bot.review").joinpath("pasted.toml").read_text(encoding="utf-8"))
    return {word: named(name) for name, words in table.items() for word in words}


def named(name: str) -> Verdict | None:
    """The verdict of this name in a table of words; None takes one back."""
    return None if name == _WITHDRAW else Verdict(name)


def plain(text: str) -> str:
    """Without emphasis and quotes; Discord's own emojis as name:id."""
    return _EMOJI.sub(r"\1", text).translate(_MARKUP)


def words(emojis: Mapping[str, Verdict]) -> Words:
    """The words that ship, with these emojis: a character without its variation selector, or name:id."""
    return Words(_shipped() | {emoji.lower().translate(_MARKUP): verdict for emoji, verdict in emojis.items()})


def read(text: str, known: Words) -> Iterator[Line | Unread]:
    """What each line says, by its number from 1. Empty lines, rules and fences are passed over."""
    for at, raw in enumerate(text.splitlines(), 1):
        line = _BULLET.sub("", plain(unicodedata.normalize("NFC", raw[:_LONGEST_LINE]))).strip()
        if any(letter.isalnum() for letter in line) or known.begins(line):
            yield _line(at, line, known) or Unread(at, raw[:_LONGEST_LINE].strip(), _trouble(line))


def _line(at: int, text: str, known: Words) -> Line | None:
    return _named_first(at, text, known) or _judged_first(at, text, known)


def _named_first(at: int, text: str, known: Words) -> Line | None:
    """“red-fox: keep”."""
    subject = _SUBJECT.match(text)
    if subject is None:
        return None
    rest = text[subject.end() :]
    found = known.begins(_after(rest))
    if found is None or (rest[0].isalnum() and _after(rest) == rest):  # a word that only begins like a name
        return None
    return _made(at, subject, *found)


def _judged_first(at: int, text: str, known: Words) -> Line | None:
    """“❌ red-fox, too dark”."""
    found = known.begins(text)
    subject = _SUBJECT.match(_after(found[1])) if found else None
    if found is None or subject is None:
        return None
    rest = subject.string[subject.end() :]
    if re.match(r"\s*\w", rest):  # words that go on are no name of a picture
        return None
    return _made(at, subject, found[0], rest)


def _after(text: str) -> str:
    return re.sub(rf"^{_SPLIT}+", "", text)


def _made(at: int, subject: re.Match[str], verdict: Verdict | None, rest: str) -> Line:
    number = int(subject["number"]) if subject["number"] else None
    said = _after(rest).strip(" ()[]|!?.")[:LONGEST_WORDS]
    end = (subject["end"] or "").lower()
    return Line(at, subject["slug"].lower().rstrip("-"), number, verdict, said, end)


def _trouble(text: str) -> Trouble:
    return "verdict" if _SUBJECT.match(text) else "subject"
