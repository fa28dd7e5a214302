"""Asks and files as tests write them, and what is left in the ledger afterwards."""

import json
from dataclasses import replace
from typing import TypedDict

from bot.ledger.database import Database
from bot.nouns import Ask
from gpu_agent.stock import ShelfModel
from gpu_agent.wire import Ready, Shelf
from tests import made
from tests.made import ADA as ADA
from tests.made import GRACE as GRACE


class Who(TypedDict):
    asker: int
    guild: int
    channel: int


WHO: Who = {"asker": ADA, "guild": 1, "channel": 5}
PLAIN = Ask("k1", "a red boat on the sea", ADA, 1, 5, slug="red-boat")
MODEL = made.shelf_model(
    id="big", name="Big", guidance=1.0, negative_acts=False, width=1024, height=768, multiple=16, smallest=256,
    largest=2048, prompt_limit=60,
)  # fmt: skip


def ask(**changes: object) -> Ask:
    return replace(PLAIN, **changes)  # type: ignore[arg-type]  # tests change fields by name


def file(*items: object) -> bytes:
    return json.dumps(list(items), indent=1).encode()


def item(number: int, **more: object) -> dict[str, object]:
    return {"slug": f"boat-{number}", "prompt": f"{number} red boats", **more}


def shelf(*models: ShelfModel) -> tuple[Ready, Shelf]:
    ready = Ready(protocol=1, boot="b1", agent="1", gpus=(), disk_free=1, shelf="d", held=())
    return ready, Shelf(digest="d", models=models)


async def counts(db: Database) -> dict[str, int]:
    """How many rows each table has that accepting writes to."""
    async with db.reading() as connection:
        return {
            table: next(iter(await connection.execute_fetchall(f"SELECT count(*) FROM {table}")))[0]
            for table in ("batches", "asks", "jobs", "notices", "rota")
        }


NOTHING = {"batches": 0, "asks": 0, "jobs": 0, "notices": 0, "rota": 0}
