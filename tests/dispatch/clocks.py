"""Clocks that tests move: nobody waits for real minutes."""

import asyncio


class HandClock:
    """Stands still until `pass_time`; whoever sleeps past the new time wakes up."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0
        self.slept: list[float] = []
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        woken = asyncio.Event()
        sleeper = (self.time + seconds, woken)
        self._sleepers.append(sleeper)
        try:
            await woken.wait()
        finally:
            self._sleepers.remove(sleeper)

    def pass_time(self, seconds: float) -> None:
        self.time += seconds
        for due, woken in self._sleepers:
            if due <= self.time:
                woken.set()


class HurriedClock(HandClock):
    """Every sleep is over at once, and its seconds have passed."""

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0.005)  # spinning would leave nothing of a processor for whom it waits for
