"""A real OpenSSH server on loopback whose one key may run one command, and a line in between that can be hurt."""

import asyncio
import getpass
import os
import shlex
import shutil
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import asyncssh
import pytest

ROOT = Path(__file__).parent.parent.parent
SSHD = shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    with socket.socket() as wire:
        wire.bind(("127.0.0.1", 0))
        return int(wire.getsockname()[1])


def attach_command(address: str) -> str:
    return f"cd {shlex.quote(str(ROOT))} && {sys.executable} -m gpu_agent attach --socket {shlex.quote(address)}"


class SshServer:
    """`host_key` may be replaced while it is stopped; `command` is what authorized_keys forces."""

    def __init__(self, folder: Path, command: str, port: int | None = None) -> None:
        if SSHD is None:
            pytest.skip("needs OpenSSH's server (sshd), which is not installed")
        self.folder, self.port = folder, port or free_port()
        self.user = getpass.getuser()
        self.client_key = folder / "client"
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(self.client_key)
        self.allow(key.export_public_key().decode(), command)
        self.renew_host_key()

    def allow(self, public: str, command: str) -> None:
        (self.folder / "authorized").write_text(f'restrict,command="{command}" {public}')

    def renew_host_key(self, kind: str = "ssh-ed25519") -> None:
        self.host_key = asyncssh.generate_private_key(kind)
        self.host_key.write_private_key(self.folder / "host")
        (self.folder / "host").chmod(0o600)

    async def start(self) -> None:
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where it locks itself in before a login
        config = {
            "Port": self.port, "ListenAddress": "127.0.0.1", "HostKey": self.folder / "host", "UsePAM": "no",
            "AuthorizedKeysFile": self.folder / "authorized", "StrictModes": "no", "PidFile": "none",
            "PasswordAuthentication": "no", "PermitRootLogin": "prohibit-password", "LogLevel": "ERROR",
        }  # fmt: skip
        options = [part for key, value in config.items() for part in ("-o", f"{key}={value}")]
        self._process = subprocess.Popen([str(SSHD), "-D", "-e", "-f", "/dev/null", *options], start_new_session=True)
        await until_open(self.port)

    def stop(self) -> None:
        """The listener and every login are gone when this returns."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                subprocess.run(["pkill", "-P", str(self._process.pid)], check=False)
                self._process.kill()
            self._process.wait()
            self._process = None


async def until_open(port: int) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                await writer.wait_closed()
                return


class Proxy:
    """Passes TCP on. `down` counts the bytes that came from the server since the last cut.

    `cut_after` cuts every connection once so many bytes came down; `stalled` keeps connections open and passes nothing.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.connections = self.down = 0
        self.cut_after: int | None = None
        self.flowing = asyncio.Event()
        self.flowing.set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()
        self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Every connection is reset."""
        self.down = 0
        for writer in self._writers:
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            behind, ahead = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, ahead}
        for copy in (self._copy(reader, ahead, False), self._copy(behind, writer, True)):
            task = asyncio.create_task(copy)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, down: bool) -> None:
        with suppress(OSError):
            while data := await reader.read(16 * 1024):
                await self.flowing.wait()
                writer.write(data)
                await writer.drain()
                if down:
                    self._counted(len(data))
        writer.transport.abort()
        self._writers.discard(writer)

    def _counted(self, size: int) -> None:
        self.down += size
        if self.cut_after is not None and self.down >= self.cut_after:
            self.cut_after = None
            self.cut()
