"""What a tower claims next, by the rows: a batch's models one after another, the loaded one first."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.board import Board, TowerView
from bot.dispatch.share import Share
from bot.ledger import batches, jobs, towers
from bot.ledger.database import Database
from bot.nouns import Batch
from bot.turn import order as ordered
from gpu_agent.wire import Ready, Shelf, Status
from tests import made
from tests.made import ADA, NOW

MODELS = ("large", "demo", "small")


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    """A tower with three models, and a batch of twelve in which they alternate."""
    ready = Ready(protocol=2, boot="b1", agent="1", gpus=(), disk_free=1, shelf="d", held=())
    shelf = Shelf(digest="d", models=tuple(made.shelf_model(id=model) for model in MODELS), loras=())
    items = [made.job(id=f"j{n:02}", ask=f"a{n:02}", batch="b1", slug=f"s-{n}", model=MODELS[n % 3]) for n in range(12)]
    async with Database(tmp_path / "darkroom.db") as opened:
        async with opened.transaction() as connection:
            await towers.saw(connection, "tower", ready, shelf, NOW)
            await batches.insert(connection, Batch("b1", "k", "n", ADA, 1, 5, NOW))
            await jobs.insert_asks(connection, [(one.ask, one.ask) for one in items], "b1", NOW)
            await jobs.insert(connection, *items)
        yield opened


def share(board: Board) -> Share:
    board.tower("tower", TowerView("ready", NOW))
    return Share("tower", ["tower"], board)


async def claimed(db: Database, one: Share, count: int) -> list[str]:
    """The models of so many jobs, claimed one after the other."""
    found = []
    for _ in range(count):
        line = await one.line(db, "d")
        async with db.transaction() as connection:
            job = await jobs.claim(connection, line[0], "tower", "b1")
        assert job is not None
        one.took(job)
        found.append(job.model)
    return found


@pytest.mark.parametrize(("warm", "order"), [("", ("demo", "large", "small")), ("small", ("small", "demo", "large"))])
async def test_each_model_of_a_batch_is_loaded_once(db: Database, warm: str, order: tuple[str, ...]) -> None:
    """What the tower has loaded comes first."""
    board = Board()
    board.states["tower"] = Status(warm=warm)
    assert await claimed(db, share(board), 12) == [model for model in order for _ in range(4)]


async def test_a_bot_that_starts_anew_goes_on_with_what_is_loaded(db: Database) -> None:
    """It does not know any more what it claimed last; the tower tells."""
    board = Board()
    board.states["tower"] = Status(warm="large")
    assert await claimed(db, share(board), 2) == ["large"] * 2
    assert await claimed(db, share(board), 10) == ["large"] * 2 + ["demo"] * 4 + ["small"] * 4


async def test_the_front_of_the_line_is_the_whole_lines_front(db: Database) -> None:
    """As many as the cards need are read in the order in which all of them would stand."""
    async with db.reading() as connection:
        whole, front = await jobs.in_line(connection), await jobs.front_of_line(connection, 5)
    assert [one.id for one in ordered(front)] == [one.id for one in ordered(whole)][:5]
