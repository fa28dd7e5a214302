"""What lies on this tower's disks: where a model's files are, and whether all of them are there.

Only names, sizes and headers are read, so that a tower with a terabyte of weights answers at once; the digests of
the contents are checked when a model is loaded.
"""

import hashlib
import json
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from gpu_agent import catalogue
from gpu_agent.catalogue import Catalogue, Model, described
from gpu_agent.config import Config
from gpu_agent.stock import ShelfLora, ShelfModel
from gpu_agent.value import Facts

INDEX = "model_index.json"
_HEADER_LENGTH = struct.Struct("<Q")
_LARGEST_HEADER = 100_000_000  # the bound of the safetensors format
_MALFORMED = (OSError, ValueError, TypeError, AttributeError, LookupError, RecursionError)  # other people's JSON


@dataclass(frozen=True)
class FoundLora:
    """A LoRA in one of the folders, as the bot sees it, and the file itself."""

    shelf: ShelfLora
    path: Path


@dataclass(frozen=True)
class RefusedFile:
    """A file or folder that cannot be used: why, as a kind and the facts its sentence needs."""

    path: Path
    kind: str
    facts: Facts


@dataclass(frozen=True)
class Stock:
    """All that this tower may draw with: the catalogue and what the folders of the settings hold besides."""

    catalogue: Catalogue
    loras: tuple[FoundLora, ...] = ()
    refused: tuple[RefusedFile, ...] = ()

    def __post_init__(self) -> None:
        if len({lora.shelf.id for lora in self.loras}) < len(self.loras):
            raise ValueError("two LoRAs share an id")


def take_stock(config: Config) -> Stock:
    """What is here now. Raises CatalogueError for a models file of the user's that cannot be used."""
    return Stock(catalogue.load(config.models.file))


def mounted(config: Config) -> bool:
    """Is the drive with the weights there? True where no guard was named; asked often, so one look at one file."""
    guard = config.models.guard_path
    try:
        return guard is None or guard.exists()
    except OSError:  # a mount point whose drive is gone answers with an error
        return False


def folder(model: Model) -> Path | None:
    """Where the model's diffusers folder is, or None for a repo that the hub's cache does not hold."""
    if model.folder is not None:
        return model.folder
    if model.package is not None:
        return Path(str(files("gpu_agent").joinpath(model.package)))
    return _cached(str(model.repo))


def present(model: Model) -> bool:
    """Is every part that the pipeline's index names on disk, with no weights file cut short?"""
    place = folder(model)
    if place is None or any(not (place / name).is_file() for name in model.sha256):
        return False
    try:
        return all(_whole(place / part) for part in components(place))
    except _MALFORMED:
        return False


def components(place: Path) -> Iterator[str]:
    """The parts of a pipeline's folder, by its index. Raises OSError or ValueError where there is no such index."""
    for name, value in json.loads((place / INDEX).read_bytes()).items():
        if isinstance(value, list) and value and value[0] is not None:
            yield name


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


def _cached(repo: str) -> Path | None:
    """Where the hub's cache holds this repo. The hub's code comes with the engine: without one there is no cache."""
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError
    except ImportError:
        return None
    try:
        return Path(snapshot_download(repo, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        return None


def _whole(part: Path) -> bool:
    indexed = [json.loads(index.read_bytes())["weight_map"] for index in part.glob("*.safetensors.index.json")]
    shards = {part / name for weight_map in indexed for name in weight_map.values()}
    weights = shards | set(part.glob("*.safetensors"))
    return part.is_dir() and any(part.iterdir()) and all(_as_long_as_its_header_says(file) for file in weights)


def _as_long_as_its_header_says(file: Path) -> bool:
    with file.open("rb") as stream:
        (length,) = _HEADER_LENGTH.unpack(stream.read(_HEADER_LENGTH.size).ljust(_HEADER_LENGTH.size, b"\xff"))
        if length > _LARGEST_HEADER:
            return False
        header = json.loads(stream.read(length))
    ends = [tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__"]
    return file.stat().st_size == _HEADER_LENGTH.size + int(length) + max(ends, default=0)
