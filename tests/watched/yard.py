"""A watched folder with the bot's watching over it, and what is left in the ledger."""

import json
import subprocess
from io import BytesIO
from pathlib import Path

from PIL import Image

from bot.intake.accept import Intake
from bot.ledger import notices, towers
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.nouns import Notice, NoticeKind
from bot.people.terms import FREE
from bot.settings import Limits, WatchTable
from bot.watched.watch import Watch
from tests.clock import FakeClock
from tests.intake.asking import shelf
from tests.made import ADA, shelf_model

CHANNEL = 5
ITEMS = [{"slug": "fox", "prompt": "a fox"}, {"slug": "owl", "prompt": "an owl", "count": 2}]


class Yard:
    """`watch` is today's life of the watching; `again` begins another one over the same folder and ledger."""

    def __init__(self, place: Path, db: Database, clock: FakeClock, root: Path, **settings: object) -> None:
        self.place, self.db, self.clock = place, db, clock
        self.files = Files(root / "pictures")
        self.limits = Limits()
        self.settings: dict[str, object] = {"path": str(place), "channel": CHANNEL, "person": ADA, **settings}
        self.watch = self.again()

    def again(self) -> Watch:
        table = WatchTable.model_validate(self.settings)
        batches = Intake(self.db, self.clock, self.limits, ("tower",)).batches
        self.watch = Watch(table, 1, self.db, self.files, self.clock, batches, self.limits, FREE)
        return self.watch

    async def looks(self, times: int = 2) -> None:
        for _ in range(times):
            await self.watch.look()

    def lay(self, name: str, content: object = ITEMS) -> Path:
        path = self.place / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    async def batches(self) -> list[str]:
        return await self.column("SELECT name FROM batches ORDER BY rowid")

    async def outcomes(self) -> list[str]:
        return await self.column("SELECT outcome FROM found_files ORDER BY rowid")

    async def said(self) -> list[str]:
        """The announcements, in the order in which they are said."""
        return [notice.text for notice in await self.due() if notice.kind is NoticeKind.ANNOUNCEMENT]

    async def due(self) -> list[Notice]:
        async with self.db.reading() as connection:
            return await notices.due_in(connection, CHANNEL, 100)

    async def references(self) -> list[str]:
        found = "SELECT DISTINCT extras ->> '$.reference.image' FROM jobs WHERE extras != '{}'"
        return await self.column(found)

    async def column(self, sql: str) -> list[str]:
        async with self.db.reading() as connection:
            return [str(row[0]) for row in await connection.execute_fetchall(sql)]


async def referring(db: Database) -> None:
    """The tower's model takes references from now on."""
    async with db.transaction() as connection:
        await towers.saw(connection, "tower", *shelf(shelf_model(reference=True)), 1.0)


def png(colour: str = "red") -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (32, 32), colour).save(buffer, "PNG")
    return buffer.getvalue()


def git(folder: Path, *words: str) -> None:
    nobody = ("-c", "user.name=Ada", "-c", "user.email=ada@localhost", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *nobody, *words], cwd=folder, capture_output=True, check=True)
