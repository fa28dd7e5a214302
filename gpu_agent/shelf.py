"""What this tower has to draw with: the catalogue's models and those found in folders, LoRAs, and which of it is there.

Only names, sizes and headers are read. `shelf_models` and `shelf_loras` are what the bot is told.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from gpu_agent import catalogue, found
from gpu_agent.catalogue import Catalogue, Model, described
from gpu_agent.config import Config
from gpu_agent.found import FoundLora
from gpu_agent.looking import Look, RefusedFile
from gpu_agent.presence import INDEX, beside, components, folder, home, present, whole
from gpu_agent.stock import ShelfLora, ShelfModel

__all__ = [
    "INDEX",
    "OWN",
    "FoundLora",
    "Look",
    "RefusedFile",
    "Stock",
    "beside",
    "components",
    "digest",
    "folder",
    "home",
    "mounted",
    "on_shelf",
    "present",
    "shelf_loras",
    "shelf_models",
    "take_stock",
    "whole",
]


OWN = Path(str(files("gpu_agent").joinpath("engine/tiny")))
"""The demo's model has a LoRA of its own."""


@dataclass(frozen=True)
class Stock:
    """All that this tower may draw with: the catalogue, with the models found in the settings' folders behind those
    that ship, and the LoRAs. `beside` are autoencoders and the like that lie there, `refused` what cannot be used."""

    catalogue: Catalogue
    loras: tuple[FoundLora, ...] = ()
    refused: tuple[RefusedFile, ...] = ()
    beside: tuple[Look, ...] = ()


def take_stock(config: Config) -> Stock:
    """What is here now; files that were looked at before and are the same are not read again.

    Raises CatalogueError for a models file of the user's that cannot be used.
    """
    known = catalogue.load(config.models.file)
    here = found.find((OWN, *config.models.folders), known)
    models = Catalogue({**known.models, **here.models})
    return Stock(models, tuple(here.loras.values()), tuple(here.refused), tuple(here.beside))


def mounted(config: Config) -> bool:
    """Is the drive with the weights there? True where no guard was named; asked often, so one look at one file."""
    guard = config.models.guard_path
    try:
        return guard is None or guard.exists()
    except OSError:  # a mount point whose drive is gone answers with an error
        return False


def on_shelf(model: Model) -> ShelfModel:
    """The entry as the bot sees it."""
    return described(model, present(model))


def shelf_models(models: Iterable[Model]) -> tuple[ShelfModel, ...]:
    """Every model of the catalogue, with whether it is here."""
    return tuple(on_shelf(model) for model in models)


def shelf_loras(stock: Stock) -> tuple[ShelfLora, ...]:
    """The LoRAs as the bot sees them."""
    return tuple(lora.shelf for lora in stock.loras)


def digest(models: Iterable[ShelfModel], loras: Iterable[ShelfLora] = ()) -> str:
    """16 hexadecimal digits that change whenever the shelf does."""
    shelf: list[dict[str, Any]] = [entry.model_dump() for entry in (*models, *loras)]
    canonical = json.dumps(shelf, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
