r"""Permutations: `a {red, blue} boat` is two prompts. Pure.

A brace without a comma stays as it is, and so does one around another. In a prompt that has a brace, `\{`, `\}`, `\,`
and `\\` stand for the character itself; any other prompt is left letter for letter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod

from bot.errors import Unclear

_NOTHING = "–"
"""How an alternative without words is told."""
_LETTER = r"\\[{},\\]|\\(?![{},\\])"  # a backslash with what it escapes, or one that escapes nothing
_PIECE = re.compile(rf"\\[{{}},\\]|\{{((?:{_LETTER}|[^{{}}\\])*)\}}|[^\\{{]+|.", re.DOTALL)
_COMMA = re.compile(rf"((?:{_LETTER}|[^,\\])*)(?:,|$)", re.DOTALL)
_LONGEST_LABEL = 80  # characters
_ESCAPED = re.compile(r"\\([{},\\])")


@dataclass(frozen=True, slots=True)
class Member:
    """One of the prompts; `label` is what stood in its braces."""

    prompt: str
    label: str


def count(prompt: str) -> int:
    """How many prompts the braces make, before any of them is made; 1 without permutations."""
    return prod(len(piece) for piece in _pieces(prompt))


def expand(prompt: str) -> list[Member]:
    """Every prompt once, the last brace changing fastest. `count` says first whether there are too many."""
    pieces = _pieces(prompt)
    members: dict[str, Member] = {}
    for chosen in product(*pieces):
        told = [word or _NOTHING for piece, word in zip(pieces, chosen, strict=True) if len(piece) > 1]
        text = "".join(chosen)
        members.setdefault(text, Member(text, _short(", ".join(told))))
    return list(members.values())


def single(prompt: str) -> str:
    """The one prompt this is. Raises Unclear for one with alternatives."""
    if count(prompt) > 1:
        raise Unclear("permutations-here", {})
    return expand(prompt)[0].prompt


def escaped(text: str) -> str:
    """A prompt that `expand` gives back as this text alone."""
    return re.sub(r"[{}\\]", lambda found: "\\" + found[0], text) if "{" in text else text


@lru_cache(16)
def _pieces(prompt: str) -> tuple[tuple[str, ...], ...]:
    """The prompt cut into what stays and what varies: each piece has one text, or several alternatives."""
    if "{" not in prompt:
        return ((prompt,),)
    return tuple(_alternatives(found) for found in _PIECE.finditer(prompt))


def _alternatives(found: re.Match[str]) -> tuple[str, ...]:
    inside = found[1]
    if inside is None:
        return (_plain(found[0]),)
    parts = list(_parts(inside))
    return tuple(parts) if len(parts) > 1 else (_plain(found[0]),)


def _parts(inside: str) -> Iterator[str]:
    """Between commas that are not escaped, without the spaces around."""
    end = 0
    while end <= len(inside):
        found = _COMMA.match(inside, end)
        assert found is not None
        yield _plain(found[1].strip())
        end = found.end() + (0 if found[0].endswith(",") and found.end() > found.end(1) else 1)


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)
