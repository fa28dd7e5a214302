"""What is answered to verdicts by number: what was understood, what would change, and what cannot be read."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.nouns import Verdict
from bot.texts.failures import harmless
from bot.texts.review import numbers
from bot.texts.tongue import _, counted

TITLE = _("Verdicts in numbers")
HINT = _("all but 3, 7-9\nkeep 1-5, reject 6: too dark\nnone · the rest again")

_REASON_SHOWN = 40
_WORD_SHOWN = 40
_VERBS = {
    Verdict.KEEP: _("keep {numbers}"),
    Verdict.REJECT: _("reject {numbers}"),
    Verdict.REROLL: _("another wanted of {numbers}"),
    None: _("take back {numbers}"),
}
_FAULTS = {
    "word": _("“{about}” is not understood. Reasons stand behind a colon or in brackets."),
    "nothing": _("There is no number and no verdict in it."),
    "number": _("{about} is not on this sheet, which has {first} to {last}."),
    "picture": _("{about} has no picture on the sheet yet, or none any more."),
    "but": _("Behind “but” no number follows."),
    "numbers": _("Behind “{about}” no number follows."),
    "verdict": _("Nothing says what to do with {about}: write keep, reject or reroll beside it."),
    "none": _("“{about}” and “none” do not go together."),
    "twice": _("{about} is given two different verdicts."),
}


class Said(Protocol):
    @property
    def verdict(self) -> Verdict | None: ...
    @property
    def reason(self) -> str: ...


class Fault(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def about(self) -> str: ...


def label(first: int, last: int) -> str:
    """Of the form's one field."""
    return _("Pictures {first} to {last}", first=first, last=last)


def understood(said: Mapping[int, Said]) -> str:
    """“keep 1–2, 4–6; reject 3, 7 (too dark)”."""
    parts = []
    for verdict, verb in _VERBS.items():
        plain = [number for number, one in said.items() if one.verdict is verdict and not one.reason]
        told = [numbers(plain)] if plain else []
        told += [
            f"{number} ({harmless(one.reason[:_REASON_SHOWN])})"
            for number, one in said.items()
            if one.verdict is verdict and one.reason
        ]
        parts += [verb.format(numbers=", ".join(told))] if told else []
    return "; ".join(parts)


def preview(said: Mapping[int, Said], changes: int) -> str:
    """Before it counts."""
    head = counted(
        "Nothing counts yet. {count} verdict of yours would change. Understood:",
        "Nothing counts yet. {count} verdicts of yours would change. Understood:",
        changes,
    )
    return f"{head}\n{understood(said)}"


def unchanged(said: Mapping[int, Said]) -> str:
    return _("That is what you said already: {told}.", told=understood(said))


def recorded(said: Mapping[int, Said]) -> str:
    return _("Understood and recorded: {told}.", told=understood(said))


def faults(found: Sequence[Fault], first: int, last: int) -> str:
    """Nothing of it counts."""
    lines = [_FAULTS[one.kind].format(about=harmless(one.about[:_WORD_SHOWN]), first=first, last=last) for one in found]
    hint = _("Write for example “all but 3, 7-9”, “keep 1-5, reject 6: too dark”, “none” or “the rest again”.")
    return "\n".join([_("Nothing was recorded:"), *(f"- {line}" for line in lines), hint])
