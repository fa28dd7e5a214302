"""A clock that tests move by hand, and waiting for what other tasks do in real threads."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from itertools import count
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 90.0
"""Seconds of real time after which a test gives up on a condition."""


class FakeClock:
    """Starts at `now`. Wall time can also jump on its own, as when somebody sets the clock."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self._now = now
        self._monotonic = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._ticket = count()

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._monotonic + max(seconds, 0), next(self._ticket), woken))
        await woken

    @property
    def naps(self) -> list[float]:
        """Seconds from now at which somebody wants to be woken, soonest first."""
        return sorted(at - self._monotonic for at, _, woken in self._sleepers if not woken.done())

    async def advance(self, seconds: float) -> None:
        """Time passes; whoever sleeps is woken at his moment, in order, and runs before the next one wakes."""
        end = self._monotonic + seconds
        while self._sleepers and self._sleepers[0][0] <= end:
            at, _, woken = heapq.heappop(self._sleepers)
            self._pass(at - self._monotonic)
            if not woken.done():
                woken.set_result(None)
                await asyncio.sleep(0)
                await asyncio.sleep(0)
        self._pass(end - self._monotonic)

    def jump(self, seconds: float) -> None:
        """The wall clock is set; nobody who sleeps notices."""
        self._now += seconds

    def _pass(self, seconds: float) -> None:
        self._now += seconds
        self._monotonic += seconds


async def until(look: Callable[[], Awaitable[T]]) -> T:
    """Looks again and again until what is seen is true, and gives it."""
    async with asyncio.timeout(PATIENCE):
        while not (seen := await look()):
            await asyncio.sleep(0.005)
    return seen
