"""Other people's words, made fit for a prompt that is shown to everybody: no mention, no link, no markup, no tricks."""

import re
import unicodedata

LONGEST_PHRASE = 80
"""Characters of one phrase."""

_MARKUP = dict.fromkeys(map(ord, '@<>*_~`|#[](){}\\^=;"“”'), " ")
_LINK = re.compile(r"\S*(?:://|www\.)\S*|\S+\.\w{2,}/\S*", re.IGNORECASE)
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, bidirectional marks, surrogates, unassigned, line ends


def clean(text: str) -> str:
    """One line of at most LONGEST_PHRASE plain characters, cut between words; cleaning twice changes nothing."""
    visible = "".join(" " if unicodedata.category(letter) in _UNSEEN else letter for letter in text)
    words = _LINK.sub(" ", visible.translate(_MARKUP)).split()
    line = " ".join(words).strip(" ,.:!?-–—'’/")
    while len(line) > LONGEST_PHRASE:
        line = line[: line.rfind(" ")] if " " in line else line[:LONGEST_PHRASE]
    return line.strip(" ,.:!?-–—'’/")


def holds(text: str, phrase: str) -> bool:
    """Does the text have this phrase already, as whole words, however it is capitalised?"""
    said, wanted = text.casefold(), phrase.casefold()
    # Looked for plainly first: most phrases are not there, and a pattern for each takes longer than all else.
    return wanted in said and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", said) is not None
