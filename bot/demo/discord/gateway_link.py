"""One websocket of the gateway: JSON in, JSON out in order, as text or as one zlib stream."""

import asyncio
import json
import zlib
from collections.abc import Callable

from aiohttp import ClientConnectionResetError, WSMsgType, web

from bot.demo.discord.values import Json

_DECODE_ERROR = 4002


class Link:
    """Sending never blocks the world: payloads queue, one task writes them. While `silent`, nothing leaves."""

    def __init__(self, socket: web.WebSocketResponse, compressed: bool) -> None:
        self._socket = socket
        # One context for the whole connection; every message ends in a sync flush (00 00 ff ff).
        self._deflate = zlib.compressobj() if compressed else None
        self._queue: asyncio.Queue[Json | int] = asyncio.Queue()
        self.silent = False
        self.closed_here = False

    def start(self) -> "asyncio.Task[None]":
        return asyncio.create_task(self._write())

    def put(self, payload: Json) -> None:
        if not self.silent:
            self._queue.put_nowait(payload)

    def close(self, code: int) -> None:
        """After what is queued."""
        self.closed_here = True
        self._queue.put_nowait(code)

    async def read(self, receive: Callable[[Json], None]) -> None:
        """Hand over every payload until the connection ends."""
        async for message in self._socket:
            # Some client libraries send their JSON in binary frames.
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                continue
            payload = _parsed(message.data)
            if payload is None:
                self.close(_DECODE_ERROR)
            else:
                receive(payload)

    async def _write(self) -> None:
        while True:
            item = await self._queue.get()
            try:
                if isinstance(item, int):
                    await self._socket.close(code=item)
                else:
                    await self._send(json.dumps(item))
            except ClientConnectionResetError:
                return

    async def _send(self, text: str) -> None:
        if self._deflate is None:
            await self._socket.send_str(text)
        else:
            data = self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
            await self._socket.send_bytes(data)


def _parsed(text: str | bytes) -> Json | None:
    try:
        payload = json.loads(text)
    except ValueError:
        return None
    return payload if isinstance(payload, dict) else None
