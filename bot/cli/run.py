"""`darkroom run`: the bot, in the foreground, until it is told to stop."""

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import typer

from bot import app
from bot import settings as configuration
from bot.errors import DarkroomError
from bot.texts.failures import plain


def run(config: Annotated[Path, typer.Option(help="The settings of the bot.")] = Path("darkroom.toml")) -> None:
    """Run the bot. A supervisor such as systemd starts it again should it ever end; see docs/operating.md."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("asyncssh").setLevel(logging.WARNING)  # it tells every channel of every line
    try:
        settings = configuration.load(config)
        asyncio.run(app.run(settings, configuration.token(settings)))
    except DarkroomError as error:
        typer.echo(plain(error.kind, error.facts), err=True)
        raise typer.Exit(1) from error
