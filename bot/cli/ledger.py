"""`darkroom ledger`: the bot's memory, looked at from outside."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import DarkroomError
from bot.ledger import dump, migrations
from bot.ledger.restore import restore
from bot.settings import LedgerTable
from bot.texts import failures
from bot.texts import ledger as texts

app = typer.Typer(help="The ledger: its schema, taken out, and put in again.", no_args_is_help=True)
USUAL = LedgerTable().path
Ledger = Annotated[Path, typer.Option(help="The ledger's file.")]


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
    with _told():
        lines = to.suffix == ".jsonl"
        count = _written(to, dump.as_lines(ledger)) - 1 if lines else dump.as_csv(ledger, to)
    typer.echo(texts.taken_out(str(to), count, str(ledger.with_name("pictures"))))


@app.command("import")
def put_in(
    source: Annotated[Path, typer.Argument(help="What was exported: a .jsonl file or a folder of CSV files.")],
    ledger: Ledger = USUAL,
) -> None:
    """Make a new ledger of an exported one, also of an earlier version's."""
    with _told():
        count = asyncio.run(restore(source, ledger))
    typer.echo(texts.put_in(str(ledger), count, str(ledger.with_name("pictures"))))


def _written(file: Path, lines: Iterator[str]) -> int:
    count = 0
    with file.open("w", encoding="utf-8") as opened:
        for line in lines:
            opened.write(f"{line}\n")
            count += 1
    return count


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong becomes a sentence."""
    try:
        yield
    except DarkroomError as error:
        typer.echo(failures.plain_sentences(error), err=True)
        raise typer.Exit(1) from error
    except FileExistsError as error:
        typer.echo(texts.there_already(str(error.filename)), err=True)
        raise typer.Exit(1) from error
    except OSError as error:
        typer.echo(texts.cannot_be_written(str(error.filename), str(error.strerror)), err=True)
        raise typer.Exit(1) from error
