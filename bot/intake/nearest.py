"""Which known names come nearest to one that nobody knows."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from heapq import nlargest

_CONSIDERED = 2000  # names; comparing more would hold the event loop


def nearest(wanted: str, names: Iterable[str], most: int) -> list[str]:
    """At most so many of the names, those that look most like the wanted one first; as given where they look alike."""
    plain = wanted.casefold()
    given = list(names)[:_CONSIDERED]
    likeness = {name: _likeness(plain, name.casefold()) for name in given}
    return nlargest(most, given, key=likeness.__getitem__)


def _likeness(wanted: str, name: str) -> float:
    """A name that holds what was typed comes before one that merely shares letters with it."""
    held = bool(wanted) and wanted in name
    return held + SequenceMatcher(None, wanted, name, autojunk=False).quick_ratio()
