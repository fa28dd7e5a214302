"""The nightly export: one task that sleeps until its moment, writes what changed, and remembers how it went.

A moment that was missed is made up for at the next start, and so is one that failed. Killed anywhere, it is done
again: what was written is the same, and what was not committed is found by git.
"""

import json
import logging
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bot import moments
from bot.clock import Clock
from bot.errors import DarkroomError
from bot.ledger import remembered
from bot.ledger.database import Connection, Database
from bot.nouns import RotaEntry
from bot.settings import ExportTable
from bot.yours import git, writing
from bot.yours.writing import Written
from gpu_agent.value import Facts

_log = logging.getLogger(__name__)
_LONGEST_NAP = 60.0  # seconds; a sleeping machine's monotonic clock may stand still
_KEY = "export"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The last attempt: when, what it wrote, and the kind and facts of what went wrong, empty when all went well."""

    at: float
    changed: int = 0
    slugs: int = 0
    reviews: int = 0
    fault: str = ""
    facts: Facts = field(default_factory=dict)


class Nightly:
    """`await run()` never returns. `zone` is that of schedules."""

    def __init__(self, db: Database, clock: Clock, table: ExportTable, zone: str) -> None:
        self._db, self._clock, self._table = db, clock, table
        hour, minute = table.at.split(":")
        self._entry = RotaEntry("", "", "", f"{int(minute)} {int(hour)} * * *", zone, "", 0, 0, 0, 0.0, None)
        self._started = False

    async def run(self) -> None:
        while True:
            at = await self.due()
            if at > self._clock.now():
                await self._clock.sleep(min(at - self._clock.now(), _LONGEST_NAP))
            else:
                await self.serve()

    async def due(self) -> float:
        """The next moment, in UTC seconds; 0 before the first export, and after a start that follows a failure."""
        async with self._db.reading() as connection:
            before = await last(connection)
        if before is None or (before.fault and not self._started):
            return 0.0
        return moments.following(self._entry, before.at)

    async def serve(self) -> Outcome:
        """Writes, commits, and remembers how it went, in this order."""
        self._started = True
        outcome = await self._attempt()
        async with self._db.transaction() as connection:
            await remembered.put(connection, _KEY, json.dumps(asdict(outcome)))
        return outcome

    async def _attempt(self) -> Outcome:
        now = self._clock.now()
        try:
            done = await export(self._db.path, self._table)
        except DarkroomError as error:
            _log.error("the nightly export failed, and is tried again the next night: %s", error)
            return Outcome(now, fault=error.kind, facts=error.facts)
        except OSError as error:
            _log.error("the nightly export failed, and is tried again the next night: %s", error)
            return Outcome(now, fault="folder-refused", facts={"folder": self._table.folder, "fault": error.strerror})
        return Outcome(now, done.changed, done.slugs, done.reviews)


async def export(ledger: Path, table: ExportTable) -> Written:
    """Everything into the folder, and one commit where the settings want it. Raises DarkroomError or OSError."""
    folder = _folder(table)
    done = await writing.write(ledger, folder)
    if table.git:
        await git.commit(folder, told(done))
    return done


def _folder(table: ExportTable) -> Path:
    return Path(table.folder).expanduser().absolute()


def told(done: Written) -> str:
    """A commit's one line."""
    slugs = "slug" if done.changed == 1 else "slugs"
    return f"{done.changed} {slugs} changed, {done.reviews} reviews of {done.slugs} in all"


async def last(connection: Connection) -> Outcome | None:
    """How it went the last time; None before the first."""
    before = await remembered.get(connection, _KEY)
    return None if before is None else Outcome(**json.loads(before))
