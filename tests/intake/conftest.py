"""An intake over a real ledger, with a clock that tests move."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.intake.accept import Intake
from bot.ledger.database import Database
from bot.settings import Limits
from tests.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "darkroom.db") as opened:
        yield opened


@pytest.fixture
def intake(db: Database, clock: FakeClock) -> Intake:
    return Intake(db, clock, Limits(), ("tower",))
