"""One line to a tower's agent: frames over the one command that its SSH server allows.

The command's name is ignored by the tower: its authorized_keys line forces `gpu-agent attach`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncssh

from bot.dispatch.heed import heed_cancel
from bot.dispatch.login import log_in
from bot.dispatch.reach import Climbed, reach
from bot.errors import AgentMissing, DaemonDown, LineCut, ProtocolMismatch, TowerTrouble
from bot.settings import Tower
from gpu_agent.frames import Frame, FrameError, FrameReader, pack
from gpu_agent.value import Message
from gpu_agent.wire import PROTOCOL, Hello, Ready, Refused

READY = 10.0
FAREWELL = 2.0
_READ = 64 * 1024
_NOT_FOUND = (127, 9009)  # what a POSIX shell and what cmd.exe say of a command they do not know


class Link:
    """`ready` is what the agent said first. Iterate over it for frames; it ends only by raising LineCut."""

    def __init__(
        self, tower: Tower, connection: asyncssh.SSHClientConnection, process: "asyncssh.SSHClientProcess[bytes]"
    ) -> None:
        self.tower = tower
        self.ready: Ready
        self._connection, self._process = connection, process
        self._reader = FrameReader()
        self._frames = self._read()

    async def send(self, message: Message, payload: bytes = b"") -> None:
        """Waits while the tower reads slowly. Raises LineCut."""
        try:
            self._process.stdin.write(pack(message, payload))
            await self._process.stdin.drain()
        except (asyncssh.Error, OSError) as error:
            raise LineCut(tower=self.tower.name, fault=str(error)) from error

    def __aiter__(self) -> AsyncIterator[Frame]:
        return self._frames

    async def close(self) -> None:
        """Says goodbye for a moment, then hangs up; nothing is left open."""
        self._connection.close()
        try:
            async with asyncio.timeout(FAREWELL):
                await self._connection.wait_closed()
        except TimeoutError:
            pass
        finally:
            self._connection.abort()

    async def greet(self, bot: str, shelf: str) -> None:
        """Hello, and wait for Ready. Raises AgentMissing, DaemonDown, ProtocolMismatch or LineCut."""
        await self.send(Hello(protocol=PROTOCOL, bot=bot, shelf=shelf))
        try:
            async with asyncio.timeout(READY):
                first = (await anext(self._frames)).message
        except TimeoutError as error:
            raise DaemonDown(tower=self.tower.name) from error
        if isinstance(first, Refused):
            raise _refused(self.tower, first)
        if not isinstance(first, Ready) or first.protocol != PROTOCOL:
            raise _mismatch(self.tower, getattr(first, "protocol", None))
        self.ready = first

    async def _read(self) -> AsyncIterator[Frame]:
        heard = False
        while True:
            try:
                data = await self._process.stdout.read(_READ)
                frames = list(self._reader.feed(data))
            except FrameError as error:
                raise self._not_ours(error, heard) from error
            except (asyncssh.Error, OSError) as error:
                raise LineCut(tower=self.tower.name, fault=str(error)) from error
            if not data:
                raise await self._ended(heard)
            for frame in frames:
                heard = True
                yield frame

    def _not_ours(self, error: FrameError, heard: bool) -> TowerTrouble:
        if heard or error.kind == "checksum":
            return LineCut(tower=self.tower.name, fault=str(error))
        if error.kind == "message":
            return _mismatch(self.tower, None)
        return AgentMissing(tower=self.tower.name, fault=str(error))

    async def _ended(self, heard: bool) -> TowerTrouble:
        """Why the command ended by itself; before its first frame, it was not the agent's command."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await self._process.wait_closed()
        status = self._process.exit_status
        if status in _NOT_FOUND or (status is not None and status >= 0 and not heard):
            return AgentMissing(tower=self.tower.name, status=status)
        return LineCut(tower=self.tower.name, fault=f"the agent's command ended with {status}")


async def open_link(tower: Tower, bot: str, shelf: str, climbed: Climbed) -> Link:
    """asleep → port → ssh → login → ready. Raises a leaf of TowerTrouble, or BadSettings for an unreadable key."""
    connection = await log_in(tower, await reach(tower, climbed))
    try:
        heed_cancel()
        climbed("login")
        link = Link(tower, connection, await _attach(tower, connection))
        await link.greet(bot, shelf)
        climbed("ready")
    except BaseException:
        connection.abort()
        raise
    return link


async def _attach(tower: Tower, connection: asyncssh.SSHClientConnection) -> "asyncssh.SSHClientProcess[bytes]":
    try:
        async with asyncio.timeout(READY):
            return await connection.create_process("attach", encoding=None, stderr=asyncssh.DEVNULL)
    except asyncssh.ChannelOpenError as error:
        raise AgentMissing(tower=tower.name, fault=error.reason) from error
    except (asyncssh.Error, OSError) as error:
        raise LineCut(tower=tower.name, fault=str(error)) from error


def _refused(tower: Tower, refused: Refused) -> TowerTrouble:
    if refused.kind == DaemonDown.kind:
        return DaemonDown(tower=tower.name)
    if refused.kind == ProtocolMismatch.kind:
        theirs = refused.facts.get("theirs")
        return _mismatch(tower, theirs if isinstance(theirs, int) else None)
    return LineCut(tower=tower.name, fault=refused.kind)


def _mismatch(tower: Tower, theirs: int | None) -> ProtocolMismatch:
    """`upgrade` says which side is older; an agent that cannot even be read is the newer one."""
    older = "tower" if theirs is not None and theirs < PROTOCOL else "bot"
    return ProtocolMismatch(
        tower=tower.name, ours=PROTOCOL, theirs="another" if theirs is None else theirs, upgrade=older
    )
