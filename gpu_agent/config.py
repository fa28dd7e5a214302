"""The agent's own settings: one TOML file, and what the command line puts over it.

[models]
file = "models.toml"                     # entries of your own
folders = ["D:/ComfyUI/models"]          # what other programs keep already
guard_path = "E:/models/.mounted"        # a file on the encrypted drive: without it, jobs wait
token_file = "hub-token"                 # for gated repositories
[card]
vram_gb = 8.0                            # use no more than this
share = true                             # wait while a game or another program uses the card
release_minutes = 10.0                   # an idle worker gives the card's memory back
[checkpoints]
seconds = 20.0                           # how much work a crash may cost
"""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Positive = Annotated[float, Field(gt=0)]


class ConfigError(Exception):
    """The settings cannot be used; the text is a sentence that names file and field."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Models(_Table):
    file: Path | None = None
    folders: tuple[Path, ...] = ()
    guard_path: Path | None = None
    token_file: Path | None = None


class Card(_Table):
    vram_gb: Positive | None = None
    share: bool = True
    release_minutes: Positive = 10.0


class Checkpoints(_Table):
    seconds: Positive = 20.0


class Config(_Table):
    """Everything, with its defaults. Relative paths are meant from where the file lies."""

    models: Models = Models()
    card: Card = Card()
    checkpoints: Checkpoints = Checkpoints()


def load(path: Path | None = None, models_file: Path | None = None) -> Config:
    """The settings of the file at `path`, or the defaults; `models_file` counts more. Raises ConfigError."""
    config = _read(path.expanduser()) if path is not None else Config()
    if models_file is None:
        return config
    models = config.models.model_copy(update={"file": models_file})
    return config.model_copy(update={"models": models})


def _read(path: Path) -> Config:
    try:
        config = Config.model_validate(tomllib.loads(path.read_bytes().decode()))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}). Name another file.") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f'{path}: field "{field}": {first["msg"]}. Correct the file and start again.') from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise ConfigError(f"{path}: is not TOML ({error}). Correct the file and start again.") from error
    return config.model_copy(update={"models": _placed(config.models, path.absolute().parent)})


def _placed(models: Models, home: Path) -> Models:
    def at(place: Path | None) -> Path | None:
        return None if place is None else home / place.expanduser()

    folders = tuple(home / folder.expanduser() for folder in models.folders)
    places = {name: at(getattr(models, name)) for name in ("file", "guard_path", "token_file")}
    return models.model_copy(update={"folders": folders, **places})
