"""The agent's own settings: one TOML file, and what the command line puts over it. examples/gpu-agent.toml has all of
them, line by line."""

import os
import sys
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

Positive = Annotated[float, Field(gt=0)]
_OTHERS = 0o007


class ConfigError(Exception):
    """The settings cannot be used; the text is a sentence that names file and field, and what to do."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Models(_Table):
    """`file` adds entries to the catalogue, `folders` are those that other programs keep already, `guard_path` is a
    file on the drive with the weights: without it, jobs wait. `token_file` holds the hub's token."""

    file: Path | None = None
    folders: tuple[Path, ...] = ()
    guard_path: Path | None = None
    token_file: Path | None = None

    @field_validator("file", "guard_path", "token_file", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        if value == "":
            raise ValueError("is empty: name a file, or leave the line out")
        return value

    @field_validator("folders", mode="before")
    @classmethod
    def _all_named(cls, value: object) -> object:
        if isinstance(value, list) and "" in value:
            raise ValueError("names an empty folder: take it out")
        return value


class Card(_Table):
    """`vram_gb` caps what is used, in 10**9 bytes; `share` waits while another program uses the card;
    `release_minutes` is how long an idle worker keeps the card's memory."""

    vram_gb: Positive | None = None
    share: bool = True
    release_minutes: Positive = 10.0


class Checkpoints(_Table):
    """`seconds` is how much work a crash may cost."""

    seconds: Positive = 20.0


class Speed(_Table):
    """Levers that make a card faster, each to be switched by itself. `auto` is on for cards; on a processor, that is
    `channels_last` alone.

    `attention` is `auto` (the fastest that agrees with torch's own), `native` (torch's own) or one of diffusers' names.
    `graphs` fixes shapes. `overlap` encodes, decodes and reads neighbours beside a render. `quantize` and `step_cache`
    change pictures a little and are never on unless somebody says so.
    """

    compile: Literal["auto", "on", "off"] = "auto"
    channels_last: Literal["auto", "on", "off"] = "auto"
    graphs: bool = False
    attention: str = Field(default="auto", pattern=r"^[a-z0-9_]+$")
    overlap: bool = True
    quantize: Literal["", "fp8", "int8"] = ""
    step_cache: Literal["", "first-block", "taylor-seer"] = ""


class Config(_Table):
    """Everything, with its defaults. Relative paths are meant from where the file lies."""

    models: Models = Models()
    card: Card = Card()
    checkpoints: Checkpoints = Checkpoints()
    speed: Speed = Speed()


def default_path() -> Path:
    """Where the settings lie unless another place is named."""
    windows = sys.platform == "win32"
    return Path(os.environ.get("PROGRAMDATA", "C:\\ProgramData") if windows else "/etc") / "gpu-agent/gpu-agent.toml"


def load(path: Path | None = None, models_file: Path | None = None) -> Config:
    """The settings of the file at `path`, else of the one at `default_path()` if there is one, else the defaults.

    `models_file` counts more than the settings' own. Raises ConfigError.
    """
    place = path.expanduser() if path is not None else default_path()
    config = _read(place) if path is not None or _there(place) else Config()
    if models_file is None:
        return config
    models = config.models.model_copy(update={"file": models_file.expanduser().absolute()})
    return config.model_copy(update={"models": models})


def hub_token(config: Config) -> str | None:
    """What `token_file` holds; None where no such file is named. Raises ConfigError."""
    file = config.models.token_file
    if file is None:
        return None
    _refuse_open_to_others(file)
    try:
        token = file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise ConfigError(f'{file}: field "models.token_file" cannot be read. Name a file with the token.') from error
    if not token or any(letter.isspace() for letter in token):
        raise ConfigError(f'{file}: field "models.token_file" needs a file with the token on one line, and no more.')
    return token


def _there(place: Path) -> bool:
    try:
        return place.exists()
    except OSError:  # in a folder that this account may not enter: better told than taken for none
        return True


def _read(path: Path) -> Config:
    try:
        config = Config.model_validate(tomllib.loads(path.read_bytes().decode("utf-8-sig")))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}). Name another file.") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f'{path}: field "{field}" {_words(first)}. Correct the file and start again.') from error
    except (ValueError, RecursionError) as error:  # not TOML, not UTF-8, or nested without end
        raise ConfigError(f"{path} is not TOML ({error}). Correct the file and start again.") from error
    placed = config.model_copy(update={"models": _placed(config.models, path.absolute().parent)})
    if placed.models.token_file is not None:
        _refuse_open_to_others(placed.models.token_file)
    return placed


def _words(fault: ErrorDetails) -> str:
    """What pydantic says, so that it goes on from the field's name."""
    if fault["type"] == "extra_forbidden":
        return "is none of the settings: a slip of the pen, perhaps"
    if fault["type"] == "value_error":
        return fault["msg"].removeprefix("Value error, ")
    return f"cannot be {fault['input']!r} ({fault['msg']})"


def _placed(models: Models, home: Path) -> Models:
    def at(place: Path | None) -> Path | None:
        return None if place is None else home / _at_home(place)

    folders = tuple(home / _at_home(folder) for folder in models.folders)
    places = {name: at(getattr(models, name)) for name in ("file", "guard_path", "token_file")}
    return models.model_copy(update={"folders": folders, **places})


def _at_home(place: Path) -> Path:
    try:
        return place.expanduser()
    except RuntimeError as error:  # a service account may have no home
        raise ConfigError(f"{place} starts in a home that this account does not have. Write the whole path.") from error


def _refuse_open_to_others(file: Path) -> None:
    """A token is as good as a password. Windows answers with its own rights, of which this says nothing."""
    try:
        open_to_others = sys.platform != "win32" and file.stat().st_mode & _OTHERS
    except OSError:
        return  # who needs the token reads it, and says so then
    if open_to_others:
        raise ConfigError(f"{file} holds a token and every account here may read it. Close it with: chmod 600 {file}")
