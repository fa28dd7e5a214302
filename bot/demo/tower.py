"""A tower that sleeps until its magic packet arrives, on loopback: its own SSH server, host key and agent.

asleep   the SSH port is closed and no agent runs       a packet with its MAC address wakes it
awake    SSH reaches `gpu-agent attach`, nothing else   `gpu-agent serve` was asked to rest: asleep again
"""

import asyncio
import shlex
import socket
import sys
import tempfile
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import asyncssh

MAC = "02:00:5e:10:00:01"
USER = "gpu-agent"
_AS_BYTES = bytes.fromhex(MAC.replace(":", ""))
MAGIC = b"\xff" * 6 + _AS_BYTES * 16
_SUSPEND = b"suspend"
_SLICE = 64 * 1024
_BOOTING = 1.5  # seconds, so that a person sees it happen


class _Source(Protocol):
    async def read(self, n: int, /) -> bytes: ...


class _Sink(Protocol):
    def write(self, data: bytes, /) -> None: ...

    async def drain(self) -> None: ...

    def write_eof(self) -> None: ...


class PowerButton(asyncio.DatagramProtocol):
    """The network card of a sleeping machine: hears magic packets; and the suspend command of its own agent."""

    def __init__(self, tower: "SleepingTower") -> None:
        self._tower = tower

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        if data == MAGIC:
            self._tower.pressed.set()
        elif data == _SUSPEND:
            self._tower.suspended.set()


class SleepingTower:
    """`async with SleepingTower(folder, key)`; `key` is the public key that may come in. `wakes` counts."""

    def __init__(self, folder: Path, key: str) -> None:
        self._folder, self._key = folder, key
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.ssh_port = _free_port()
        self.wakes = 0
        self.pressed, self.suspended = asyncio.Event(), asyncio.Event()
        self._attached: set[asyncio.subprocess.Process] = set()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opened:
            # A socket's path may have about a hundred characters; the demo's own folder may lie deeper.
            place = opened.enter_context(tempfile.TemporaryDirectory(prefix="darkroom-"))
            self._socket = str(Path(place) / "agent.sock")
            loop = asyncio.get_running_loop()
            transport, _ = await loop.create_datagram_endpoint(lambda: PowerButton(self), ("127.0.0.1", 0))
            opened.callback(transport.close)
            self.wake_port: int = transport.get_extra_info("sockname")[1]
            self._life = asyncio.create_task(self._live())
            opened.push_async_callback(self._end)
            self._opened = opened.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._opened.aclose()

    async def _end(self) -> None:
        self._life.cancel()
        await asyncio.wait([self._life])

    async def _live(self) -> None:
        while True:
            self.pressed.clear()
            await self.pressed.wait()
            await asyncio.sleep(_BOOTING)
            self.suspended.clear()
            await self._awake()

    async def _awake(self) -> None:
        with (self._folder / "tower.log").open("ab") as log:
            agent = await asyncio.create_subprocess_exec(*self._serve(), stdout=log, stderr=log)
        try:
            async with await asyncssh.listen(
                "127.0.0.1",
                self.ssh_port,
                server_host_keys=[self.host_key],
                authorized_client_keys=asyncssh.import_authorized_keys(self._key),
                process_factory=self._attach,
                encoding=None,
                allow_pty=False,
            ):
                self.wakes += 1
                await self.suspended.wait()
                await self._hang_up()
        finally:
            await _stop(agent)

    def _serve(self) -> list[str]:
        knock = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"
        knock += f".sendto({_SUSPEND!r}, ('127.0.0.1', {self.wake_port}))"
        return [
            *(sys.executable, "-m", "gpu_agent", "serve"),
            *("--spool", str(self._folder / "spool"), "--socket", self._socket),
            *("--config", str(self._settings())),
            *("--suspend-command", shlex.join([sys.executable, "-c", knock]), "--rest-delay", "2"),
        ]

    def _settings(self) -> Path:
        """Its own, also on a machine that is a tower itself and has some."""
        file = self._folder / "gpu-agent.toml"
        file.write_text("[card]\nshare = false\n", encoding="utf-8")
        return file

    async def _attach(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        """What `command="gpu-agent attach …"` in authorized_keys does: whatever was asked for, this is what runs."""
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "gpu_agent", "attach", "--socket", self._socket),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert child.stdin is not None
        assert child.stdout is not None
        self._attached.add(child)
        up = asyncio.create_task(_copy(process.stdin, child.stdin))
        try:
            await _copy(child.stdout, process.stdout)
            process.exit(await child.wait())
        finally:
            up.cancel()
            await _stop(child)
            self._attached.discard(child)

    async def _hang_up(self) -> None:
        for child in list(self._attached):
            await _stop(child)


async def _copy(source: _Source, sink: _Sink) -> None:
    """Until the source ends or the sink is gone; then the sink is closed, too."""
    try:
        while data := await source.read(_SLICE):
            sink.write(data)
            await sink.drain()
    except OSError:  # the line or the agent went away: the other side is told by the end of its input
        pass
    finally:
        with suppress(OSError):
            sink.write_eof()


async def _stop(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        child.terminate()
        await child.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
