"""Which models exist: the entries that ship, and those of a user's own file of the same form.

An entry of the user's file adds a model, or replaces the one with the same id. `base = "sdxl"` takes over every field
that the entry does not name. Bot and tower both read this, so nothing here looks at disks or imports torch.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from gpu_agent.entry import Component, ControlNet, Encoder, Fused, Model, Weights
from gpu_agent.order import Order
from gpu_agent.stock import ShelfModel

__all__ = [
    "Catalogue",
    "CatalogueError",
    "Component",
    "ControlNet",
    "Encoder",
    "Fused",
    "Model",
    "Weights",
    "described",
    "load",
    "terms",
]

W = TypeVar("W", bound=Weights)
# In this order they are shown, and the first is the default.
_FAMILIES = ("stable-diffusion", "flux", "hidream", "z-image", "qwen-image", "wan")
SHIPPED = ("models.toml", *(f"models/{family}.toml" for family in _FAMILIES))
# What belongs to the place the weights come from goes with it when an entry names another place than its base.
_SOURCES = ("package", "folder", "repo")
_FILES = ("file", "denoiser", "denoiser_2")
_OF_THE_SOURCE = {*_SOURCES, *_FILES, "revision", "variant", "files", "download", "gated", "sha256"}


class CatalogueError(Exception):
    """A models file cannot be used. `file`, `model` and `field` name the place, as far as it is known."""

    def __init__(self, file: str, model: str, field: str, fault: str) -> None:
        where = ", ".join(f'{name} "{value}"' for name, value in (("model", model), ("field", field)) if value)
        super().__init__(f"{file}: {where + ': ' if where else ''}{fault}. Correct the file and start again.")
        self.file, self.model, self.field = file, model, field


@dataclass(frozen=True)
class Catalogue:
    """Every known model by its id, in the order of the files; iterating gives the models."""

    models: dict[str, Model]

    def __getitem__(self, model_id: str) -> Model:
        return self.models[model_id]

    def __contains__(self, model_id: object) -> bool:
        return model_id in self.models

    def __iter__(self) -> Iterator[Model]:
        return iter(self.models.values())

    def __len__(self) -> int:
        return len(self.models)


def load(path: str | Path | None = None) -> Catalogue:
    """The shipped models, and those of the file at `path` over them. Raises CatalogueError."""
    models: dict[str, Model] = {}
    for name in SHIPPED:
        models |= _read(name, files("gpu_agent").joinpath(name).read_bytes(), Path.cwd(), models)
    if path is not None:
        file = Path(path).expanduser()
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CatalogueError(str(path), "", "", f"cannot be read ({error.strerror})") from error
        models |= _read(str(path), content, file.absolute().parent, models)
    return Catalogue(models)


def described(model: Model, present: bool) -> ShelfModel:
    """The entry as the bot sees it."""
    known = model.model_dump(include=set(ShelfModel.model_fields) - {"fused"})
    nets, adapter = model.controlnets, model.adapter
    return ShelfModel(
        **known,
        modes=model.modes,
        controls=tuple(nets),
        control_bytes=max((net.bytes for net in nets.values()), default=0),
        reference=adapter is not None,
        reference_bytes=adapter.bytes if adapter is not None else 0,
        fused=bool(model.fused),
        present=present,
    )


def terms(model: Model, order: Order) -> tuple[str, bool]:
    """The licences that hold for this order's picture, and whether commercial use is allowed by all of them."""
    extras: list[Weights] = [*model.components.values(), *model.fused]
    if order.control is not None and order.control.kind in model.controlnets:
        extras.append(model.controlnets[order.control.kind])
    if order.reference is not None and model.adapter is not None:
        extras.append(model.adapter)
    further = dict.fromkeys(extra.licence for extra in extras if extra.licence and extra.licence not in model.licence)
    return "; ".join((model.licence, *further)), model.commercial and all(extra.commercial for extra in extras)


def _read(file: str, content: bytes, home: Path, known: dict[str, Model]) -> dict[str, Model]:
    try:
        table = tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:  # not TOML, not UTF-8, or nested without end
        raise CatalogueError(file, "", "", f"is not TOML ({error})") from error
    entries = table.pop("model", [])
    if table or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CatalogueError(file, "", "", "may hold [[model]] tables and nothing else")
    models: dict[str, Model] = {}
    for number, entry in enumerate(entries, 1):
        model = _entry(file, number, _from_base(file, entry, known | models), home)
        if model.id in models:
            raise CatalogueError(file, model.id, "id", "is there twice")
        models[model.id] = model
    return models


def _from_base(file: str, entry: dict[str, Any], known: dict[str, Model]) -> dict[str, Any]:
    """The entry with what it leaves out filled in from the one it is based on; each field is taken or left whole."""
    if "base" not in entry:
        return entry
    named, own = entry["base"], {field: value for field, value in entry.items() if field != "base"}
    if not isinstance(named, str) or named not in known:
        fault = f'there is no model "{named}" before it; choose one of: {", ".join(known)}'
        raise CatalogueError(file, str(entry.get("id", "")), "base", fault)
    taken = known[named].model_dump(exclude_unset=True)
    if any(source in own for source in _SOURCES):
        taken = {field: value for field, value in taken.items() if field not in _OF_THE_SOURCE}
    return taken | {"name": own.get("id", "")} | own


def _entry(file: str, number: int, entry: dict[str, Any], home: Path) -> Model:
    try:
        model = Model.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        named = entry.get("id")
        model_id = named if isinstance(named, str) else f"number {number}"
        raise CatalogueError(file, model_id, field, _words(first["msg"])) from error
    return _placed(model, home)


def _placed(model: Model, home: Path) -> Model:
    """Relative paths are meant from where the file lies, so that both can be moved together."""
    own = {name: home / place.expanduser() for name in ("folder", *_FILES) if (place := getattr(model, name))}
    nets = {kind: _weights_placed(net, home) for kind, net in model.controlnets.items()}
    components = {name: _weights_placed(part, home) for name, part in model.components.items()}
    adapter = model.adapter and _weights_placed(model.adapter, home)
    beside = {"controlnets": nets, "components": components, "adapter": adapter}
    return model.model_copy(update=own | {name: value for name, value in beside.items() if value})


def _weights_placed(weights: W, home: Path) -> W:
    if weights.folder is None:
        return weights
    return weights.model_copy(update={"folder": home / weights.folder.expanduser()})


def _words(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]
