"""A batch file: bytes → checked asks. What is wrong is refused with its line, item and field; nothing is guessed.

bytes → text → the items of its format (rawitem), opened → fields of the right kinds (item) → drafts (checking)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.errors import BatchFault
from bot.intake import formats
from bot.intake.checking import Checking, Sender
from bot.intake.drafts import Draft
from bot.intake.fitting import UNKNOWN, Fitting
from bot.intake.item import likeness
from bot.intake.presets import Styles, shipped
from bot.intake.rawitem import DEFAULTS, RawItem
from bot.intake.references import References
from bot.settings import Limits
from gpu_agent.stock import ShelfModel

TRUSTED = References(trusting=True)


@dataclass(frozen=True, slots=True)
class Opened:
    """The items of a file as they stand there, and the fault that ended the reading before the text did."""

    raws: tuple[RawItem, ...]
    end: BatchFault | None = None

    @property
    def references(self) -> tuple[str, ...]:
        """The names of the pictures it refers to, in the order of the file."""
        return tuple(dict.fromkeys(name for raw in self.raws if (name := likeness(raw))))


def read(
    data: bytes,
    sender: Sender,
    known: Sequence[ShelfModel],
    limits: Limits,
    fitting: Fitting = UNKNOWN,
    name: str = "",
    styles: Styles | None = None,
    references: References = TRUSTED,
) -> list[Draft]:
    """Every item as a draft, in the order of the file; `name` tells its format where the content does not.

    `styles` are the presets that may be named, without a ledger those that ship; without one, references to earlier
    pictures are believed. Raises a BatchFault that shows the first faults and knows the number of all. Takes seconds
    for thousands of items: not for the event loop's own thread.
    """
    return checked(opened(data, limits, name), sender, known, limits, fitting, styles, references)


def opened(data: bytes, limits: Limits, name: str = "") -> Opened:
    """The file's items, before anybody looked at what they say. Raises BatchFault for what is no text at all."""
    text = _text(data, limits)
    return taken(formats.reader(name, text)(text, limits.batch_depth), limits)


def checked(
    file: Opened,
    sender: Sender,
    known: Sequence[ShelfModel],
    limits: Limits,
    fitting: Fitting = UNKNOWN,
    styles: Styles | None = None,
    references: References = TRUSTED,
) -> list[Draft]:
    """As `read`; `references` are what the file's names of pictures lead to."""
    known_styles = shipped() if styles is None else styles
    checking = Checking(sender, known, limits, fitting, file.raws, known_styles, references)
    for raw in file.raws:
        if raw.number != DEFAULTS:
            checking.take(raw)
    checking.add([file.end] if file.end is not None else checking.of_all())
    if checking.count:
        raise BatchFault.of(checking.shown, checking.count)
    return checking.drafts


def taken(items: Iterable[RawItem], limits: Limits) -> Opened:
    """The items, read no further than one over the limit."""
    found: list[RawItem] = []
    try:
        for raw in items:
            if raw.number > limits.batch_items:
                facts = {"count": raw.number, "most": limits.batch_items}
                return Opened((), BatchFault(line=raw.line, fault="batch-too-many", **facts))
            found.append(raw)
    except BatchFault as fault:
        return Opened(tuple(found), fault)
    return Opened(tuple(found))


def _text(data: bytes, limits: Limits) -> str:
    if len(data) > limits.batch_bytes:
        raise BatchFault(fault="batch-too-large", bytes=len(data), most=limits.batch_bytes)
    try:
        text = data.decode("utf-8-sig")  # some editors put a mark in front
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BatchFault(line=line, fault="batch-encoding") from error
    if (nul := text.find("\x00")) >= 0:
        raise BatchFault(line=text.count("\n", 0, nul) + 1, fault="batch-nul")
    return text
