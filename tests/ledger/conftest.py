"""A ledger on disk, fresh for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ledger.database import Database


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "darkroom.db") as opened:
        yield opened
