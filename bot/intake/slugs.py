"""Slugs: names that live on in file names, columns and commands, so that only plain ones are taken."""

import hashlib
import re
import unicodedata

from bot.errors import BadSlug

LONGEST = 64

_SLUG = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{LONGEST - 1}}}")
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))]
)
_WORDS_TAKEN = 5
_ARTICLES = frozenset(("a", "an", "the"))


def checked(slug: str) -> str:
    """The slug as it is. Raises BadSlug, also for the names that Windows keeps for its devices."""
    if not _SLUG.fullmatch(slug) or slug in _DEVICES:
        raise BadSlug(slug=slug)
    return slug


def derived(prompt: str) -> str:
    """A slug for a prompt that came without one: its first words and a short digest, so that the same prompt always
    meets its own earlier verdicts, and two prompts that begin alike do not share them."""
    plain = unicodedata.normalize("NFKD", prompt).encode("ascii", "ignore").decode().lower()
    words = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in _ARTICLES][:_WORDS_TAKEN]
    digest = hashlib.sha256(" ".join(prompt.casefold().split()).encode()).hexdigest()[:6]
    return f"{'-'.join(words)[: LONGEST - 7].strip('-') or 'picture'}-{digest}"
