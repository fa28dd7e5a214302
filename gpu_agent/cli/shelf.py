"""`gpu-agent shelf`: what the settings' folders hold, and what of it cannot be used, and why."""

import json
from typing import Any

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.markup import escape
from rich.table import Table

from gpu_agent import catalogue
from gpu_agent.cli.models import AsJson, ConfigFile, ModelsFile, read_settings, read_stock
from gpu_agent.cli.sentences import sentence
from gpu_agent.shelf import OWN, Stock, present


def shelf(config: ConfigFile = None, models: ModelsFile = None, as_json: AsJson = False) -> None:
    """List the models and LoRAs in the folders of the settings, and which files cannot be used."""
    settings = read_settings(config, models)
    stock = read_stock(settings)
    found = _found(stock, set(catalogue.load(settings.models.file).models))
    if as_json:
        typer.echo(json.dumps({**found, "refused": _refused(stock)}, indent=2))
        return
    console = Console()
    for title, rows in found.items():
        if rows:
            console.print(_table(title, rows))
    console.print(_counted(stock, found))
    for refused in _refused(stock):
        console.print(escape(refused["sentence"]), highlight=False)


def _found(stock: Stock, known: set[str]) -> dict[str, list[dict[str, Any]]]:
    models = [model for model in stock.catalogue if model.id not in known]
    return {
        "models": [
            {
                "id": model.id,
                "family": model.family,
                "licence": model.licence,
                "where": _shown(model.file or model.denoiser or model.folder),
                "ready": present(model),
            }
            for model in models
        ],
        "loras": [
            {
                "id": lora.shelf.id,
                "family": lora.shelf.family,
                "size": decimal(lora.shelf.bytes),
                "triggers": ", ".join(lora.shelf.triggers),
                "where": _shown(lora.path),
            }
            for lora in stock.loras
        ],
    }


def _refused(stock: Stock) -> list[dict[str, Any]]:
    return [
        {"where": _shown(refused.path), "kind": refused.kind, "sentence": sentence(refused.kind, refused.facts)}
        for refused in stock.refused
    ]


def _shown(path: object) -> str:
    """A path that any terminal can print: names may hold bytes that are no letters."""
    return str(path).encode(errors="replace").decode()


def _table(title: str, rows: list[dict[str, Any]]) -> Table:
    table = Table(*rows[0], title=title, title_justify="left")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    return table


def _cell(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else escape(str(value))


def _counted(stock: Stock, found: dict[str, list[dict[str, Any]]]) -> str:
    theirs = [lora for lora in stock.loras if not lora.path.is_relative_to(OWN)]
    if not (stock.refused or stock.beside or found["models"] or theirs):
        return "No folder of the settings holds anything. Name some under [models] folders; docs/folders.md says how."
    ready = all(row["ready"] for row in found["models"])
    missing = "" if ready else " Fetch what those that are not ready lack with: gpu-agent fetch ID"
    beside = f"{len(stock.beside)} autoencoders, text encoders and ControlNets lie beside them"
    return (
        f"{len(found['models'])} models, {len(found['loras'])} LoRAs; {beside}; {len(stock.refused)} refused.{missing}"
    )
