"""`darkroom batch`: batch files, looked at without a bot or a ledger."""

import json as notation
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import BatchFault
from bot.intake import batchfile, models
from bot.intake.batchfile import Sender
from bot.intake.drafts import Draft
from bot.settings import Limits
from bot.texts import batch as texts
from bot.texts.failures import plain
from gpu_agent import catalogue

app = typer.Typer(help="Batch files: check one before it is sent.", no_args_is_help=True)
_NOBODY = Sender("", 0, 0, 0)


@app.callback()
def batch() -> None:
    """Batch files: check one before it is sent."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The batch file.", exists=True, dir_okay=False)],
    models_file: Annotated[
        Path | None, typer.Option("--models", help="The tower's file of models, if it has one.", dir_okay=False)
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Check a batch file as the bot will. The exit status is 0 when it would be accepted, else 1."""
    try:
        known = models.from_catalogue(catalogue.load(models_file))
    except catalogue.CatalogueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    try:
        drafts = batchfile.read(file.read_bytes(), _NOBODY, known, Limits())
    except BatchFault as fault:
        told = plain(fault.kind, fault.facts)
        typer.echo(notation.dumps({"well": False, "fault": fault.facts, "sentence": told}, indent=1) if json else told)
        raise typer.Exit(1) from fault
    typer.echo(notation.dumps({"well": True, "items": _items(drafts)}, indent=1) if json else _summary(file, drafts))


def _items(drafts: Sequence[Draft]) -> list[dict[str, object]]:
    """`seed` is None where the bot will choose one."""
    return [
        {"slug": one.slug, "model": one.model.id, "width": one.width, "height": one.height, "seed": one.ask.seed}
        for one in drafts
    ]


def _summary(file: Path, drafts: Sequence[Draft]) -> str:
    return texts.well(file.name, Counter(one.model.name for one in drafts))
