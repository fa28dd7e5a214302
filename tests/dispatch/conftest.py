"""A rig for each test that asks for one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.dispatch.link import Link
from gpu_agent.value import Message
from tests.dispatch.rig import Rig, make_rig


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """A tower whose worker draws at once."""
    async with make_rig(tmp_path) as rig:
        yield rig


@pytest.fixture
async def slow_rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """A tower that takes its time for each step, so that there is a middle to hit."""
    async with make_rig(tmp_path, "slow") as rig:
        yield rig


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """Everything that was sent over any link, in order."""
    messages: list[Message] = []
    send = Link.send

    async def record(link: Link, message: Message, payload: bytes = b"") -> None:
        messages.append(message)
        await send(link, message, payload)

    monkeypatch.setattr(Link, "send", record)
    return messages
