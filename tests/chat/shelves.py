"""What a tower told of itself, for tests of what may be asked for."""

from bot.ledger import towers
from bot.ledger.database import Database
from gpu_agent.stock import ShelfLora, ShelfModel
from gpu_agent.wire import Ready, Shelf
from tests import made

DEMO = made.shelf_model(family="tiny")
TURBO = made.shelf_model(
    id="turbo", name="Turbo", family="fast", guidance=0.0, negative_acts=False, steps=4, width=512, height=512,
    multiple=64, smallest=256, largest=1024,
)  # fmt: skip
LARGE = made.shelf_model(
    id="large", name="Large", family="big", guidance=4.0, width=1024, height=1024, multiple=16, smallest=512,
    largest=2048, licence="Research", commercial=False,
)  # fmt: skip
AWAY = made.shelf_model(id="demo-away", name="Not Here", present=False)
LORAS = (
    ShelfLora(id="ink", family="tiny", bytes=1, triggers=("inky",)),
    ShelfLora(id="old-paper", family="tiny", bytes=1),
    ShelfLora(id="unsorted", family="", bytes=1),
    ShelfLora(id="speed", family="fast", bytes=1),
)


async def stocked(db: Database, *models: ShelfModel, loras: tuple[ShelfLora, ...] = LORAS, name: str = "tower") -> None:
    """From now on the tower has these; the first is the default."""
    ready = Ready(protocol=2, boot="b1", agent="1", gpus=(), disk_free=1, shelf="d", held=())
    shelf = Shelf(digest="d", models=models or (DEMO, TURBO, LARGE, AWAY), loras=loras)
    async with db.transaction() as connection:
        await towers.saw(connection, name, ready, shelf, 1.0)
