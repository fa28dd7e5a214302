"""The models a person may choose from: what the towers said they have, or the packaged catalogue before any spoke."""

from collections.abc import Iterable, Sequence
from functools import cache

from bot.errors import NotRenderable
from bot.ledger import towers
from bot.ledger.database import Connection
from gpu_agent import catalogue
from gpu_agent.stock import ShelfLora, ShelfModel


async def offered(connection: Connection, names: Sequence[str]) -> tuple[ShelfModel, ...]:
    """Every model of these towers once, those with weights on a tower first; the first one is the default."""
    shelves = [await towers.shelf(connection, name) for name in names]
    found = _merged(model for shelf in shelves if shelf is not None for model in shelf.models)
    return found or packaged()


async def loras(connection: Connection, names: Sequence[str]) -> tuple[ShelfLora, ...]:
    """Every LoRA of these towers once, as the first of them told of it."""
    shelves = [await towers.shelf(connection, name) for name in names]
    found: dict[str, ShelfLora] = {}
    for lora in (lora for shelf in shelves if shelf is not None for lora in shelf.loras):
        found.setdefault(lora.id, lora)
    return tuple(found.values())


@cache
def packaged() -> tuple[ShelfModel, ...]:
    """The catalogue that comes with the program; what comes with the agent itself is on every tower."""
    return from_catalogue(catalogue.load(None))


def from_catalogue(known: catalogue.Catalogue) -> tuple[ShelfModel, ...]:
    """A catalogue's models as a tower would describe them, without having looked at its disks."""
    return tuple(catalogue.described(model, present=model.package is not None) for model in known)


def chosen(models: Sequence[ShelfModel], wanted: str | None) -> ShelfModel:
    """The model of this id, or the default when none is named. Raises NotRenderable for an unknown one."""
    if wanted is None:
        return models[0]
    for model in models:
        if model.id == wanted:
            return model
    here = [model for model in models if model.present] or models
    raise NotRenderable("unknown-model", {"model": wanted, "known": ", ".join(model.id for model in here)})


def _merged(models: Iterable[ShelfModel]) -> tuple[ShelfModel, ...]:
    """The first tower's word counts, except that a model is present when any tower has it."""
    merged: dict[str, ShelfModel] = {}
    for model in models:
        if model.id not in merged or (model.present and not merged[model.id].present):
            merged[model.id] = model
    return tuple(sorted(merged.values(), key=lambda model: not model.present))
