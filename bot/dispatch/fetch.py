"""Getting a picture out of the tower's spool: by offset, so that a cut costs only what had not arrived."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bot.dispatch.link import Link
from bot.errors import LineCut, PictureBroken
from bot.ledger.files import Files
from bot.review.check import check
from gpu_agent.order import Order
from gpu_agent.wire import Chunk, Done, Fetch

REFETCHES = 3
STALLED = 30.0
LARGEST = 64 * 1024 * 1024
_WAITING_CHUNKS = 8
Given = TypeVar("Given")


class Fetcher:
    """Fetches one picture after another over one link; the session feeds it what arrives."""

    def __init__(self, link: Link, files: Files) -> None:
        self._link, self._files = link, files
        self._wanted = ""
        self._pieces: asyncio.Queue[tuple[Chunk, bytes] | None] = asyncio.Queue(_WAITING_CHUNKS)

    async def feed(self, chunk: Chunk, payload: bytes) -> None:
        """Waits while the disk is slower than the line; what nobody waits for is dropped."""
        if chunk.sha256 == self._wanted:
            await self._pieces.put((chunk, payload))

    async def gone(self, sha256: str) -> None:
        """The tower has no such picture (any more)."""
        if sha256 == self._wanted:
            await self._pieces.put(None)

    async def fetch(self, done: Done, order: Order) -> None:
        """Returns once the checked picture of this order lies in the bot's files.

        Raises PictureBroken when it cannot be had, LineCut when the transfer stalls or cannot be written.
        """
        if done.receipt.order != order:
            raise PictureBroken(fault="its receipt tells of another order")
        if not 0 < done.bytes <= LARGEST:
            raise PictureBroken(fault=f"it has {done.bytes} bytes, and at most {LARGEST} are taken")
        path = await self._download(done)
        try:
            await to_the_end(check, path, order.width, order.height)
        except PictureBroken:
            path.unlink()
            raise

    async def _download(self, done: Done) -> Path:
        for _ in range(REFETCHES):
            try:
                return await self._once(done)
            except PictureBroken:
                continue
        return await self._once(done)

    async def _once(self, done: Done) -> Path:
        if self._files.has(done.sha256):
            return self._files.path(done.sha256)
        self._wanted = done.sha256
        try:
            if self._files.received(done.sha256) < done.bytes:
                await self._collect(done)
        finally:
            self._wanted = ""
            while not self._pieces.empty():
                self._pieces.get_nowait()
        return await to_the_end(self._files.keep, done.sha256)

    async def _collect(self, done: Done) -> None:
        """Until as many bytes are here as were promised."""
        have = self._files.received(done.sha256)
        await self._link.send(Fetch(sha256=done.sha256, offset=have))
        while have < done.bytes:
            piece = await self._next()
            if piece is None or piece[0].total != done.bytes or piece[0].offset > have:
                raise PictureBroken(sha256=done.sha256, fault="the tower does not give it as it promised")
            if piece[0].offset == have:
                await self._write(done.sha256, piece[1])
            have = self._files.received(done.sha256)

    async def _write(self, sha256: str, data: bytes) -> None:
        try:
            await to_the_end(self._files.append, sha256, data)
        except OSError as error:  # a full disk, most of all; what is missing is fetched when there is room again
            raise LineCut(tower=self._link.tower.name, fault=f"the bot's own disk: {error.strerror}") from error

    async def _next(self) -> tuple[Chunk, bytes] | None:
        try:
            async with asyncio.timeout(STALLED):
                return await self._pieces.get()
        except TimeoutError as error:
            raise LineCut(tower=self._link.tower.name, fault="the transfer stalled") from error


async def to_the_end(work: Callable[..., Given], *arguments: object) -> Given:
    """Runs in a thread, and to its end even when this task is cancelled: a half-written piece would count as whole."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *arguments))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
