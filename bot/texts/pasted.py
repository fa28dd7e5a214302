"""What `/review paste` says: what each line would do, which ones cannot be read, and what was recorded."""

from collections.abc import Sequence
from typing import Protocol

from bot.nouns import Verdict
from bot.texts.failures import harmless
from bot.texts.tongue import _, counted

TITLE = _("Verdicts as text")
LINES = _("A line for each picture")
HINT = _("red-fox: keep\nred-fox #2: reject – too dark, hands\nowl: reroll")
ROOM = 1900
"""Characters of an answer; what needs more stands in a file beside it."""

_SHOWN = 80  # characters of a line that is quoted
_NUMBERS = 200  # of lines that are listed where there is no room for the lines
_VERDICTS = {
    Verdict.KEEP: _("keep"),
    Verdict.REJECT: _("reject"),
    Verdict.REROLL: _("another wanted"),
    None: _("take back what you pasted before"),
}
_TROUBLES = {
    "subject": _("does not begin with a slug"),
    "verdict": _("has no verdict behind the slug"),
    "picture": _("no picture of this name stands where you may review"),
    "number": _("there is no picture of this number"),
    "replaced": _("a later line is about the same picture"),
}


class Said(Protocol):
    """What a line says."""

    @property
    def at(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def number(self) -> int | None: ...
    @property
    def verdict(self) -> Verdict | None: ...
    @property
    def words(self) -> str: ...
    @property
    def end(self) -> str: ...


class Unread(Protocol):
    """A line that does nothing."""

    @property
    def at(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def trouble(self) -> str: ...


def subject(line: Said) -> str:
    if line.end:
        return f"{line.name}@{line.end}"
    return f"{line.name} #{line.number}" if line.number else line.name


def record(count: int) -> str:
    return counted("Record {count} verdict", "Record {count} verdicts", count)


def line(said: Said, slug: str, link: str) -> str:
    """What it would do to which picture."""
    words = f" – {harmless(said.words[:_SHOWN])}" if said.words else ""
    number = f" #{said.number}" if said.number else ""
    return f"{said.at}. [{harmless(slug)}{number}]({link}): **{_VERDICTS[said.verdict]}**{words}"


def preview(told: Sequence[str], unread: Sequence[Unread]) -> str:
    return "\n".join([_("Nothing counts yet. This would be recorded as your verdicts:"), *told, *_unread(unread)])


def nothing(unread: Sequence[Unread]) -> str:
    head = _("No line could be read. Write one for each picture, like `red-fox: keep` or `red-fox: reject – too dark`.")
    return "\n".join([head, *_unread(unread)])


def _unread(unread: Sequence[Unread]) -> list[str]:
    lines = [f"{one.at}. “{harmless(one.text[:_SHOWN])}”: {_TROUBLES[one.trouble]}" for one in unread]
    return [_("These lines do nothing:"), *lines] if lines else []


def short(count: int, unread: Sequence[Unread]) -> str:
    """Where there is no room for the lines: how many verdicts, and the numbers of the lines that do nothing."""
    head = counted(
        "Nothing counts yet. {count} verdict would be recorded; the file tells each line.",
        "Nothing counts yet. {count} verdicts would be recorded; the file tells each line.",
        count,
    )
    numbers = ", ".join(str(one.at) for one in unread[:_NUMBERS]) + (" …" if len(unread) > _NUMBERS else "")
    return "\n".join([head, *([_("These lines do nothing: {numbers}", numbers=numbers)] if unread else [])])


def whole(told: Sequence[str], unread: Sequence[Unread]) -> str:
    return "\n".join([*told, "", *_unread(unread), ""])


def recorded(count: int, shut: int, otherwise: Sequence[tuple[str, Verdict]]) -> str:
    """`shut` lines are about pictures that are gone or closed to the person since; `otherwise` another sign counts."""
    lines = [counted("Recorded {count} verdict.", "Recorded {count} verdicts.", count)]
    if shut:
        lines.append(
            counted(
                "{count} was left out: its picture is gone, or you may not review there any more.",
                "{count} were left out: their pictures are gone, or you may not review there any more.",
                shut,
            )
        )
    return "\n".join([*lines, *stricter(otherwise)])


def stricter(otherwise: Sequence[tuple[str, Verdict]]) -> list[str]:
    """Slug and verdict of pictures for which another sign of this person's counts; nothing where there are none."""
    if not otherwise:
        return []
    told = ", ".join(f"{harmless(slug)}: {_VERDICTS[verdict]}" for slug, verdict in otherwise[:20])
    return [_("A stricter sign of yours still counts for {told}. Take the reaction or choice back.", told=told)]
