"""The demo's own household in one folder: a ledger, keys and settings for the bot, and the bot as a child process."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from bot import settings as configuration
from bot.demo.discord.server import StandIn
from bot.demo.tower import MAC, USER, SleepingTower
from bot.dispatch.pins import pin

_MARKER = ".darkroom-demo"
_LAST_WORDS = 12  # lines of the bot's log that are shown when it ends before its time


class CannotShow(Exception):
    """The demo cannot go on; the text is a sentence for whoever started it."""


@dataclass(frozen=True)
class Household:
    """`config` is the bot's darkroom.toml; everything else lies beside it."""

    folder: Path
    key: asyncssh.SSHKey

    @property
    def config(self) -> Path:
        return self.folder / "darkroom.toml"

    @property
    def ledger(self) -> Path:
        return self.folder / "darkroom.db"

    @property
    def pictures(self) -> Path:
        return self.folder / "pictures"

    def settle(self, standin: StandIn, tower: SleepingTower) -> None:
        """Writes what a person would have written: settings, and the pin of a host key they have looked at."""
        self.config.write_text(_settings(self.folder, standin, tower), encoding="utf-8")
        (chosen,) = configuration.load(self.config).tower
        pin(chosen, tower.host_key.convert_to_public())


def make(folder: Path) -> Household:
    """An empty household. A folder that is not an earlier demo's is left alone. Raises CannotShow."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARKER).exists():
            raise CannotShow(f"{folder} holds something that is not a demo. Name another folder with --folder.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARKER).touch()
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(str(folder / "id_ed25519"))
    (folder / "id_ed25519").chmod(0o600)
    return Household(folder.absolute(), key)


def _settings(folder: Path, standin: StandIn, tower: SleepingTower) -> str:
    return f"""# What a darkroom.toml looks like. This one points at a stand-in for Discord and at a tower on loopback.
[discord]
guild_id = {standin.guild_id}
api_base = "{standin.api_base}"
gateway_url = "{standin.gateway_url}"
cdn_base = "{standin.cdn_base}"

[ledger]
path = {_quoted(folder / "darkroom.db")}

[[tower]]
name = "tower"
host = "127.0.0.1"
port = {tower.ssh_port}
user = "{USER}"
key = {_quoted(folder / "id_ed25519")}
known_hosts = {_quoted(folder / "known_hosts")}
mac = "{MAC}"
wake_targets = ["127.0.0.1"]
wake_port = {tower.wake_port}
"""


def _quoted(path: Path) -> str:
    """As TOML writes a string; what JSON escapes, TOML escapes alike."""
    return json.dumps(str(path), ensure_ascii=False)


@asynccontextmanager
async def bot_running(home: Household, token: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`darkroom run`, the unchanged program, as a child; told to stop at the end. Its words go to bot.log."""
    with (home.folder / "bot.log").open("ab") as log:
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run", "--config", str(home.config)),
            stdout=log,
            stderr=log,
            env=os.environ | {"DISCORD_TOKEN": token},
        )
    try:
        yield bot
    finally:
        if bot.returncode is None:
            bot.terminate()
        await bot.wait()


async def watch(home: Household, bot: asyncio.subprocess.Process) -> None:
    """Never returns while the bot lives. Raises CannotShow with its last words."""
    status = await bot.wait()
    words = (home.folder / "bot.log").read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_WORDS:]
    raise CannotShow("\n".join([f"The bot ended with status {status}. Its last words:", *words]))
