"""The third rung: the tower shows the pinned host key, and lets the bot's own key in.

Nothing of this machine's SSH set-up is inherited: no ~/.ssh/config, no known_hosts but ours, no ssh-agent.
"""

import socket

import asyncssh

from bot.dispatch.pins import algorithms, alias, pinned
from bot.errors import BadSettings, HostKeyChanged, HostKeyUnknown, LineCut, LoginRefused, ProtocolMismatch
from bot.settings import Tower

LOGIN = 20.0
KEEPALIVE = 5.0
CIPHERS = ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"]


class _Door(asyncssh.SSHClient):
    """Remembers the host key that was shown, so that a person can be told its fingerprint.

    `entered`: the socket is the connection's from now on, which closes it.
    """

    shown: asyncssh.SSHKey | None = None
    entered = False

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        self.entered = True

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        self.shown = key
        return False  # asked only for a key that is not pinned


async def log_in(tower: Tower, wire: socket.socket) -> asyncssh.SSHClientConnection:
    """ssh → login; the socket belongs to the connection, or is closed.

    Raises HostKeyUnknown, HostKeyChanged, LoginRefused, ProtocolMismatch, LineCut or BadSettings.
    """
    door, keys = _Door(), pinned(tower)
    try:
        return await asyncssh.connect(sock=wire, options=_options(tower, door, keys))
    except asyncssh.HostKeyNotVerifiable as error:
        raise _foreign(tower, door.shown, keys) from error
    except asyncssh.PermissionDenied as error:
        raise LoginRefused(tower=tower.name, user=tower.user, fault=error.reason) from error
    except (asyncssh.KeyExchangeFailed, asyncssh.ProtocolNotSupported) as error:
        raise ProtocolMismatch(tower=tower.name, ours="SSH", theirs=error.reason) from error
    except TimeoutError as error:
        raise LineCut(tower=tower.name, fault=f"no login within {LOGIN:.0f} s") from error
    except (asyncssh.Error, OSError) as error:
        raise LineCut(tower=tower.name, fault=str(error)) from error
    finally:
        if not door.entered:  # asyncssh prepares before it takes the socket, and may be cancelled then
            wire.close()


def _options(tower: Tower, door: _Door, keys: list[asyncssh.SSHKey]) -> asyncssh.SSHClientConnectionOptions:
    try:
        client_key = asyncssh.read_private_key(tower.key)
    except (OSError, asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise BadSettings(place=f"tower.key {tower.key}", fault=f"is not a key that can be read ({error})") from error
    return asyncssh.SSHClientConnectionOptions(
        client_factory=lambda: door,
        username=tower.user,
        client_keys=[client_key],
        known_hosts=(keys, [], []),
        server_host_key_algs=algorithms(keys),
        host_key_alias=alias(tower),
        config=None,
        agent_path=None,
        preferred_auth="publickey",
        disable_trivial_auth=True,
        connect_timeout=LOGIN,
        login_timeout=LOGIN,
        keepalive_interval=KEEPALIVE,
        keepalive_count_max=3,
        compression_algs=["none"],
        encryption_algs=CIPHERS,
    )


def _foreign(
    tower: Tower, shown: asyncssh.SSHKey | None, keys: list[asyncssh.SSHKey]
) -> HostKeyUnknown | HostKeyChanged:
    fingerprint = None if shown is None else shown.get_fingerprint()
    leaf = HostKeyChanged if keys else HostKeyUnknown
    return leaf(tower=tower.name, host=tower.host, fingerprint=fingerprint)
