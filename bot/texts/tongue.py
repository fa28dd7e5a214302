"""The language of all that people read, chosen once when the program starts, as gettext does it.

`DARKROOM_LANGUAGE` names it (`de`, or several with colons between, the preferred one first); without it, and where a
text is not translated, it is English. Catalogues are `LANGUAGE/LC_MESSAGES/darkroom.mo` in `locale` beside this file,
or in the folder that `DARKROOM_LOCALES` names; docs/translating.md tells how one is made.
"""

import os
from gettext import translation
from pathlib import Path

DOMAIN = "darkroom"
HERE = Path(__file__).parent / "locale"

_catalogue = translation(
    DOMAIN,
    os.environ.get("DARKROOM_LOCALES") or HERE,
    languages=[name for name in os.environ.get("DARKROOM_LANGUAGE", "").split(":") if name] or ["en"],
    fallback=True,
)


def _(text: str, /, **facts: object) -> str:
    """The text in that language, with the facts in the places that it names; without facts, braces stay as they are."""
    said = _catalogue.gettext(text)
    return said.format(**facts) if facts else said


def counted(one: str, many: str, count: int, /, **facts: object) -> str:
    """The form that this language has for so many; `{count}` is the number."""
    return _catalogue.ngettext(one, many, count).format(count=count, **facts)
