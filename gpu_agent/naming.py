"""Names that come from files: other people's text, made fit to be shown and to be chosen by."""

import hashlib
import re
import unicodedata
from collections.abc import Collection

LONGEST_NAME = 64
_LONGEST_SLUG = 48
_STRANGE = re.compile(r"[^a-z0-9]+")
# What could call people, link or change the look of a message.
_ACTS = str.maketrans(dict.fromkeys("@<>`*|~[]{}\\", " "))


def clean(text: str, longest: int = LONGEST_NAME) -> str:
    """One line without control characters, mentions and marks, at most `longest` characters."""
    kept = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text[: 8 * longest])
    return " ".join(kept.translate(_ACTS).split())[:longest].rstrip()


def slug(text: str) -> str:
    """The name in small Latin letters, digits and dashes; one that has none of them is told by its digest."""
    apart = unicodedata.normalize("NFKD", text[:1024]).casefold()
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    found = _STRANGE.sub("-", plain).strip("-")[:_LONGEST_SLUG].rstrip("-")
    return found or f"file-{_digest(text)}"


def unique(wanted: str, taken: Collection[str], place: str) -> str:
    """`wanted`, or where that is taken the same with a mark of the file's place, so that it stays the next time."""
    if wanted not in taken:
        return wanted
    return f"{wanted}-{_digest(place)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
