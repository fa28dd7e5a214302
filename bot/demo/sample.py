"""The batch file that the demo shows, read before anything starts."""

from dataclasses import dataclass
from pathlib import Path

from bot.demo.household import CannotShow
from bot.errors import BatchFault
from bot.intake import batchfile, models
from bot.intake.checking import Sender
from bot.nouns import Ask
from bot.settings import Limits
from bot.texts.failures import plain_sentences


@dataclass(frozen=True)
class Sample:
    """`asks` are by slug, in the order of the file."""

    name: str
    data: bytes
    asks: dict[str, Ask]


def read(file: Path) -> Sample:
    """Raises CannotShow with the line, item and field of everything that the bot would refuse."""
    data = file.read_bytes()
    try:
        drafts = batchfile.read(data, Sender("demo", 0, 0, 0), models.packaged(), Limits(), name=file.name)
    except BatchFault as fault:
        raise CannotShow(f"{file}: {plain_sentences(fault)}") from fault
    return Sample(file.name, data, {one.slug: one.ask for one in drafts})
