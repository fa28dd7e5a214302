"""A bot that shuts down gets its dispatcher back, also when something below swallows the cancellation."""

import asyncio
from contextlib import suppress

import asyncssh
import pytest

from bot.dispatch.directing import Directing
from bot.dispatch.heed import heed_cancel
from bot.errors import LineCut
from tests.dispatch.rig import Rig, until

_connect = asyncssh.connect


def swallow_cancel() -> None:
    """As `wait_for` before Python 3.12 does with what comes in the turn of its result."""
    task = asyncio.current_task()
    assert task is not None
    task.cancel()


async def connects(*arguments: object, **named: object) -> object:
    """And is cancelled in that turn."""
    connection = await _connect(*arguments, **named)
    swallow_cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(0)
    return connection


async def fails(*_: object, **__: object) -> object:
    """And is cancelled in that turn."""
    swallow_cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(0)
    raise asyncssh.ConnectionLost("gone")


@pytest.mark.parametrize("connect", [connects, fails])
async def test_a_cancellation_that_the_login_swallowed_is_heeded(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, connect: object
) -> None:
    monkeypatch.setattr(asyncssh, "connect", connect)
    rig.start()
    await rig.ask()
    await until(rig.ended, "the dispatcher to end")
    assert rig.cancelled()


async def test_a_line_that_is_cut_in_the_turn_of_the_cancellation(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A TaskGroup tells of the cut alone."""
    cut = asyncio.Event()

    async def run(_: Directing) -> None:
        try:
            cut.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise LineCut(tower="tower", fault="cut") from None

    monkeypatch.setattr(Directing, "run", run)
    rig.start()
    await cut.wait()
    await asyncio.wait_for(rig.stop(), 10)


async def test_nobody_is_stopped_who_was_not_cancelled() -> None:
    """Nor after a timeout, which cancels and takes it back."""
    with suppress(TimeoutError):
        async with asyncio.timeout(0):
            await asyncio.sleep(1)
    heed_cancel()
