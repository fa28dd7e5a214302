"""`darkroom invite`: the link with which an administrator lets the bot into a server."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot import settings as configuration
from bot.chat import standing
from bot.errors import DarkroomError
from bot.people import needed
from bot.settings import Settings
from bot.texts import check as texts
from bot.texts.failures import plain


def invite(
    config: Annotated[Path, typer.Option(help="The settings of the bot.")] = Path("darkroom.toml"),
    application: Annotated[
        int | None, typer.Option(help="The application's id; without it, Discord is asked with the token.", min=1)
    ] = None,
) -> None:
    """Print the link that invites the bot, with exactly the permissions it needs."""
    try:
        if application is None:
            settings = configuration.load(config)
            link = needed.invitation(_asked(settings), settings.discord.guild_id)
        else:
            link = needed.invitation(application)
    except DarkroomError as error:
        typer.echo(plain(error.kind, error.facts), err=True)
        raise typer.Exit(1) from error
    typer.echo(link)


def _asked(settings: Settings) -> int:
    """The application's id, as Discord knows it by the token. Raises BadSettings for want of one."""
    found = asyncio.run(standing.application(settings.discord, configuration.token(settings)))
    if isinstance(found, int):
        return found
    typer.echo(texts.TOKEN_REFUSED if found == "token" else texts.unreachable(settings.discord.api_base), err=True)
    raise typer.Exit(1)
