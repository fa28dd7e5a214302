"""`darkroom export`: what the bot writes down every night, looked at and done at once."""

import asyncio
import json as notation
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot import settings as configuration
from bot.cli.telling import told
from bot.errors import FolderUnfit
from bot.ledger import beside
from bot.settings import Settings
from bot.texts import export as texts
from bot.yours import nightly
from bot.yours.nightly import Outcome

app = typer.Typer(help="The nightly export: a JSON file for each slug.", no_args_is_help=True)
Config = Annotated[Path, typer.Option(help="The settings of the bot.")]
USUAL = Path("darkroom.toml")


@app.command()
def now(config: Config = USUAL) -> None:
    """Write what changed since the last time; the bot may run."""
    with told():
        settings = _settings(config)
        done = asyncio.run(nightly.export(settings.ledger.path, settings.export))
    typer.echo(texts.written(done.changed, done.slugs, done.reviews))


@app.command()
def status(config: Config = USUAL, json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """How the last nightly export went. The exit status is 0 when well, else 1."""
    with told():
        settings = _settings(config)
        found = asyncio.run(_last(settings.ledger.path))
    typer.echo(notation.dumps(asdict(found) if found else None) if json else _said(found, settings.export.at))
    if found is not None and found.fault:
        raise typer.Exit(1)


def _said(found: Outcome | None, at: str) -> str:
    return texts.status(None if found is None else (found.at, found.fault, found.facts), at)


def _settings(config: Path) -> Settings:
    settings = configuration.load(config)
    if not settings.export.folder:
        raise FolderUnfit("export-off")
    return settings


async def _last(ledger: Path) -> Outcome | None:
    async with beside.reading(ledger) as connection:
        return await nightly.last(connection)
