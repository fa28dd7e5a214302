"""Snowflakes: numbers that sort by the time they were made, 64 bits, written as decimal strings."""

from bot.clock import Clock

DISCORD_EPOCH_MS = 1_420_070_400_000


class Ids:
    """Hands out snowflakes that always grow, also when the clock stands still or steps back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        made = max(0, int(self._clock.now() * 1000) - DISCORD_EPOCH_MS) << 22
        self._last = max(self._last + 1, made)
        return str(self._last)
