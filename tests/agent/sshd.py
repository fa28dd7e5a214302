"""A real OpenSSH server on a free loopback port, as the current user, with one key that may run one command.

with running_sshd(folder, shlex.join([...])) as sshd:
    await asyncssh.connect(sshd.host, sshd.port, **sshd.login)
"""

import getpass
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any

import asyncssh
import pytest

ROOT = Path(__file__).parent.parent.parent
SSHD = which("sshd", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
DEADLINE = 30.0

needs_sshd = pytest.mark.skipif(SSHD is None, reason="no OpenSSH server here: install openssh-server")


@dataclass(frozen=True)
class Sshd:
    """Where it listens and what a client needs; `known_hosts` pins its key for that host and port."""

    host: str
    port: int
    user: str
    client_key: Path
    host_key: Path
    known_hosts: Path

    @property
    def login(self) -> dict[str, Any]:
        """Arguments for asyncssh.connect that leave the user's own SSH settings out of it."""
        keys, hosts = [str(self.client_key)], str(self.known_hosts)
        return {"username": self.user, "client_keys": keys, "known_hosts": hosts, "config": None, "agent_path": None}


@contextmanager
def running_sshd(folder: Path, command: str, port: int | None = None) -> Iterator[Sshd]:
    """The server until the block ends. The same folder and port again give the same server with the same keys."""
    assert SSHD is not None
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # its own jail, which the system makes at boot
    sshd = _prepared(folder, command, port or free_port())
    arguments = [SSHD, "-D", "-e", "-f", str(folder / "sshd_config")]
    with (folder / "sshd.log").open("ab") as log, subprocess.Popen(arguments, stderr=log) as process:
        try:
            _wait_until_it_answers(sshd, process, folder / "sshd.log")
            yield sshd
        finally:
            process.terminate()


def attach_command(python: str, address: str) -> str:
    """The forced command, for a package that need not be installed."""
    return f"env PYTHONPATH={ROOT} {python} -m gpu_agent attach --socket {address}"


def _prepared(folder: Path, command: str, port: int) -> Sshd:
    folder.mkdir(parents=True, exist_ok=True)
    host_key, client_key = _key(folder / "host_key"), _key(folder / "client_key")
    public = client_key.with_suffix(".pub").read_text().strip()
    escaped = command.replace('"', '\\"')
    (folder / "authorized_keys").write_text(f'restrict,command="{escaped}" {public}\n')
    known_hosts = folder / "known_hosts"
    known_hosts.write_text(f"[127.0.0.1]:{port} {host_key.with_suffix('.pub').read_text()}")
    settings = {
        "ListenAddress": f"127.0.0.1:{port}",
        "HostKey": host_key,
        "AuthorizedKeysFile": folder / "authorized_keys",
        "PidFile": "none",
        "StrictModes": "no",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
        "KbdInteractiveAuthentication": "no",
        "PermitRootLogin": "prohibit-password",
    }
    (folder / "sshd_config").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    return Sshd("127.0.0.1", port, getpass.getuser(), client_key, host_key, known_hosts)


def _key(path: Path) -> Path:
    if not path.exists():
        key = asyncssh.generate_private_key("ssh-ed25519")
        path.touch(mode=0o600)
        key.write_private_key(str(path))
        key.write_public_key(str(path.with_suffix(".pub")))
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(sshd: Sshd, process: "subprocess.Popen[bytes]", log: Path) -> None:
    from tests.agent.until import until

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            with socket.create_connection((sshd.host, sshd.port), timeout=5) as probe:
                return probe.recv(4) == b"SSH-"
        except OSError:
            return False

    until(answers, DEADLINE)
