"""What every room's tests may use."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from bot.demo.discord.server import StandIn
from tests.referee import Referee
from tests.town import Town, open_town

settings.register_profile("suite", deadline=None)  # a busy machine is no fault of what is tested
settings.load_profile("suite")
LONG = ("test_story", "test_shipped", "test_lossy", "test_messages", "test_bench", "test_overlap", "test_demo")

# Threads of one operation wait for each other without spinning: the other tests have a use for the processor.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Rooms that open a ledger in nearly every test, and ask nothing of the disk it lies on: in memory nobody waits for it.
LEDGERS = ("chat", "intake", "ledger", "schedule", "watched", "yours")
MEMORY, ENOUGH = Path("/dev/shm"), 2 * 2**30


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files begin first, so that at the end no process is alone with one of them."""
    items.sort(key=lambda item: not item.path.name.startswith(LONG))


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """On the disk, or in memory for the rooms of LEDGERS where there is room enough."""
    if request.path.parent.name not in LEDGERS or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ENOUGH:
        yield tmp_path
        return
    with TemporaryDirectory(dir=MEMORY, prefix="darkroom-") as place:
        yield Path(place)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """The whole program, with a tower that sleeps."""
    async with open_town(tmp_path) as opened:
        yield opened


@pytest.fixture(autouse=True)
def refereed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever opens a stand-in answers for its rules, and for Discord's document if DISCORD_OPENAPI names one."""
    referee = Referee.appointed()
    opened: list[StandIn] = []
    enter = StandIn.__aenter__

    async def watched(standin: StandIn) -> StandIn:
        if standin not in opened:
            opened.append(standin)
            if referee is not None:
                referee.watch(standin)
        return await enter(standin)

    monkeypatch.setattr(StandIn, "__aenter__", watched)
    yield
    assert [fault for standin in opened for fault in standin.log.violations] == []
