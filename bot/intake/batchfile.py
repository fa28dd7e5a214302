"""A batch file: bytes → checked asks. What is wrong is refused with its line, item and field; nothing is guessed.

bytes → text → the items of its format (rawitem) → fields of the right kinds (item) → drafts (checking)
"""

from collections.abc import Sequence

from bot.errors import BatchFault
from bot.intake import formats
from bot.intake.checking import Checking, Sender
from bot.intake.drafts import Draft
from bot.intake.fitting import UNKNOWN, Fitting
from bot.intake.presets import Styles, shipped
from bot.intake.rawitem import DEFAULTS, RawItem
from bot.settings import Limits
from gpu_agent.stock import ShelfModel


def read(
    data: bytes,
    sender: Sender,
    known: Sequence[ShelfModel],
    limits: Limits,
    fitting: Fitting = UNKNOWN,
    name: str = "",
    styles: Styles | None = None,
) -> list[Draft]:
    """Every item as a draft, in the order of the file; `name` tells its format where the content does not.

    `styles` are the presets that may be named, without a ledger those that ship.

    Raises a BatchFault that shows the first faults and knows the number of all. Takes seconds for thousands of items:
    not for the event loop's own thread.
    """
    taken, end = _taken(_text(data, limits), limits, name)
    defaults = [raw for raw in taken if raw.number == DEFAULTS]
    checking = Checking(
        sender, known, limits, fitting, defaults[0] if defaults else None, shipped() if styles is None else styles
    )
    for raw in taken:
        if raw.number != DEFAULTS:
            checking.take(raw)
    checking.add([end] if end is not None else checking.of_all())
    if checking.count:
        raise BatchFault.of(checking.shown, checking.count)
    return checking.drafts


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


def _taken(text: str, limits: Limits, name: str) -> tuple[list[RawItem], BatchFault | None]:
    """The items, read no further than one over the limit, and what ended the reading before the text did."""
    found: list[RawItem] = []
    try:
        for raw in formats.reader(name, text)(text, limits.batch_depth):
            if raw.number > limits.batch_items:
                facts = {"count": raw.number, "most": limits.batch_items}
                return [], BatchFault(line=raw.line, fault="batch-too-many", **facts)
            found.append(raw)
    except BatchFault as fault:
        return found, fault
    return found, None
