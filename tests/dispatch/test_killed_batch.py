"""A batch of fifty through the real daemon while bot, line or tower die at every step: the same fifty, once each."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.dispatch import dispatcher
from bot.ledger.database import Connection, Database
from bot.nouns import Job, JobState
from tests.dispatch.rig import Rig, until

FIFTY = 50
pytestmark = pytest.mark.usefixtures("impatient")
_transaction = Database.transaction


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that was cut is tried again soon, however often it was cut before."""
    monkeypatch.setattr(dispatcher, "BACKOFF_MOST", 0.1)


class Reaper:
    """Lets a life of the bot make so many commits, then stops it for ever: right before the next one, or right after.

    Before means that the rows are written and not committed, after that they are and nobody knows it yet.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._left, self._after, self.struck = -1, False, asyncio.Event()
        reaper = self

        @asynccontextmanager
        async def watched(db: Database) -> AsyncIterator[Connection]:
            async with _transaction(db) as connection:
                yield connection
                await reaper.strike(after=False)
            await reaper.strike(after=True)

        monkeypatch.setattr(Database, "transaction", watched)

    def aim(self, commits: int, *, after: bool) -> None:
        self._left, self._after, self.struck = commits, after, asyncio.Event()

    def rest(self) -> None:
        self._left = -1

    async def strike(self, *, after: bool) -> None:
        if after is not self._after or self._left < 0:
            return
        if self._left == 0:
            self.struck.set()
            await asyncio.Event().wait()
        self._left -= 1


async def all_rendered(rig: Rig, made: list[Job]) -> bool:
    return (await rig.states(*made)).get(JobState.RENDERED, 0) == len(made)


async def fifty_once_each(rig: Rig, made: list[Job], *, begun_once: bool = True) -> None:
    """Each has one picture, which is told once; nothing else came to be."""
    await until(lambda: all_rendered(rig, made), "the fifty to be rendered")
    async with rig.db.reading() as connection:
        pictures = [str(row["job"]) for row in await connection.execute_fetchall("SELECT job FROM pictures")]
        jobs = [str(row["id"]) for row in await connection.execute_fetchall("SELECT id FROM jobs")]
    wanted = sorted(one.id for one in made)
    assert (len(made), sorted(pictures), sorted(jobs)) == (FIFTY, wanted, wanted)
    assert sorted(await rig.notices()) == [(job, "picture") for job in wanted]
    assert sorted(set(rig.daemon.drawn)) == wanted
    if begun_once:
        assert sorted(rig.daemon.drawn) == wanted
        assert {(await rig.job(one)).epoch for one in made} == {1}


async def test_the_bot_dies_at_every_step(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before or after its next commit, over and over, until the fifty are there; none is rendered twice."""
    reaper, lives = Reaper(monkeypatch), 0
    made = await rig.send(["a fox"] * FIFTY)
    while not await all_rendered(rig, made):
        reaper.aim(lives % 13, after=lives % 2 == 0)
        rig.start()
        await until(lambda: reaper.struck.is_set() or all_there(rig), "the bot's end")
        await rig.stop()
        reaper.rest()
        lives += 1
    await fifty_once_each(rig, made)
    assert lives > 13, "each number of commits was tried, before and after"


def all_there(rig: Rig) -> bool:
    """The last life may have nothing left to commit."""
    return len(rig.daemon.drawn) >= FIFTY and rig.daemon.spooled == 0


async def test_the_line_is_cut_again_and_again(rig: Rig) -> None:
    """In the middle of whatever is on it."""
    dice = random.Random(7)
    made = await rig.send(["a fox"] * FIFTY)
    rig.start()
    for number in range(1, 13):
        await until(lambda: len(rig.daemon.drawn) >= 4 * number, f"{4 * number} to begin")  # noqa: B023
        await asyncio.sleep(dice.uniform(0, 0.05))
        rig.proxy.cut()
    await fifty_once_each(rig, made)


async def test_the_tower_loses_its_power_again_and_again(rig: Rig) -> None:
    """What was on the card is begun anew; a picture in the spool is not, and none is told twice."""
    made = await rig.send(["a fox"] * FIFTY)
    rig.start()
    for number in range(1, 4):
        await until(lambda: len(rig.daemon.drawn) >= 12 * number, f"{12 * number} to begin")  # noqa: B023
        rig.daemon.kill()
        rig.proxy.cut()
        rig.daemon.start()
    await fifty_once_each(rig, made, begun_once=False)
    assert len(rig.daemon.drawn) <= FIFTY + 3 * 2
