"""`gpu-agent models`: which models this tower knows, and which of them are here."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gpu_agent import catalogue, shelf
from gpu_agent.stock import ShelfModel

ModelsFile = Annotated[Path | None, typer.Option(help="A file that adds models or replaces them by id.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]


def models(models: ModelsFile = None, as_json: AsJson = False) -> None:
    """List the models of the catalogue, and whether their weights are on this machine."""
    shown = shelf.shelf_models(read_catalogue(models))
    if as_json:
        typer.echo(json.dumps([model.model_dump() for model in shown], indent=2))
    else:
        Console().print(_table(shown))


def read_catalogue(path: Path | None) -> catalogue.Catalogue:
    """The catalogue with this file over it; a bad file ends the command with its sentence."""
    try:
        return catalogue.load(path)
    except catalogue.CatalogueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def _table(shown: tuple[ShelfModel, ...]) -> Table:
    table = Table("id", "name", "licence", "size", "sides", "steps", "here")
    for model in shown:
        licence = model.licence + ("" if model.commercial else " (not commercial)")
        size = f"{model.width}x{model.height}"
        sides = f"{model.smallest}-{model.largest} by {model.multiple}"
        table.add_row(model.id, model.name, licence, size, sides, str(model.steps), "yes" if model.present else "no")
    return table
