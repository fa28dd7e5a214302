"""Getting the pictures that an order needs to the tower before it: Offer → Need → Chunk, by offset, one at a time.

A cut costs only what had not arrived: the next line offers again, and the tower says from where.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.dispatch.link import Link
from bot.errors import LineCut
from bot.ledger.files import Files
from gpu_agent.order import Order
from gpu_agent.value import Facts
from gpu_agent.wire import MAX_CHUNK, Chunk, Need, Offer, Refused

STALLED = 60.0
LARGEST = 64 * 1024 * 1024
ABOUT_INPUTS = ("input-too-large", "input-too-long", "not-offered", "disk-full")
"""What the agent refuses about an upload, without the name of a job."""
_PASSING = ("input-too-long", "not-offered")  # it made room meanwhile, or another bot sends the same picture


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a picture cannot be had on the tower."""

    kind: str
    facts: Facts


class Uploads:
    """`done` is called whenever one has arrived, or never will; the session feeds it what the tower answers."""

    def __init__(self, link: Link, files: Files, done: Callable[[], None]) -> None:
        self._link, self._files, self._done = link, files, done
        self._there: set[str] = set()
        self._faults: dict[str, Fault] = {}
        self._wanted: dict[str, None] = {}
        self._stir = asyncio.Event()
        self._now = ""
        self._answers: asyncio.Queue[Need | Refused] = asyncio.Queue()

    def want(self, order: Order) -> bool:
        """Whether all inputs of the order are on the tower; what is missing is sent from now on."""
        missing = [digest for digest in order.inputs if digest not in self._there]
        self._wanted |= dict.fromkeys(missing)
        self._stir.set()
        return not missing

    def fault(self, order: Order) -> Fault | None:
        """Why one of its inputs will never arrive; told once, so that a later order tries again."""
        return next((self._faults.pop(digest) for digest in order.inputs if digest in self._faults), None)

    def gone(self, sha256: str) -> None:
        """The tower had it and has it no more."""
        self._there.discard(sha256)

    def heard(self, answer: Need | Refused) -> None:
        """An answer to what is sent now; anything else came too late to matter."""
        if isinstance(answer, Refused) or answer.sha256 == self._now:
            self._answers.put_nowait(answer)

    async def run(self) -> None:
        while True:
            while self._wanted:
                digest = next(iter(self._wanted))
                fault = await self._send(digest)
                self._wanted.pop(digest)
                if fault is None:
                    self._there.add(digest)
                else:
                    self._faults[digest] = fault
                self._done()
            self._stir.clear()
            await self._stir.wait()

    async def _send(self, digest: str) -> Fault | None:
        """None once the tower holds it whole. Raises LineCut."""
        size = await asyncio.to_thread(_size, self._files, digest)
        if size == 0:
            return Fault("input-lost", {"sha256": digest})
        if size > LARGEST:
            return Fault("input-too-large", {"bytes": size, "most": LARGEST})
        self._now = digest
        try:
            await self._link.send(Offer(sha256=digest, bytes=size))
            answer = await self._next()
            if isinstance(answer, Need) and answer.offset < size:
                answer = await self._stream(digest, answer.offset, size)
        finally:
            self._now = ""
        if isinstance(answer, Refused):
            return Fault(answer.kind, answer.facts)
        return None if answer.offset == size else Fault("input-lost", {"sha256": digest})

    async def _stream(self, digest: str, offset: int, size: int) -> Need | Refused:
        """Sends from the offset on. At the end, the tower either holds it whole, or found that it is another picture
        and wants it from the beginning. Anything said before means that it lost its place: a new line finds it."""
        while offset < size:
            piece = await asyncio.to_thread(_read, self._files, digest, offset)
            if not self._answers.empty() or not piece:
                break
            await self._link.send(Chunk(sha256=digest, offset=offset, total=size), piece)
            offset += len(piece)
        answer = await self._next()
        lost = isinstance(answer, Need) and (offset < size or answer.offset not in (0, size))
        if lost or (isinstance(answer, Refused) and answer.kind in _PASSING):
            raise LineCut(tower=self._link.tower.name, fault="the tower lost its place in a transfer")
        return answer

    async def _next(self) -> Need | Refused:
        try:
            async with asyncio.timeout(STALLED):
                return await self._answers.get()
        except TimeoutError as error:
            raise LineCut(tower=self._link.tower.name, fault="the transfer stalled") from error


def _size(files: Files, digest: str) -> int:
    return files.path(digest).stat().st_size if files.has(digest) else 0


def _read(files: Files, digest: str, offset: int) -> bytes:
    with files.path(digest).open("rb") as stream:
        stream.seek(offset)
        return stream.read(MAX_CHUNK)
