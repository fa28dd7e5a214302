"""A real OpenSSH server that can be stopped and given another key, and a line in between that can be hurt."""

import asyncio
import getpass
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

import asyncssh
import pytest

from tests.agent import sshd
from tests.agent.sshd import free_port as free_port


def attach_command(address: str) -> str:
    return sshd.attach_command(sys.executable, address)


class SshServer:
    """`command` is what authorized_keys forces. Logins outlive `stop`, as they do on a real machine."""

    def __init__(self, folder: Path, command: str) -> None:
        if sshd.SSHD is None:
            pytest.skip("no OpenSSH server here: install openssh-server")
        self.folder, self.command, self.port = folder, command, free_port()
        self.user, self.client_key = getpass.getuser(), folder / "client_key"
        self._running = ExitStack()
        folder.mkdir(parents=True, exist_ok=True)
        self.renew_host_key()

    def renew_host_key(self, kind: str = "ssh-ed25519") -> None:
        """Another key from the next start on."""
        self.host_key = asyncssh.generate_private_key(kind)
        (self.folder / "host_key").touch(mode=0o600)
        self.host_key.write_private_key(self.folder / "host_key")
        self.host_key.write_public_key(self.folder / "host_key.pub")

    def allow_nobody(self) -> None:
        """Until the next start."""
        (self.folder / "authorized_keys").write_text("")

    def start(self) -> None:
        self._running.enter_context(sshd.running_sshd(self.folder, self.command, self.port))

    def stop(self) -> None:
        self._running.close()


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

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> None:
        self._server = await asyncio.start_server(self._accept, host, port)
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
