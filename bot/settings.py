"""One frozen Settings from darkroom.toml and the environment; what is wrong is refused in plain words.

Every key outside `[[tower]]` and `[[watch]]` can also come from the environment as DARKROOM_<TABLE>__<KEY>, which wins
over the file.
The bot's token comes only from DISCORD_TOKEN or from the file that `[discord] token_file` names.
"""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.errors import BadSettings
from bot.nouns import Verdict


def _home(value: Any) -> Any:
    return Path(value).expanduser() if isinstance(value, str | Path) else value


HomePath = Annotated[Path, BeforeValidator(_home)]
Mac = Annotated[str, Field(pattern=r"^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$")]


class Table(BaseModel):
    """A table of the file: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Discord(Table):
    guild_id: int
    token_file: HomePath | None = None
    api_base: str = "https://discord.com/api/v10"
    gateway_url: str = "wss://gateway.discord.gg/"
    cdn_base: str = "https://cdn.discordapp.com"
    verdicts: dict[str, Verdict] = {"✅": Verdict.KEEP, "❌": Verdict.REJECT, "🔁": Verdict.REROLL}
    reconcile_days: float = Field(default=14, gt=0)


class LedgerTable(Table):
    path: HomePath = Path("darkroom.db")


class Limits(Table):
    pictures_per_ask: int = Field(default=8, ge=1, le=50)
    confirm_above: int = Field(default=4, ge=1)
    pictures_per_permutation: int = Field(default=40, ge=1, le=200)
    pictures_per_grid: int = Field(default=16, ge=2, le=100)
    batch_items: int = Field(default=10_000, ge=1)
    batch_bytes: int = Field(default=4 * 1024 * 1024, ge=1)
    batch_depth: int = Field(default=8, ge=5, le=50)


class Schedule(Table):
    zone: str = "UTC"
    grace_hours: float = Field(default=12, gt=0)
    lead_minutes: int = Field(default=15, ge=0, le=1440)
    per_person: int = Field(default=25, ge=1)


class ExportTable(Table):
    """One JSON a slug in `folder`, every day `at` this time in the schedule's zone; none when it is empty.

    `sets` is where `/batch export` puts batches; `git` makes commits in both.
    """

    folder: str = ""
    sets: str = ""
    git: bool = False
    at: str = Field(default="03:30", pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")


class TasteTable(Table):
    """`taxonomy` is a file of own reasons over those that ship, none when empty; `half_life_days` is a vote's.

    `evidence_share` of the asks with cues are rendered without them too, so that it shows whether cues help.
    """

    taxonomy: str = ""
    half_life_days: float = Field(default=90, gt=0)
    evidence_share: float = Field(default=0.1, ge=0, le=1)


class RoutingTable(Table):
    """`explore` is the share of routed asks that try another model; `table` has the model of an archetype by hand."""

    explore: float = Field(default=0.05, ge=0, le=0.5)
    table: dict[Annotated[str, Field(min_length=1, max_length=64)], str] = {}


class WatchTable(Table):
    """A folder in which batch files are looked for, `every` so many seconds; with `git` it is pulled before.

    What is found is rendered in `channel` for `person` at once, or offered there; then it is left, or moved away.
    """

    path: str = Field(min_length=1)
    channel: int
    person: int
    git: bool = False
    accept: Literal["ask", "at once"] = "ask"
    after: Literal["leave", "move"] = "leave"
    pattern: str = Field(default="prompts-batch-*", pattern=r"^[^/\\\x00]+$")
    every: float = Field(default=30, ge=1)

    @model_validator(mode="after")
    def _a_repository_is_left_as_it_is(self) -> Self:
        if self.git and self.after == "move":
            raise ValueError("files of a git repository cannot be moved away; leave after as it is")
        return self


class CostsTable(Table):
    """What rendering costs: the whole tower's power in watts, electricity by the kWh, and a picture of a hosted API."""

    rendering_watts: float = Field(default=350, gt=0)
    idle_watts: float = Field(default=80, ge=0)
    per_kwh: float = Field(default=0.12, ge=0)
    hosted_picture: float = Field(default=0.045, ge=0)
    currency: str = Field(default="$", min_length=1, max_length=8)


class RoleTable(Table):
    """What holds for who has the role `id`; what is left out is as for everybody."""

    id: int
    daily: int | None = Field(default=None, ge=0)
    at_once: int | None = Field(default=None, ge=0)
    cooldown: float | None = Field(default=None, ge=0)


class PeopleTable(Table):
    """Limits for each person, 0 for none; `cooldown` in seconds. The files hold words, a pattern a line."""

    daily: int = Field(default=0, ge=0)
    at_once: int = Field(default=0, ge=0)
    cooldown: float = Field(default=0, ge=0)
    words_file: str = ""
    nsfw_words_file: str = ""
    role: tuple[RoleTable, ...] = ()


class Tower(Table):
    """A machine with GPUs, reached over SSH; times in seconds."""

    name: str = Field(default="tower", pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")
    host: str
    port: int = Field(default=22, ge=1, le=65535)
    user: str = "gpu-agent"
    key: HomePath
    known_hosts: HomePath
    mac: Mac | None = None
    wake_targets: tuple[str, ...] = ("255.255.255.255",)
    wake_port: int = Field(default=9, ge=1, le=65535)
    wake_patience: float = Field(default=180, gt=0)


class Settings(BaseSettings):
    """Everything the bot is told. `tower` lists the machines in the order of preference."""

    model_config = SettingsConfigDict(env_prefix="DARKROOM_", env_nested_delimiter="__", frozen=True, extra="forbid")

    discord: Discord
    ledger: LedgerTable = LedgerTable()
    limits: Limits = Limits()
    schedule: Schedule = Schedule()
    taste: TasteTable = TasteTable()
    people: PeopleTable = PeopleTable()
    export: ExportTable = ExportTable()
    costs: CostsTable = CostsTable()
    routing: RoutingTable = RoutingTable()
    tower: tuple[Tower, ...] = ()
    watch: tuple[WatchTable, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, whose content arrives as init arguments."""
        return env_settings, init_settings


def load(path: Path) -> Settings:
    """The settings of this file and the environment. Raises BadSettings naming the key."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(place=str(path), fault=f"cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(place=str(path), fault=str(error)) from error
    try:
        settings = Settings(**tables)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadSettings(place=f"{path}, {place}", fault=first["msg"]) from error
    _refuse_twins(path, settings)
    return settings


def _refuse_twins(path: Path, settings: Settings) -> None:
    names = [tower.name for tower in settings.tower]
    if len(set(names)) < len(names):
        raise BadSettings(place=f"{path}, tower.name", fault="two towers have the same name")


def token(settings: Settings) -> SecretStr:
    """The bot's token. Raises BadSettings when neither DISCORD_TOKEN nor the token file gives one."""
    if value := os.environ.get("DISCORD_TOKEN", "").strip():
        return SecretStr(value)
    if settings.discord.token_file is None:
        raise BadSettings(place="DISCORD_TOKEN", fault="is not set, and [discord] token_file names no file")
    try:
        return SecretStr(settings.discord.token_file.read_text(encoding="utf-8").strip())
    except OSError as error:
        raise BadSettings(place=str(settings.discord.token_file), fault=f"cannot be read ({error.strerror})") from error
