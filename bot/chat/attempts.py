"""Requests whose answer was lost are made again; those Discord refuses are not."""

import aiohttp
import discord
from tenacity import AsyncRetrying, retry_if_exception, wait_random_exponential
from tenacity.stop import StopBaseT

from bot.clock import Clock

_MOST_PAUSE = 60.0  # seconds
_TOO_LARGE = 40005


def lost(error: BaseException) -> bool:
    """Nobody knows whether it was applied, or Discord was out of order: the same again may work."""
    if isinstance(error, discord.HTTPException):
        nameless = error.status in (401, 403) and error.code == 0  # a wall on the way, not Discord's own refusal
        return error.status >= 500 or error.status == 429 or nameless
    return isinstance(error, discord.RateLimited | aiohttp.ClientError | OSError | TimeoutError)


def too_large(error: BaseException) -> bool:
    return isinstance(error, discord.HTTPException) and (error.status == 413 or error.code == _TOO_LARGE)


def again(clock: Clock, stop: StopBaseT) -> AsyncRetrying:
    """Tries while answers are lost, with full jitter, until `stop`; then the last error comes out."""
    return AsyncRetrying(
        sleep=clock.sleep,
        retry=retry_if_exception(lost),
        stop=stop,
        wait=wait_random_exponential(multiplier=0.5, max=_MOST_PAUSE),
        reraise=True,
    )
