"""`/batch export`: a batch as files, for the eyes of whoever asked for it, or into a folder of this machine."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from discord.app_commands import CommandTree, autocomplete, command, describe

from bot.chat import batchchoice, gate
from bot.chat.answers import Enclosed, Interaction, Page, answer
from bot.chat.batches import group
from bot.errors import FolderUnfit
from bot.intake.next_file import By
from bot.nouns import Batch
from bot.people.permits import What
from bot.settings import Settings
from bot.texts import handing_out as texts
from bot.yours import bundle, handing
from bot.yours.bundle import Gathered, Worded

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_MOST_BYTES = 10 * 1024 * 1024  # what every server takes
_MOST_PARTS = 10
WORDS = Worded(texts.WORDS, texts.KEYS, texts.FACTS, texts.README)


def add(tree: CommandTree["DarkroomClient"]) -> None:
    """To the group, which is in the tree."""
    group.add_command(export, override=True)


@command(name="export", description="A batch as files: pictures, receipts, verdicts, what is left, a review page")
@describe(
    batch="Which batch: one that is offered here, or its file's name",
    beside="The review page shows the pictures beside it in full size, instead of smaller copies inside the page",
    folder="Into the folder on my host that the settings name, instead of to you",
)
@autocomplete(batch=batchchoice.suggest())
async def export(interaction: Interaction, batch: str, beside: bool = False, folder: bool = False) -> None:
    await answer(interaction, partial(_export, interaction, batch, not beside, folder))


async def _export(interaction: Interaction, typed: str, inside: bool, folder: bool) -> str | Page:
    """Prompts and opinions of a whole batch are for its asker, and for those who moderate."""
    batch = await batchchoice.find(interaction, typed)
    await gate.demand(interaction, What.REVIEW, batch.channel)
    await gate.owning(interaction, batch.asker)
    gathered = await _gathered(interaction, batch)
    told = texts.state(batch, handing.tally(gathered), gathered.next_name)
    try:
        return await (_laid if folder else _sent)(interaction, gathered, told, inside)
    except OSError as error:
        place = str(error.filename or host(interaction.client.settings))
        raise FolderUnfit("folder-refused", folder=place, fault=str(error.strerror)) from error


async def _gathered(interaction: Interaction, batch: Batch) -> Gathered:
    client = interaction.client
    towers = tuple(tower.name for tower in client.settings.tower)
    by = By(towers, client.settings.limits, client.intake.taste, client.clock.now())
    async with client.db.reading() as connection:
        return await bundle.gather(connection, batch, by)


async def _laid(interaction: Interaction, gathered: Gathered, told: str, inside: bool) -> str:
    client = interaction.client
    done = await handing.lay(gathered, client.files, WORDS, client.settings.export, inside=inside)
    return texts.laid(told, str(done.folder), done.changed, done.committed)


async def _sent(interaction: Interaction, gathered: Gathered, told: str, inside: bool) -> Page:
    client = interaction.client
    place = host(client.settings)
    made = await handing.parcel(gathered, client.files, WORDS, place, _MOST_BYTES, _MOST_PARTS, inside=inside)
    if not made.pieces:
        return Page(texts.only_there(told, str(made.path)))
    if made.path is None:
        return Page(texts.here(told), files=(Enclosed(f"{gathered.name}.zip", made.pieces[0]),))
    count = len(made.pieces)
    first, *further = (
        Enclosed(f"{gathered.name}-{number}-of-{count}.zip", data) for number, data in enumerate(made.pieces, 1)
    )
    words = texts.pieces(told, count, str(made.path), list(made.left_out))
    return Page(words, files=(first,), further=tuple(further))


def host(settings: Settings) -> Path:
    """Where sets lie that are too large to be sent, beside the ledger."""
    return settings.ledger.path.absolute().with_name("exports")
