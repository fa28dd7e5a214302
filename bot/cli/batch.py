"""`darkroom batch`: batch files, looked at without a bot or a ledger."""

import json as notation
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot import settings
from bot.cli import sets
from bot.errors import BadSettings, BatchFault
from bot.intake import batchfile, fields, models, references
from bot.intake.checking import Sender
from bot.intake.drafts import Draft
from bot.settings import Limits
from bot.texts import batch as texts
from bot.texts.failures import plain, plain_sentences
from bot.watched import folder
from gpu_agent import catalogue
from gpu_agent.stock import ShelfModel

app = typer.Typer(help="Batch files: check one before it is sent; batches: take them out and in.", no_args_is_help=True)
app.command("export")(sets.take_out)
app.command("import")(sets.put_in)
_NOBODY = Sender("", 0, 0, 0)


@app.callback()
def batch() -> None:
    """Batch files: check one before it is sent; batches: take them out and in."""


@app.command()
def schema() -> None:
    """Print the JSON Schema of batch files, with which editors complete and check them, as docs/batch.schema.json."""
    typer.echo(notation.dumps(fields.schema(), indent=2, ensure_ascii=False))


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="JSON, JSON Lines, CSV or YAML.", exists=True, dir_okay=False)],
    models_file: Annotated[
        Path | None, typer.Option("--models", help="The tower's file of models, if it has one.", dir_okay=False)
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="The bot's settings, for their limits.", exists=True, dir_okay=False)
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
        drafts = _drafts(file, known, _limits(config))
    except BatchFault as fault:
        typer.echo(notation.dumps(_faults(fault), indent=1) if json else plain_sentences(fault))
        raise typer.Exit(1) from fault
    typer.echo(notation.dumps({"well": True, "items": _items(drafts)}, indent=1) if json else _summary(file, drafts))


def _limits(config: Path | None) -> Limits:
    """Those of the bot, or else what they are where nobody set them."""
    try:
        return settings.load(config).limits if config else Limits()
    except BadSettings as error:
        typer.echo(plain(error.kind, error.facts), err=True)
        raise typer.Exit(2) from error


def _drafts(file: Path, known: Sequence[ShelfModel], limits: Limits) -> list[Draft]:
    """Reads no more of the file than one byte over the limit. Pictures are looked for beside it, slugs are believed."""
    with file.open("rb") as opened:
        data = opened.read(limits.batch_bytes + 1)
    if len(data) > limits.batch_bytes:
        raise BatchFault(fault="batch-too-large", bytes=file.stat().st_size, most=limits.batch_bytes)
    names = batchfile.opened(data, limits, file.name).references
    beside = {here for name in names if folder.inside(file.parent, here := references.plain(name))}
    found = references.beside(names, dict.fromkeys(beside, references.ANY))
    return batchfile.read(data, _NOBODY, known, limits, name=file.name, references=found)


def _faults(fault: BatchFault) -> dict[str, object]:
    """`count` is the number of all; the first twenty are told."""
    shown = [{name: value for name, value in one.facts.items() if name != "further"} for one in fault.shown]
    told = [{**facts, "sentence": plain(fault.kind, facts)} for facts in shown]
    return {"well": False, "count": int(fault.facts.get("further") or 0) + 1, "faults": told}


def _items(drafts: Sequence[Draft]) -> list[dict[str, object]]:
    """`seed` is None where the bot will choose one."""
    return [
        {
            "slug": one.slug,
            "model": one.model.id,
            "width": one.width,
            "height": one.height,
            "seed": one.ask.seed,
            "count": one.ask.count,
            "steps": one.steps,
            "guidance": one.guidance,
            "loras": [worn.model_dump() for worn in one.ask.loras],
            "style": one.ask.style,
        }
        for one in drafts
    ]


def _summary(file: Path, drafts: Sequence[Draft]) -> str:
    pictures = sum(len(one.seeds) for one in drafts)
    return texts.well(file.name, Counter(one.model.name for one in drafts), pictures)
