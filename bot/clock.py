"""The only file that reads the time. Wall time is UTC seconds since 1970; durations use the monotonic clock."""

import asyncio
import secrets
import time
from typing import Protocol

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class Clock(Protocol):
    """What a room may ask of time; tests hand in one they move themselves."""

    def now(self) -> float: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def new_id(clock: Clock) -> str:
    """16 characters that sort by time; short enough to be a Discord nonce behind a kind letter."""
    return written((int(clock.now() * 1000) << 35) | secrets.randbits(35))


def first_id(at: float) -> str:
    """The least of the ids that could be made at this moment: what is asked for later sorts behind it."""
    return written(max(0, int(at * 1000)) << 35)


def written(value: int) -> str:
    """A number of up to 80 bits as an id is written; greater ones sort behind."""
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(75, -5, -5))
