"""`gpu-agent models`: what this tower knows, on what terms, what its card can do with it, and whether it is here."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table

from gpu_agent import config, placing, shelf
from gpu_agent.cards import GB
from gpu_agent.catalogue import CatalogueError, Model
from gpu_agent.config import Config, ConfigError
from gpu_agent.engine.tiny import vocabulary
from gpu_agent.gpu import cards
from gpu_agent.order import Order
from gpu_agent.planner import Plan, Refusal
from gpu_agent.stock import Gpu, ShelfModel

ModelsFile = Annotated[Path | None, typer.Option(help="A file that adds models or replaces them by id.")]
ConfigFile = Annotated[Path | None, typer.Option(help="The agent's settings, if not in their usual place.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]
NO_PICTURE = "0" * 64


def models(config: ConfigFile = None, models: ModelsFile = None, as_json: AsJson = False) -> None:
    """List the models: licence, size, what this card can do with each, and whether its weights are here."""
    settings = read_settings(config, models)
    most = None if settings.card.vram_gb is None else int(settings.card.vram_gb * GB)
    card = cards(most)[0]
    known = [_known(model, card, settings.speed.quantize) for model in read_stock(settings).catalogue]
    if as_json:
        typer.echo(json.dumps([_as_json(one, card) for one in known], indent=2))
    else:
        Console().print(_table(known, card))
        typer.echo(f"The demo's models draw these words, and pass over others: {', '.join(vocabulary.known())}.")


class _Known(NamedTuple):
    """A model, as the bot sees it, and what this card can do with its usual picture or clip."""

    model: Model
    shown: ShelfModel
    decided: Plan | Refusal


def _known(model: Model, card: Gpu, quantize: str) -> _Known:
    shown = shelf.on_shelf(model)
    return _Known(model, shown, placing.place(shown, usual_order(shown), card, quantize=quantize))


def read_settings(path: Path | None, models_file: Path | None) -> Config:
    """The settings with this models file over them; bad ones end the command with their sentence."""
    try:
        return config.load(path, models_file)
    except ConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def read_stock(settings: Config) -> shelf.Stock:
    """What this tower has by its settings; a bad models file ends the command with its sentence."""
    try:
        return shelf.take_stock(settings)
    except CatalogueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def usual_order(model: ShelfModel) -> Order:
    """A picture or clip as the model makes them unless somebody asks for something else."""
    defaults = {name: getattr(model, name) for name in ("width", "height", "steps", "guidance")}
    frames = 1 if "text" in model.modes else model.frames
    source = NO_PICTURE if model.modes[0] in ("image", "inpaint", "animate") else None
    return Order(job="usual", model=model.id, prompt="a picture", seed=0, frames=frames, source=source, **defaults)


def _table(known: list[_Known], card: Gpu) -> Table:
    table = Table("id", "does", "licence", "download", f"on {card.name}", "here")
    for model, shown, decided in known:
        licence = model.licence if model.commercial else f"{model.licence} [red](not commercial)[/]"
        table.add_row(
            model.id,
            _does(shown),
            licence,
            decimal(size) if (size := _download(model)) else "-",
            _fits(decided),
            "yes" if shown.present else "no",
        )
    return table


def _does(shown: ShelfModel) -> str:
    kinds = [f"control ({', '.join(shown.controls)})" if mode == "control" else mode for mode in shown.modes]
    return ", ".join([*kinds, *(["reference"] if shown.reference else [])])


def _download(model: Model) -> int:
    """What fetching takes; a model of the user's own that does not say is taken to lie there at 16 bits."""
    if model.repo is None:
        return 0
    return model.download or sum(part.bytes for part in model.parts)


def _fits(decided: Plan | Refusal) -> str:
    if isinstance(decided, Plan):
        way = f"{decided.rung} {decided.format}".strip()
        return f"{way}, {decided.peak / GB:.1f} GB" + ("" if decided.seconds is None else f", {decided.seconds:.0f} s")
    facts = decided.facts
    if decided.kind != "does-not-fit":
        return f"[red]no[/] ({decided.kind})"
    lacking = f"[red]no[/]: {float(facts['needed'] or 0) / GB:.1f} of {float(facts['has'] or 0) / GB:.1f} GB"
    nearest = str(facts["nearest"])
    return f"{lacking}, but {nearest}" if nearest[:1].isdigit() else lacking


def _as_json(known: _Known, card: Gpu) -> dict[str, Any]:
    model, shown, decided = known
    told: dict[str, Any] = (
        {"refusal": decided.kind, **decided.facts} if isinstance(decided, Refusal) else asdict(decided)
    )
    return {**shown.model_dump(), "download": _download(model), "card": card.name, "plan": told}
