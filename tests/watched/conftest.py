"""An empty folder that is watched, over a real ledger."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ledger.database import Database
from tests.clock import FakeClock
from tests.watched.yard import Yard


@pytest.fixture
async def yard(tmp_path: Path) -> AsyncIterator[Yard]:
    (tmp_path / "watched").mkdir()
    async with Database(tmp_path / "darkroom.db") as db:
        yield Yard(tmp_path / "watched", db, FakeClock(), tmp_path, accept="at once")
