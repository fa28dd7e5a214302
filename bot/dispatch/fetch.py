"""Getting a picture out of the tower's spool: by offset, so that a cut costs only what had not arrived."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.dispatch.link import Link
from bot.errors import LineCut, PictureBroken
from bot.ledger.files import Files
from bot.review.check import check, check_clip
from gpu_agent.order import Order
from gpu_agent.wire import Chunk, Done, Fetch

REFETCHES = 3
STALLED = 30.0
LARGEST = 64 * 1024 * 1024
CLIP = "video/mp4"
_WAITING_CHUNKS = 8
Given = TypeVar("Given")

_log = logging.getLogger(__name__)


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

    async def fetch(self, done: Done, order: Order) -> Done:
        """Returns once the checked picture of this order lies in the bot's files, and the poster of a clip.

        Gives what it was told, without the poster where that cannot be had: a clip is whole without one. Raises
        PictureBroken when the picture cannot be had, LineCut when the transfer stalls or cannot be written.
        """
        if done.receipt.order != order:
            raise PictureBroken(fault="its receipt tells of another order")
        if (done.media == CLIP) != (order.frames > 1):
            raise PictureBroken(fault=f"it is {done.media}, and {order.frames} frames were asked for")
        if not 0 < done.bytes <= LARGEST:
            raise PictureBroken(fault=f"it has {done.bytes} bytes, and at most {LARGEST} are taken")
        path = await self._download(done.sha256, done.bytes)
        await self._checked(path, check_clip if done.media == CLIP else _still(order))
        return await self._with_poster(done, order)

    async def _with_poster(self, done: Done, order: Order) -> Done:
        if done.media != CLIP or done.poster is None:
            return done.model_copy(update={"poster": None})
        try:
            path = await self._download(done.poster, None)
            await self._checked(path, _still(order))
        except PictureBroken as broken:
            _log.warning("the clip of job %s is kept without its poster: %s", done.job, broken)
            return done.model_copy(update={"poster": None})
        return done

    async def _checked(self, path: Path, look: Callable[[Path], None]) -> None:
        try:
            await to_the_end(look, path)
        except PictureBroken:
            await to_the_end(path.unlink)
            raise

    async def _download(self, sha256: str, size: int | None) -> Path:
        for _ in range(REFETCHES):
            try:
                return await self._once(sha256, size)
            except PictureBroken:
                continue
        return await self._once(sha256, size)

    async def _once(self, sha256: str, size: int | None) -> Path:
        """`size` is None where only the tower knows it: the first piece tells."""
        if self._files.has(sha256):
            return self._files.path(sha256)
        self._wanted = sha256
        try:
            if size is None or self._files.received(sha256) < size:
                await self._collect(sha256, size)
        finally:
            self._wanted = ""
            while not self._pieces.empty():
                self._pieces.get_nowait()
        return await to_the_end(self._files.keep, sha256)

    async def _collect(self, sha256: str, size: int | None) -> None:
        """Until as many bytes are here as were promised, or as the first piece says there are."""
        have = self._files.received(sha256)
        await self._link.send(Fetch(sha256=sha256, offset=have))
        while size is None or have < size:
            piece = await self._next()
            size = piece[0].total if piece is not None and size is None else size
            if piece is None or piece[0].total != size or piece[0].offset > have or size > LARGEST:
                raise PictureBroken(sha256=sha256, fault="the tower does not give it as it promised")
            if piece[0].offset == have:
                await self._write(sha256, piece[1])
            have = self._files.received(sha256)

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


def _still(order: Order) -> Callable[[Path], None]:
    return partial(check, width=order.width, height=order.height)


async def to_the_end(work: Callable[..., Given], *arguments: object) -> Given:
    """Runs in a thread, and to its end even when this task is cancelled: a half-written piece would count as whole."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *arguments))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
