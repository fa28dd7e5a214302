"""In which order suggestions are shown. Pure."""

import re
from collections.abc import Iterable

Pair = tuple[str, str]
"""What is shown, and what stands for it."""


def ranked(typed: str, pairs: Iterable[Pair]) -> list[Pair]:
    """Those whose name or value holds what was typed: where one begins with it first, then where a word does, then the
    rest. Among equals the given order stays."""
    wanted = typed.strip().casefold()
    graded = [(_grade(wanted, f"{name}\n{value}".casefold()), name, value) for name, value in pairs]
    return [(name, value) for grade, name, value in sorted(graded, key=lambda one: one[0]) if grade < _NOT]


_NOT = 3


def _grade(wanted: str, text: str) -> int:
    if wanted not in text:
        return _NOT
    if any(line.startswith(wanted) for line in text.split("\n")):
        return 0
    return 1 if re.search(rf"(?<![^\W_]){re.escape(wanted)}", text) else 2
