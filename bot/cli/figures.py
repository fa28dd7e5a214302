"""`darkroom ledger stats` and `dataset`: a ledger counted, and its kept pictures for those who train on them."""

import asyncio
import json as notation
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.telling import told
from bot.ledger import beside, figures, taken
from bot.ledger.files import Files
from bot.ledger.taken import KeptPicture, Only
from bot.settings import LedgerTable
from bot.texts import figures as texts
from bot.yours import dataset as writing
from bot.yours.dataset import Caption, Form, Manner

USUAL = LedgerTable().path
Ledger = Annotated[Path, typer.Option(help="The ledger's file.")]
_Names = list[str]


def stats(
    ledger: Ledger = USUAL,
    json: Annotated[bool, typer.Option("--json", help="For programs; every slug instead of the first ones.")] = False,
) -> None:
    """Count pictures, verdicts and the share that is kept, by slug, archetype, model and week; the bot may run."""
    with told():
        found = asyncio.run(_counted(ledger))
    typer.echo(notation.dumps(found, indent=2, ensure_ascii=False) if json else texts.table(found))


async def _counted(ledger: Path) -> dict[str, Any]:
    async with beside.reading(ledger) as connection:
        return figures.plain(await figures.count(connection))


def dataset(
    out: Annotated[Path, typer.Argument(help="The folder to make.")],
    ledger: Ledger = USUAL,
    form: Annotated[Form, typer.Option(help="How trainers want it.")] = Form.KOHYA,
    caption: Annotated[Caption, typer.Option(help="A person's own words, or with cues and style.")] = Caption.ASKED,
    slug: Annotated[_Names, typer.Option(help="Only this one; may be given several times.")] = [],  # noqa: B006
    archetype: Annotated[_Names, typer.Option(help="Only this one; may be given several times.")] = [],  # noqa: B006
    model: Annotated[_Names, typer.Option(help="Only this one; may be given several times.")] = [],  # noqa: B006
    least: Annotated[int, typer.Option(min=1, help="Leave out slugs with fewer kept pictures.")] = 1,
    repeats: Annotated[int, typer.Option(min=1, max=1000, help="How often kohya sees each picture.")] = 10,
    link: Annotated[bool, typer.Option("--link", help="Hard links instead of copies.")] = False,
) -> None:
    """Write the kept pictures with their captions as a folder to train a LoRA on; the bot may run."""
    with told():
        only = Only(tuple(slug), tuple(archetype), tuple(model))
        found = asyncio.run(_kept(ledger, only))
        files = Files(ledger.with_name("pictures"))
        done = writing.write(found, files, out, Manner(form, caption, least, repeats, link))
    typer.echo(texts.written(str(out), done.pictures, done.slugs, done.lost))


async def _kept(ledger: Path, only: Only) -> list[KeptPicture]:
    async with beside.reading(ledger) as connection:
        return await taken.kept(connection, only)
