"""`darkroom ledger`: the bot's memory, looked at from outside."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import figures, reviews
from bot.cli.figures import USUAL, Ledger
from bot.cli.telling import told
from bot.errors import FolderUnfit
from bot.ledger import dump, migrations
from bot.ledger.restore import restore
from bot.texts import ledger as texts

app = typer.Typer(help="The ledger: its schema, taken out, and put in again.", no_args_is_help=True)
for verb in (figures.stats, figures.dataset):
    app.command()(verb)


@app.command()
def schema() -> None:
    """Print the ledger's whole schema as SQL, as docs/schema.sql shows it."""
    typer.echo(asyncio.run(migrations.schema()), nl=False)


@app.command("export")
def take_out(
    to: Annotated[Path, typer.Argument(help="A file that ends in .jsonl, or a folder for CSV files.")],
    ledger: Ledger = USUAL,
) -> None:
    """Write every row down, as JSON Lines or CSV; the bot may go on running. The pictures lie beside the ledger."""
    with told():
        lines = to.suffix == ".jsonl"
        count = _written(to, dump.as_lines(ledger)) - 1 if lines else dump.as_csv(ledger, to)
    typer.echo(texts.taken_out(str(to), count, str(ledger.with_name("pictures"))))


@app.command("import")
def put_in(
    source: Annotated[Path, typer.Argument(help="What was exported, or JSON files of reviews that were kept by hand.")],
    ledger: Ledger = USUAL,
    into: Annotated[Path | None, typer.Option(help="Reviews go into this ledger; its bot must not run.")] = None,
    person: Annotated[int | None, typer.Option(help="Whose reviews these are: that person's Discord id.")] = None,
    images: Annotated[
        Path | None, typer.Option(help="Where the reviews' images lie, besides their own folder.")
    ] = None,
) -> None:
    """Make a new ledger of an exported one, or of reviews, or add reviews to one that is there."""
    with told():
        if dump.is_one(source):
            if into is not None:
                raise FolderUnfit("into-new")
            count = asyncio.run(restore(source, ledger))
            typer.echo(texts.put_in(str(ledger), count, str(ledger.with_name("pictures"))))
        else:
            if person is None:
                raise FolderUnfit("person-missing")
            typer.echo(reviews.put_in(source, into, ledger, person, images))


def _written(file: Path, lines: Iterator[str]) -> int:
    count = 0
    with file.open("w", encoding="utf-8") as opened:
        for line in lines:
            opened.write(f"{line}\n")
            count += 1
    return count
