"""Two towers of one bot, the first of which is preferred: two daemons, two SSH servers, one ledger."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from bot.ledger import towers
from bot.ledger.database import Database
from bot.nouns import Job
from tests.dispatch.card import asleep, listening_card, sleeper, wakes
from tests.dispatch.rig import Rig, make_machine, until

NAMES = ("first", "second")
EXTRA = """
[[model]]
id = "extra"
name = "Only on the second"
licence = "Apache-2.0"
commercial = true
package = "engine/tiny/weights"
steps = 4
guidance = 2.0
negative_acts = true
width = 128
height = 128
multiple = 8
smallest = 96
largest = 160
prompt_limit = 300
"""


class Pair:
    """Both rigs share the ledger, the files and the board. What sleeps is woken by packets to its own card."""

    def __init__(self, first: Rig, second: Rig) -> None:
        self.first, self.second = first, second
        self.opened = ExitStack()
        second.files, second.board = first.files, first.board

    def start(self) -> None:
        for rig in (self.first, self.second):
            rig.start(names=NAMES)

    def start_asleep(self, dead: Rig | None = None, well: Rig | None = None) -> None:
        """`dead` gets packets and does not wake; `well` is awake, and behind its proxy."""
        for rig in (self.first, self.second):
            card = self.opened.enter_context(listening_card())
            if rig is dead:
                rig.server.stop()
            elif rig is not well:
                self.opened.enter_context(asleep(rig, card))
            port = {"port": rig.proxy.port} if rig is well else {}
            rig.start(sleeper(rig, card, wake_patience=1 if rig is dead else 60, **port), NAMES)

    async def stop(self) -> None:
        await self.first.stop()
        await self.second.stop()
        self.opened.close()

    async def until_asleep(self) -> None:
        """Both were looked at, and nobody needs them."""
        await until(lambda: self.rungs() == ["asleep", "asleep"], "both towers to be left asleep")

    async def until_shelves(self, *names: str) -> None:
        """Of these, or of both."""

        async def known() -> bool:
            async with self.first.db.reading() as connection:
                return all([await towers.shelf(connection, name) is not None for name in names or NAMES])

        await until(known, "the shelves")

    def rungs(self) -> list[str]:
        return [self.first.board.towers[name].rung for name in NAMES if name in self.first.board.towers]

    async def woken(self) -> list[str]:
        """Who got packets."""
        return [rig.name for rig in (self.first, self.second) if await wakes(rig)]

    async def where(self, *asked: Job) -> list[str | None]:
        return [(await self.first.job(job)).tower for job in asked]

    def drawn(self) -> list[str]:
        """Every job that was begun on either, one for each time."""
        return sorted(self.first.daemon.drawn + self.second.daemon.drawn)


@asynccontextmanager
async def make_pair(folder: Path, pace: str = "quick") -> AsyncIterator[Pair]:
    """Everything runs but the dispatchers. The model `extra` lies only on the second."""
    models = folder / "models.toml"
    models.write_text(EXTRA)
    async with (
        make_machine(folder / "first", pace) as one,
        make_machine(folder / "second", pace, str(models)) as two,
        Database(folder / "ledger.db") as db,
    ):
        pair = Pair(*(Rig(folder / name, db, machine, name) for name, machine in zip(NAMES, (one, two), strict=True)))
        try:
            yield pair
        finally:
            await pair.stop()
