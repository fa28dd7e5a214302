"""A stage whose pictures are really drawn: the engine with the demo's model is the tower, in this process.

Days and seeds are fixed, so that what is drawn and most of what is written is the same each time.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import TYPE_CHECKING

from bot.board import TowerView
from bot.demo.discord.rules import unhurried
from bot.demo.discord.server import StandIn
from bot.demo.discord.values import Message, Outcome
from bot.dispatch import outcomes
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.nouns import Job
from bot.settings import Discord, LedgerTable, Settings
from gpu_agent import catalogue
from gpu_agent.config import Config
from gpu_agent.shelf import Stock
from gpu_agent.wire import Done, Progress, Status
from tests.chat.people import tower
from tests.chat.shelves import stocked
from tests.chat.stage import Hurried, Stage
from tests.ledger import lookups
from tests.referee import wrongs

if TYPE_CHECKING:
    from gpu_agent.engine.engine import Drawn

# What a large model takes on a good card, so that there is something to wait for, and the same to read each time.
SECONDS, JOULES = 21.0, 4200.0
BEGIN = datetime(2026, 3, 14, 20, 15, tzinfo=UTC)


class Dated(Hurried):
    """Pauses are short; the day is always the same."""

    def __init__(self) -> None:
        self.skipped = BEGIN.timestamp() - super().now()


@dataclass
class Atelier:
    """`frames` are what the engine told of the picture that was drawn last: progress and preview, step by step."""

    stage: Stage
    root: Path
    models: catalogue.Catalogue
    frames: list[tuple[Progress, bytes]] = field(default_factory=list)

    async def open(self) -> None:
        """The tower has the demo's model, and sleeps."""
        from gpu_agent.engine.engine import Engine  # torch takes seconds; whoever only lists scenes does not wait

        self._engine = Engine(Stock(self.models), Config(), self.root)
        shown = [catalogue.described(model, True) for model in self.models if model.id.startswith("demo")]
        await stocked(self.stage.db, *shown, loras=())

    def rung(self, rung: str) -> None:
        board, now = self.stage.board, self.stage.clock.now()
        board.tower("tower", TowerView(rung, now))
        if rung == "ready":
            board.states["tower"] = Status(warm="demo", worker_alive=True)
        board.changed.set()

    async def drawn(self, job: Job, pause: float = 0.0) -> "Drawn":
        """The picture, which nobody knows of yet; with a pause of seconds in each step there is time for previews."""
        self.frames.clear()
        self._pause = pause
        for digest in job.order().inputs:
            source = self.root / "inputs" / digest
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_bytes(self.stage.files.path(digest).read_bytes())
        return await asyncio.to_thread(self._engine.draw, job.order(), self._hear)

    def _hear(self, progress: Progress, preview: bytes = b"") -> None:
        self.frames.append((progress, preview))
        sleep(self._pause)

    async def file(self, job: Job, drawn: "Drawn", seconds: float = SECONDS, joules: float | None = JOULES) -> None:
        """A running job's picture is there, and due to be posted."""
        digest, files = hashlib.sha256(drawn.content).hexdigest(), self.stage.files
        files.append(digest, drawn.content)
        files.keep(digest)
        self.stage.board.ended(job.id)
        done = Done(
            job=job.id, epoch=job.epoch, sha256=digest, bytes=len(drawn.content), receipt=drawn.receipt,
            seconds=seconds, peak=drawn.peak, joules=joules,
        )  # fmt: skip
        assert await outcomes.rendered(self.stage.db, self.stage.clock, job, done)

    async def render(self, job: Job) -> Message:
        """All of it; gives the post."""
        job = await self.stage.start(job)
        await self.file(job, await self.drawn(job))
        return await self.stage.message(lambda: self.stage.end_of(job))

    async def waiting(self) -> list[Job]:
        """What was accepted and has not ended, in the order of asking."""
        async with self.stage.db.reading() as connection:
            found = await lookups.unfinished(connection)
        return sorted(found, key=lambda job: (job.created_at, job.index))

    async def run(self, command: str, who: str = "ada", **options: object) -> Message:
        """The answer to a command."""
        outcome = await self.stage.standin.member(who).run(self.stage.channel, command, options)
        return await self.answer(outcome)

    async def press(self, message: Message, verb: str, who: str = "ada") -> Message:
        """The answer to a button."""
        return await self.answer(await self.click(message, verb, who))

    async def click(self, message: Message, verb: str, who: str = "ada") -> Outcome:
        """Presses the button whose id begins so."""
        ids = [str(one["custom_id"]) for row in message.components for one in row["components"]]
        pressed = next(one for one in ids if one.startswith(verb))
        return await self.stage.standin.member(who).click(message.id, pressed)

    async def answer(self, outcome: Outcome) -> Message:
        await self.stage.answered(outcome)
        return self.stage.standin.world.messages[str(outcome.message_id)]


@asynccontextmanager
async def open_atelier() -> AsyncIterator[Atelier]:
    """Discord's limits are off; the bot is up."""
    clock = Dated()
    with TemporaryDirectory(prefix="dr-") as folder:
        home = Path(folder)
        models = catalogue.load()
        async with StandIn(rules=unhurried(), clock=clock) as standin, Database(home / "ledger.db") as db:
            discord = Discord(
                guild_id=standin.guild_id, api_base=standin.api_base, gateway_url=standin.gateway_url,
                cdn_base=standin.cdn_base,
            )  # fmt: skip
            settings = Settings(discord=discord, ledger=LedgerTable(path=db.path), tower=(tower("tower", home),))
            stage = Stage(standin, db, Files(home / "files"), settings, clock)
            made = Atelier(stage, home / "tower", models)
            await made.open()
            async with stage.bot():
                yield made
            assert wrongs(standin) == []
