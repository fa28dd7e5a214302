"""The fields of a hand-kept review, each read as leniently as it can be without guessing. Pure; all raise Unfit."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from bot.nouns import Verdict

_WORDS = 4000
_PROMPT = 8000
_SEEDS = 2**32
_MILLISECONDS = 1e11  # seconds of the year 5138
_LATEST = 4102444800.0  # 2100: what is later is no date of a review
_SIDES = (8, 8192)
_JOB = re.compile(r"[0-9a-z]{16}")
_PERSON = re.compile(r"[0-9]{1,19}")
_SAID = {
    Verdict.KEEP: {"keep", "kept", "keeper", "yes", "ok", "good", "approve", "approved", "accept", "accepted", "pass"}
    | {"true", "✅", "👍"},
    Verdict.REJECT: {"reject", "rejected", "no", "bad", "discard", "discarded", "decline", "declined", "fail", "failed"}
    | {"false", "❌", "👎"},
    Verdict.REROLL: {"reroll", "re-roll", "rerolled", "again", "retry", "redo", "🔁"},
}
_MEANS = {word: verdict for verdict, words in _SAID.items() for word in words}
_NOTHING_YET = {"pending", "todo", "open", "new", "unreviewed", "none", "queued", "rendered"}


class Unfit(Exception):
    """A field that cannot be taken: its name in the file, what is wrong, and its value, cut."""

    def __init__(self, field: str, kind: str, value: Any) -> None:
        super().__init__(f"{field}: {kind}")
        self.field, self.kind, self.value = field, kind, str(value)[:80]


def plain(text: str) -> str:
    """Lower case with hyphens: the way of slugs and of models' ids."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def verdict(name: str, value: Any) -> Verdict | None:
    """None while nothing was decided."""
    said = str(value).strip().casefold()
    if said in _NOTHING_YET:
        return None
    if said not in _MEANS:
        raise Unfit(name, "verdict", value)
    return _MEANS[said]


def words(name: str, value: Any) -> str:
    parts = value if isinstance(value, list) else [value]
    return _text(name, ", ".join(_text(name, part, _WORDS) for part in parts), _WORDS)


def at(name: str, value: Any) -> float:
    """UTC seconds of a date in ISO's form (without a zone it is UTC), or of seconds or milliseconds."""
    try:
        moment = float(value) if _is_number(value) else _iso(str(value))
    except (ValueError, OverflowError) as error:
        raise Unfit(name, "date", value) from error
    moment = moment / 1000 if moment > _MILLISECONDS else moment
    if not 0 < moment < _LATEST:
        raise Unfit(name, "date", value)
    return moment


def _iso(text: str) -> float:
    moment = datetime.fromisoformat(text.strip())
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _is_number(value: Any) -> bool:
    return (isinstance(value, int | float) and not isinstance(value, bool)) or (
        isinstance(value, str) and value.isdigit()
    )


def prompt(name: str, value: Any) -> str:
    return _text(name, value, _PROMPT)


asked = negative = prompt


def seed(name: str, value: Any) -> int | None:
    """None for one that stands for any, and for one that no model here takes."""
    number = _whole(name, value)
    return number if 0 <= number < _SEEDS else None


def model(name: str, value: Any) -> str:
    """As an id: “Z-Image Turbo” is z-image-turbo."""
    return plain(_text(name, value, 300))[:64]


def archetype(name: str, value: Any) -> str:
    return _text(name, value, 64)


def image(name: str, value: Any) -> str:
    return _text(name, value, 500)


def size(name: str, value: Any) -> tuple[int, int]:
    """Pixels, from “1344x768” or [1344, 768]."""
    sides = re.split(r"\s*[x×]\s*", value.strip().casefold()) if isinstance(value, str) else value
    if not isinstance(sides, list) or len(sides) != 2:
        raise Unfit(name, "size", value)
    return width(name, sides[0]), width(name, sides[1])


def width(name: str, value: Any) -> int:
    side = _whole(name, value)
    if not _SIDES[0] <= side <= _SIDES[1]:
        raise Unfit(name, "size", value)
    return side


height = width


def steps(name: str, value: Any) -> int:
    number = _whole(name, value)
    if not 1 <= number <= 200:
        raise Unfit(name, "steps", value)
    return number


def guidance(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise Unfit(name, "number", value) from error
    if not 0 <= number <= 50:
        raise Unfit(name, "number", value)
    return number


def person(name: str, value: Any) -> int | None:
    """Discord's id; a name is nobody the bot knows."""
    return int(str(value)) if _PERSON.fullmatch(str(value)) else None


def reactions(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Unfit(name, "reactions", value)
    return tuple(dict.fromkeys(_text(name, one, 64) for one in _strings(name, value)))


def job(name: str, value: Any) -> str:
    """Another program's numbers are none of ours."""
    return str(value) if _JOB.fullmatch(str(value)) else ""


def _strings(name: str, values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        if not isinstance(value, str) or not value:
            raise Unfit(name, "text", value)
        yield value


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,20}(\.0)?", str(value).strip()):
        raise Unfit(name, "number", value)
    return int(float(value)) if "." in str(value) else int(value)


def _text(name: str, value: Any, most: int) -> str:
    """Plain text; characters that no reader can show are an error rather than something to be found later."""
    if not isinstance(value, str):
        raise Unfit(name, "text", value)
    text = value.strip()
    if len(text) > most:
        raise Unfit(name, "long", text)
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Unfit(name, "characters", ascii(text))
    return text
