"""`darkroom pictures`: pictures that were rendered elsewhere, brought to be judged like any other."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot import settings as configuration
from bot.cli.telling import told
from bot.clock import SystemClock
from bot.intake import slugs
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.texts import yours as texts
from bot.yours import pictures
from bot.yours.pictures import Brought, Found, Into

app = typer.Typer(help="Pictures that were rendered elsewhere.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Pictures that were rendered elsewhere."""


@app.command("import")
def put_in(
    source: Annotated[Path, typer.Argument(help="A folder of pictures, or a ZIP of them.")],
    channel: Annotated[int, typer.Option(help="The id of the channel in which they are posted.")],
    person: Annotated[int, typer.Option(help="Who brings them: that person's Discord id.")],
    slug: Annotated[str, typer.Option(help="What they all are for; else folders and names of files tell.")] = "",
    model: Annotated[str, typer.Option(help="The id of the model that drew them, if it is known.")] = "",
    archetype: Annotated[str | None, typer.Option(help="Their kind of subject.")] = None,
    config: Annotated[Path, typer.Option(help="The settings of the bot, which must not run.")] = Path("darkroom.toml"),
) -> None:
    """Bring pictures into the ledger; the bot posts them at its next start, and they are judged like its own."""
    with told():
        settings = configuration.load(config)
        named = slugs.checked(slug) if slug else ""
        found = (
            pictures.of_folder(source) if source.suffix != ".zip" else pictures.of_zip(source.read_bytes(), source.name)
        )
        into = Into(settings.discord.guild_id, channel, person, model, archetype, named)
        done = asyncio.run(_brought(settings.ledger.path, found, into))
    typer.echo(texts.brought(done.new, done.known, done.broken))


async def _brought(ledger: Path, found: list[Found], into: Into) -> Brought:
    async with Database(ledger) as db:
        return await pictures.bring(db, Files(ledger.with_name("pictures")), SystemClock(), found, into)
