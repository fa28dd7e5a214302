"""The first rungs: a connected socket, and an SSH server that begins to speak on it.

The banner is only peeked at, so that the same connection goes on to log in: an SSH server counts connections that
leave without trying to, and after a few of them it stops answering that address.
"""

import asyncio
import socket
from collections.abc import Callable

from bot.errors import LineCut, NameUnknown, PortClosed, PortSilent, Unreachable
from bot.settings import Tower

CONNECT = 1.5
BANNER = 3.0
_PEEKED = 256
Climbed = Callable[[str], None]
"""Told the name of each rung as it is reached."""


async def reach(tower: Tower, climbed: Climbed) -> socket.socket:
    """asleep → port → ssh. Raises NameUnknown, Unreachable, PortClosed, PortSilent or LineCut."""
    wire = await _connect(tower)
    try:
        climbed("port")
        said = await _peek(tower, wire)
        if not said.startswith(b"SSH-"):
            raise PortSilent(tower=tower.name, host=tower.host, port=tower.port, said=said.decode("ascii", "replace"))
        climbed("ssh")
    except BaseException:
        wire.close()
        raise
    return wire


async def _connect(tower: Tower) -> socket.socket:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(tower.host, tower.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NameUnknown(tower=tower.name, host=tower.host, fault=error.strerror) from error
    failure: OSError = OSError("no address")
    for family, kind, protocol, _, address in found:
        wire = socket.socket(family, kind, protocol)
        wire.setblocking(False)
        try:
            async with asyncio.timeout(CONNECT):
                await loop.sock_connect(wire, address)
        except BaseException as error:
            wire.close()
            if not isinstance(error, OSError):
                raise
            failure = error
        else:
            return wire
    if isinstance(failure, ConnectionRefusedError):
        raise PortClosed(tower=tower.name, host=tower.host, port=tower.port) from failure
    raise Unreachable(tower=tower.name, host=tower.host, fault=failure.strerror or "no answer") from failure


async def _peek(tower: Tower, wire: socket.socket) -> bytes:
    """The first bytes the server says; they stay in the socket. A tower that is just starting may say nothing."""
    loop = asyncio.get_running_loop()
    spoken = asyncio.Event()
    loop.add_reader(wire, spoken.set)
    try:
        async with asyncio.timeout(BANNER):
            await spoken.wait()
        return wire.recv(_PEEKED, socket.MSG_PEEK)
    except TimeoutError:
        return b""
    except OSError as error:
        raise LineCut(tower=tower.name, fault=error.strerror) from error
    finally:
        loop.remove_reader(wire)
