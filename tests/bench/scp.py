"""OpenSSH's copying program on a connection that stands already, so that only the copying is measured."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncssh

from bot.dispatch.login import CIPHERS
from tests.agent.sshd import Sshd
from tests.agent.until import until


@contextmanager
def standing(folder: Path, sshd: Sshd) -> Iterator[list[str]]:
    """The command to copy with; the server is called `tower` in it. Its key may run what it asks for."""
    key, config = folder / "scp_key", folder / "ssh_config"
    _let_in(key, sshd)
    with tempfile.TemporaryDirectory(prefix="dr-") as short:  # a socket's path must be short
        config.write_text(_config(key, sshd, f"{short}/line"))
        with subprocess.Popen(["ssh", "-F", str(config), "-MNn", "tower"]) as line:
            try:
                until(lambda: _stands(config, line))
                yield ["scp", "-O", "-q", "-F", str(config)]
            finally:
                _ended(line)


def _ended(line: "subprocess.Popen[bytes]") -> None:
    """One that is just taking up its connection may not hear that it is to go."""
    line.terminate()
    try:
        line.wait(10)
    except subprocess.TimeoutExpired:
        line.kill()


def _let_in(key: Path, sshd: Sshd) -> None:
    made = asyncssh.generate_private_key("ssh-ed25519")
    key.touch(mode=0o600)
    made.write_private_key(str(key))
    with sshd.client_key.with_name("authorized_keys").open("a") as allowed:
        allowed.write(f"restrict {made.export_public_key().decode()}")


def _config(key: Path, sshd: Sshd, socket: str) -> str:
    settings = {
        "HostName": sshd.host,
        "Port": sshd.port,
        "User": sshd.user,
        "IdentityFile": key,
        "IdentitiesOnly": "yes",
        "UserKnownHostsFile": sshd.known_hosts,
        "Ciphers": CIPHERS[0],
        "ControlPath": socket,
    }
    return "Host tower\n" + "".join(f"  {name} {value}\n" for name, value in settings.items())


def _stands(config: Path, line: "subprocess.Popen[bytes]") -> bool:
    assert line.poll() is None, "the connection for scp ended"
    asked = subprocess.run(["ssh", "-F", str(config), "-O", "check", "tower"], capture_output=True, check=False)
    return asked.returncode == 0
