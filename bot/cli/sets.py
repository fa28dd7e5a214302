"""`darkroom batch export` and `import`: a batch as files, and the same batch of these files."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from bot import settings as configuration
from bot.app import taste_of
from bot.cli.telling import told
from bot.clock import SystemClock
from bot.errors import FolderUnfit
from bot.intake.next_file import By
from bot.ledger import batch_sets, beside, reasons
from bot.ledger.database import Connection, Database
from bot.ledger.files import Files
from bot.settings import Settings
from bot.taste.cues import Taste
from bot.taste.promoting import grown
from bot.texts import handing_out as texts
from bot.yours import bundle, handing, returning, zipping
from bot.yours.bundle import Gathered, Worded
from bot.yours.returning import Returned

_WORDS = Worded(texts.WORDS, texts.KEYS, texts.FACTS, texts.README)
Config = Annotated[Path, typer.Option(help="The settings of the bot.")]
_USUAL = Path("darkroom.toml")


def take_out(
    batch: Annotated[str, typer.Argument(help="The id of a batch, or the name of its file; of several, the newest.")],
    to: Annotated[Path, typer.Argument(help="A file that ends in .zip, or a folder, in which it gets one of its own.")],
    next_to: Annotated[
        bool, typer.Option("--beside", help="The review page shows the pictures beside it, not copies inside it.")
    ] = False,
    commit: Annotated[bool, typer.Option("--commit", help="One commit in the folder's git repository.")] = False,
    config: Config = _USUAL,
) -> None:
    """Write a batch down: pictures, receipts, verdicts, the next file, a review page. The bot may run."""
    if commit and to.suffix == ".zip":
        raise typer.BadParameter("only a folder is committed", param_hint="--commit")
    with told():
        settings = configuration.load(config)
        typer.echo(asyncio.run(_written(settings, batch, to, not next_to, commit)))


def put_in(
    source: Annotated[list[Path], typer.Argument(help="The folder, the ZIP, or all ZIPs of one set.")],
    config: Config = _USUAL,
) -> None:
    """Take an exported batch into the ledger of a bot that does not run. Nothing is posted."""
    with told():
        settings = configuration.load(config)
        done = asyncio.run(_returned(settings, source))
    typer.echo(texts.brought(done.batch, done.pictures, done.opinions, done.known, done.forgotten))


async def _written(settings: Settings, batch: str, to: Path, inside: bool, commit: bool) -> str:
    async with beside.reading(settings.ledger.path) as connection:
        gathered = await _gathered(connection, settings, batch)
    files = Files(settings.ledger.path.with_name("pictures"))
    parts = await asyncio.to_thread(bundle.files, gathered, files, _WORDS, inside=inside)
    said = texts.state(gathered.of.batch, handing.tally(gathered), gathered.next_name)
    if to.suffix == ".zip":
        size = await asyncio.to_thread(zipping.write, parts, to)
        return texts.written(said, str(to), -(-size // 1000))
    done = await handing.laid(parts, gathered, to, commit=commit)
    return texts.plainly(texts.laid(said, str(done.folder), done.changed, done.committed))


async def _gathered(connection: Connection, settings: Settings, typed: str) -> Gathered:
    batch = await batch_sets.find(connection, typed)
    if batch is None:
        raise FolderUnfit("set-unknown", batch=typed)
    taste = await _taste(connection, settings)
    towers = [tower.name for tower in settings.tower]
    return await bundle.gather(connection, batch, By(towers, settings.limits, taste, SystemClock().now()))


async def _taste(connection: Connection, settings: Settings) -> Taste:
    taste = taste_of(settings)
    return replace(taste, taxonomy=grown(taste.taxonomy, await reasons.edits(connection)))


async def _returned(settings: Settings, sources: list[Path]) -> Returned:
    files = Files(settings.ledger.path.with_name("pictures"))
    async with Database(settings.ledger.path) as db:
        with returning.opened(sources) as source:
            return await returning.bring(db, files, source, settings.discord.guild_id)
