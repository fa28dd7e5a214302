"""A rota over a real ledger and intake, with a clock that tests move."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ledger.database import Database
from tests.clock import FakeClock
from tests.schedule.nights import Nights


@pytest.fixture
async def nights(tmp_path: Path) -> AsyncIterator[Nights]:
    async with Database(tmp_path / "darkroom.db") as db:
        yield Nights(db, FakeClock(Nights.START))
