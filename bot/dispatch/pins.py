"""The host keys a person has vouched for: OpenSSH's known_hosts format, under the name `tower:<name>`.

The name stands for the tower and not for an address, so that a new address needs no new trust.
"""

import os
from pathlib import Path

import asyncssh
from asyncssh.public_key import get_default_public_key_algs

from bot.settings import Tower


def alias(tower: Tower) -> str:
    return f"tower:{tower.name}"


def pinned(tower: Tower) -> list[asyncssh.SSHKey]:
    """The keys that this tower may show. Lines that cannot be read vouch for nothing."""
    keys = []
    for line in _lines(tower.known_hosts):
        name, _, key = line.strip().partition(" ")
        if name == alias(tower):
            try:
                keys.append(asyncssh.import_public_key(key))
            except asyncssh.KeyImportError:
                continue
    return keys


def algorithms(keys: list[asyncssh.SSHKey]) -> list[str]:
    """Kinds of host keys to ask for: the pinned ones first, and then all others, so that a stranger shows itself.

    Of these ed25519 comes first: it is the one a person is told to compare with, and every server has it.
    """
    known = [algorithm.decode() for key in keys for algorithm in key.sig_algorithms]
    return list(
        dict.fromkeys([*known, "ssh-ed25519", *(algorithm.decode() for algorithm in get_default_public_key_algs())])
    )


def pin(tower: Tower, key: asyncssh.SSHKey) -> None:
    """From now on this tower must show this key; lines of other towers stay. On disk when this returns."""
    others = [line for line in _lines(tower.known_hosts) if line.partition(" ")[0] != alias(tower)]
    mine = f"{alias(tower)} {key.export_public_key('openssh').decode().strip()}"
    tower.known_hosts.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = tower.known_hosts.with_name(tower.known_hosts.name + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in [*others, mine]))
        file.flush()
        os.fsync(file.fileno())
    part.replace(tower.known_hosts)


def edition(tower: Tower) -> tuple[int, int, int] | None:
    """Changes whenever the file does; None while there is none."""
    try:
        state = tower.known_hosts.stat()
    except FileNotFoundError:
        return None
    return state.st_ino, state.st_mtime_ns, state.st_size


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
