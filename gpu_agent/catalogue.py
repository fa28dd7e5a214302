"""Which models exist: the entries of `models.toml`, and those of a user's own file of the same form.

An entry of the user's file adds a model, or replaces the one with the same id. Sizes are in pixels, `prompt_limit` in
characters. Bot and tower both read this, so nothing here looks at disks or imports torch.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from gpu_agent.wire import Sha256

Side = Annotated[int, Field(ge=8, le=8192)]
PipelineName = Annotated[str, Field(pattern=r"^(auto|[A-Z][A-Za-z0-9]*Pipeline)$")]
_SHIPPED = "models.toml"


class CatalogueError(Exception):
    """A models file cannot be used. `file`, `model` and `field` name the place, as far as it is known."""

    def __init__(self, file: str, model: str, field: str, fault: str) -> None:
        where = ", ".join(f'{name} "{value}"' for name, value in (("model", model), ("field", field)) if value)
        super().__init__(f"{file}: {where + ': ' if where else ''}{fault}. Correct the file and start again.")
        self.file, self.model, self.field = file, model, field


class Model(BaseModel):
    """One model. Its weights are exactly one of `package` (a folder inside gpu_agent), `folder` or `repo`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    name: str = Field(min_length=1, max_length=64)
    licence: str = Field(min_length=1, max_length=64)
    commercial: bool
    package: str | None = None
    folder: Path | None = None
    repo: str | None = Field(default=None, pattern=r"^[\w.-]+/[\w.-]+$")
    pipeline: PipelineName = "auto"
    guidance_argument: str = Field(default="guidance_scale", pattern=r"^[a-z_]+$")
    steps: int = Field(ge=1, le=200)
    guidance: float = Field(ge=0, le=50)
    negative_acts: bool
    width: Side
    height: Side
    multiple: int = Field(ge=1, le=256)
    smallest: Side
    largest: Side
    prompt_limit: int = Field(ge=1, le=8000)
    sha256: dict[str, Sha256] = {}

    @field_validator("package")
    @classmethod
    def _inside_the_package(cls, value: str) -> str:
        if not re.fullmatch(r"[\w/-]+", value) or value.startswith("/"):
            raise ValueError("must be a folder inside gpu_agent")
        return value

    @field_validator("sha256")
    @classmethod
    def _inside_the_folder(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                raise ValueError(f"{name} is not a file inside the model's folder")
        return value

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(source is not None for source in (self.package, self.folder, self.repo)) != 1:
            raise ValueError("needs exactly one of package, folder and repo")
        return self

    @model_validator(mode="after")
    def _default_size_fits(self) -> Self:
        for side in (self.width, self.height):
            if not self.smallest <= side <= self.largest or side % self.multiple:
                raise ValueError(
                    f"the default side {side} is not a multiple of {self.multiple} "
                    f"between {self.smallest} and {self.largest}"
                )
        return self


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
    models = _read(_SHIPPED, files("gpu_agent").joinpath(_SHIPPED).read_bytes(), Path.cwd())
    if path is not None:
        file = Path(path).expanduser()
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CatalogueError(str(path), "", "", f"cannot be read ({error.strerror})") from error
        models |= _read(str(path), content, file.absolute().parent)
    return Catalogue(models)


def _read(file: str, content: bytes, home: Path) -> dict[str, Model]:
    try:
        table = tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:  # not TOML, not UTF-8, or nested without end
        raise CatalogueError(file, "", "", f"is not TOML ({error})") from error
    entries = table.pop("model", [])
    if table or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CatalogueError(file, "", "", "may hold [[model]] tables and nothing else")
    models: dict[str, Model] = {}
    for number, entry in enumerate(entries, 1):
        model = _entry(file, number, entry, home)
        if model.id in models:
            raise CatalogueError(file, model.id, "id", "is there twice")
        models[model.id] = model
    return models


def _entry(file: str, number: int, entry: dict[str, Any], home: Path) -> Model:
    """A relative `folder` is meant from where the file lies, so that both can be moved together."""
    try:
        model = Model.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        named = entry.get("id")
        model_id = named if isinstance(named, str) else f"number {number}"
        raise CatalogueError(file, model_id, field, _words(first["msg"])) from error
    if model.folder is None:
        return model
    return model.model_copy(update={"folder": home / model.folder.expanduser()})


def _words(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]
