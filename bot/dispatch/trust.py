"""A person vouches for a tower's host key: look at the one it shows, compare, pin."""

from dataclasses import dataclass
from enum import StrEnum

import asyncssh

from bot.dispatch.login import LOGIN
from bot.dispatch.pins import algorithms, pin, pinned
from bot.dispatch.reach import reach
from bot.errors import LineCut
from bot.settings import Tower


class Standing(StrEnum):
    """How the key that a tower shows compares with what is pinned for it."""

    NEW = "new"
    PINNED = "pinned"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Shown:
    """`fingerprint` is SHA256 in OpenSSH's writing, as `ssh-keygen -lf` prints it on the tower."""

    tower: Tower
    key: asyncssh.SSHKey
    standing: Standing

    @property
    def fingerprint(self) -> str:
        return str(self.key.get_fingerprint())

    def trust(self) -> None:
        """From now on this key and no other; on disk when this returns."""
        pin(self.tower, self.key)


async def look_at_key(tower: Tower) -> Shown:
    """The host key that the tower shows now; nothing is sent to it. Raises a leaf of TowerTrouble."""
    keys = pinned(tower)
    key = await _shown(tower, keys)
    standing = Standing.PINNED if key in keys else Standing.DIFFERENT if keys else Standing.NEW
    return Shown(tower, key, standing)


async def _shown(tower: Tower, keys: list[asyncssh.SSHKey]) -> asyncssh.SSHKey:
    wire = await reach(tower, lambda rung: None)
    options = asyncssh.SSHClientConnectionOptions(
        config=None, agent_path=None, client_keys=None, connect_timeout=LOGIN, login_timeout=LOGIN
    )
    try:
        key = await asyncssh.get_server_host_key(
            sock=wire, server_host_key_algs=algorithms(keys), config=None, options=options
        )
    except TimeoutError as error:
        raise LineCut(tower=tower.name, fault=f"no host key within {LOGIN:.0f} s") from error
    except (asyncssh.Error, OSError) as error:
        raise LineCut(tower=tower.name, fault=str(error)) from error
    if key is None:
        raise LineCut(tower=tower.name, fault="it shows no host key")
    return key
