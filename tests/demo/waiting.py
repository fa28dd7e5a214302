"""Waiting for a condition instead of for a time."""

import asyncio
from collections.abc import Callable

DEADLINE_SECONDS = 60


async def until(condition: Callable[[], object]) -> None:
    """Returns as soon as the condition holds; fails when it never does."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not condition():
            await asyncio.sleep(0.005)
