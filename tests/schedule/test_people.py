"""Schedules and the people who made them: by night nobody is there to be asked, so the rows decide."""

import json
import sqlite3
from dataclasses import replace

import pytest

from bot.ledger import people
from bot.ledger.people import Block
from bot.people.quota import Allowance
from bot.people.terms import Terms
from bot.people.words import Words
from tests.schedule.nights import DAY, FILE, HOUR, Nights


async def test_a_blocked_persons_schedule_does_not_start_until_they_are_let_in(nights: Nights) -> None:
    """The channel is told each night, in words that are not meant for one person."""
    await nights.schedule()
    async with nights.db.transaction() as connection:
        await people.block(connection, Block(11, 12, "floods", 1.0))
    async with nights.up():
        await nights.pass_time(14 * HOUR)
        (said,) = await nights.told()
        assert "could not start. Whoever scheduled it is blocked" in said
        assert await nights.slots() == []
        async with nights.db.transaction() as connection:
            await people.unblock(connection, 11)
        await nights.pass_time(DAY)
        assert len(await nights.slots()) == 1


async def test_a_schedule_goes_by_the_daily_limit_of_its_making(nights: Nights) -> None:
    """What was asked for by day counts; by the next night there is room again."""
    await nights.schedule(terms=Terms(Allowance(daily=3)))
    async with nights.up():
        await nights.pass_time(13 * HOUR)
        await nights.intake.batches.accept("day.json", FILE, key="day", asker=11, guild=1, channel=5)
        await nights.pass_time(HOUR)
        assert await nights.told_of("One person may ask for 3 pictures in 24 hours; 1 left now")
        assert await nights.slots() == [None]
        await nights.pass_time(DAY)
        assert len(await nights.slots()) == 2


async def test_killed_behind_its_batch_a_moment_is_not_refused_for_its_own_pictures(nights: Nights) -> None:
    """Four nights were missed and the day has room for one batch: the last one runs, and nothing else is told."""
    await nights.schedule(terms=Terms(Allowance(daily=2)))
    async with nights.up():
        pass
    await nights.clock.advance(14 * HOUR + 3 * DAY + HOUR)
    async with nights.db.transaction() as connection:
        await connection.execute(
            "CREATE TRIGGER killed BEFORE UPDATE OF next_at ON rota BEGIN SELECT raise(ABORT, 'x'); END"
        )
    with pytest.raises(sqlite3.IntegrityError):
        await nights.rota().run()
    async with nights.db.transaction() as connection:
        await connection.execute("DROP TRIGGER killed")
    async with nights.up():
        await nights.pass_time(60)
    assert await nights.slots() == [Nights.START + 14 * HOUR + 3 * DAY]
    (said,) = await nights.told()
    assert said.endswith("3 earlier moments were missed as well.")


async def test_words_that_were_listed_later_are_heeded_by_night(nights: Nights) -> None:
    """The file was well when it was scheduled; the list grew, and the bot was started anew."""
    await nights.schedule(data=json.dumps([{"slug": "war", "prompt": "a war with gore"}]).encode())
    nights.terms = replace(nights.terms, unwanted=Words(["gore"]))
    async with nights.up():
        await nights.pass_time(14 * HOUR)
        assert await nights.told_of("Item 1, field “prompt”: It contains words")
        assert await nights.slots() == []
