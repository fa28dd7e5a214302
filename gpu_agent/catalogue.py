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

from gpu_agent.order import ControlKind, Mode
from gpu_agent.stock import Part, ShelfModel
from gpu_agent.value import Sha256, Side

RepoName = Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")]
PipelineName = Annotated[str, Field(pattern=r"^(auto|[A-Z][A-Za-z0-9]*Pipeline)$")]
_SHIPPED = "models.toml"


class CatalogueError(Exception):
    """A models file cannot be used. `file`, `model` and `field` name the place, as far as it is known."""

    def __init__(self, file: str, model: str, field: str, fault: str) -> None:
        where = ", ".join(f'{name} "{value}"' for name, value in (("model", model), ("field", field)) if value)
        super().__init__(f"{file}: {where + ': ' if where else ''}{fault}. Correct the file and start again.")
        self.file, self.model, self.field = file, model, field


class Weights(BaseModel):
    """Where something beside the pipeline's own parts comes from: a repo, or a folder or file on this machine, and
    the file's name within (a `subfolder` too) where there are several."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    repo: RepoName | None = None
    folder: Path | None = None
    subfolder: str = ""
    file: str = ""
    bytes: int = Field(default=0, ge=0)


class ControlNet(Weights):
    """`pipeline` takes this one; `union` is the number of this kind in a ControlNet that knows several."""

    pipeline: PipelineName
    net: str = Field(pattern=r"^[A-Z][A-Za-z0-9]*$")
    union: int | None = None


class Encoder(Weights):
    """An IP-Adapter: `file` holds the adapter, `encoder` is the subfolder or repo of the image encoder it needs."""

    encoder: str = ""


class Model(BaseModel):
    """One model. Its weights are exactly one of `package` (a folder inside gpu_agent), `folder`, `repo` and `file`
    (one safetensors file with all of it); `denoiser` is a file (safetensors or GGUF) that takes the place of that
    part. A model with a `file` or `denoiser` takes what that lacks from `repo`'s cached small files.

    `family` names the adapter of the engine. `pipelines` says which class of diffusers does which mode. `gated` repos
    want their terms accepted by a person first. `arguments` are constants for the pipeline's call.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    name: str = Field(min_length=1, max_length=64)
    licence: str = Field(min_length=1, max_length=64)
    commercial: bool
    family: str = Field(default="", pattern=r"^[a-z0-9-]*$")
    package: str | None = None
    folder: Path | None = None
    repo: RepoName | None = None
    revision: str = ""
    variant: str = ""
    files: tuple[str, ...] = ()
    gated: bool = False
    file: Path | None = None
    denoiser: Path | None = None
    pipeline: PipelineName = "auto"
    pipelines: dict[Mode, PipelineName] = {}
    controlnets: dict[ControlKind, ControlNet] = {}
    adapter: Encoder | None = None
    guidance_argument: str = Field(default="guidance_scale", pattern=r"^[a-z_]+$")
    arguments: dict[str, bool | int | float | str] = {}
    steps: int = Field(ge=1, le=200)
    least_steps: int = Field(default=1, ge=1, le=200)
    most_steps: int = Field(default=200, ge=1, le=200)
    guidance: float = Field(ge=0, le=50)
    negative_acts: bool
    width: Side
    height: Side
    multiple: int = Field(ge=1, le=256)
    smallest: Side
    largest: Side
    most_pixels: int = Field(default=0, ge=0)
    frames: int = Field(default=1, ge=1, le=257)
    most_frames: int = Field(default=1, ge=1, le=257)
    fps: int = Field(default=0, ge=0, le=60)
    prompt_limit: int = Field(ge=1, le=8000)
    tokens: int = Field(default=0, ge=0)
    parts: tuple[Part, ...] = ()
    work: float = Field(default=0.0, ge=0)
    sha256: dict[str, Sha256] = {}

    @property
    def modes(self) -> tuple[Mode, ...]:
        """What it does, in the order of the file; one without `pipelines` draws from text alone."""
        return tuple(self.pipelines) or ("text",)

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
        if sum(source is not None for source in (self.package, self.folder, self.repo)) > 1:
            raise ValueError("needs exactly one of package, folder and repo, or a file")
        if not any((self.package, self.folder, self.repo, self.file)):
            raise ValueError("needs exactly one of package, folder and repo, or a file")
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


def described(model: Model, present: bool) -> ShelfModel:
    """The entry as the bot sees it."""
    known = model.model_dump(include=set(ShelfModel.model_fields))
    kinds = tuple(model.controlnets)
    return ShelfModel(**known, modes=model.modes, controls=kinds, reference=model.adapter is not None, present=present)


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
