"""Windows: what waits for one begins only between its times; what renders at its end renders on."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.ledger import jobs, rota
from bot.nouns import JobState, RotaKind, SlotOutcome, WindowScope
from tests.clock import until
from tests.schedule.deeds import FIRST, MINUTE, add, batch, enclosed, keep, moment, outcomes, rendered
from tests.schedule.nights import DAY, HOUR, Nights


async def test_jobs_wait_for_it(nights: Nights) -> None:
    waiting = await batch(nights)
    others = await batch(nights, "other", asker=77)
    await add(nights, RotaKind.WINDOW, until="0 6 * * *", scope=WindowScope.MY_BATCHES)
    theirs = {job.id for job in others}
    async with nights.up():
        assert await nights.line() == theirs
        assert not await nights.claim(waiting[0])
        assert await nights.worth_waking_for() == len(theirs)
        await nights.pass_time(14 * HOUR)
        assert await nights.worth_waking_for() == 4
        assert await nights.line() == theirs | {job.id for job in waiting}
        assert await nights.told() == [f"**Window** (02:00) opens now, until {moment(FIRST + 4 * HOUR)}: 2 pictures."]
        await nights.pass_time(4 * HOUR)
        assert await nights.line() == theirs


async def test_the_end_lets_a_picture_end_and_then_tells(nights: Nights) -> None:
    """One rendered in time, one that renders over the end, one that waits for the next night."""
    waiting = await batch(nights) + await batch(nights, "more")
    entry = await add(nights, RotaKind.WINDOW, until="0 6 * * *", scope=WindowScope.MINE)
    async with nights.up():
        await nights.pass_time(14 * HOUR)
        await rendered(nights, waiting[0])
        await keep(nights, waiting[0])
        assert await nights.claim(waiting[1])
        await nights.pass_time(4 * HOUR + 60)
        assert len(await nights.told()) == 1
        async with nights.db.transaction() as connection:
            await jobs.end(connection, waiting[1].id, 1, JobState.FAILED, nights.clock.now(), "picture-black", {})
        await until(lambda: nights.told_of("is closed"))
    closed = (await nights.told())[-1].splitlines()
    assert closed[0] == "**Window** (02:00) is closed: 1 posted, 1 failed. 2 pictures still wait."
    assert closed[1] == "Kept 1, rejected 0, open 0."
    assert closed[2].startswith("• 1 failed. ")
    assert (await enclosed(nights))["best"] == {"jobs": [waiting[0].id]}
    assert await outcomes(nights, entry) == [SlotOutcome.SERVED]


async def test_it_opens_late_and_not_at_all_when_its_time_is_over(nights: Nights) -> None:
    await batch(nights)
    entry = await add(nights, RotaKind.WINDOW, until="0 6 * * *", scope=WindowScope.MINE)
    async with nights.up():
        pass
    await nights.clock.advance(16 * HOUR)
    async with nights.up():
        assert len(await nights.line()) == 2
    await nights.clock.advance(DAY)
    await nights.settle_rota()
    assert await nights.line() == set()
    await nights.clock.advance(6 * HOUR)
    async with nights.up():
        assert await nights.line() == set()
    assert await outcomes(nights, entry) == [SlotOutcome.MISSED, SlotOutcome.LATE]
    late, *_rest = await nights.told()
    assert f"opens now, late: it was due {moment(FIRST)}, while the bot was away, until" in late


async def test_one_that_is_made_within_its_time_is_open(nights: Nights) -> None:
    await batch(nights)
    await add(nights, RotaKind.WINDOW, "0 11 * * *", until="0 13 * * *", scope=WindowScope.EVERYTHING)
    async with nights.up():
        assert len(await nights.line()) == 2
        await nights.pass_time(HOUR)
        assert await nights.line() == set()


async def test_a_night_that_leaves_out_both_ends_is_not_missed(nights: Nights) -> None:
    """From 2:15 to 2:45, where the clocks go from two to three: nothing opens, and nothing is said."""
    await batch(nights)
    change = datetime(2027, 3, 28, 1, tzinfo=UTC).timestamp()
    nights.clock.jump(change - HOUR - nights.clock.now())
    zoned = {"zone": "Europe/Berlin", "until": "45 2 * * *", "scope": WindowScope.MINE}
    entry = await add(nights, RotaKind.WINDOW, "15 2 * * *", **zoned)
    async with nights.up():
        await nights.pass_time(2 * HOUR)
        assert await nights.line() == set()
    assert (await outcomes(nights, entry), await nights.told()) == ([SlotOutcome.NOTHING], [])


async def test_paused_it_holds_nothing_back(nights: Nights) -> None:
    await batch(nights)
    entry = await add(nights, RotaKind.WINDOW, until="0 6 * * *", scope=WindowScope.MINE)
    async with nights.up():
        assert await nights.line() == set()
        async with nights.db.transaction() as connection:
            await rota.pause(connection, entry.id, nights.clock.now())
        assert len(await nights.line()) == 2
        async with nights.db.transaction() as connection:
            await rota.resume(connection, entry.id, nights.clock.now())
        await nights.settled()
        assert await nights.line() == set()


async def test_of_two_of_one_kind_either_will_do(nights: Nights) -> None:
    """Of two kinds both have to be open."""
    await batch(nights)
    await add(nights, RotaKind.WINDOW, "0 11 * * *", until="0 13 * * *", scope=WindowScope.MINE, id="now")
    await add(nights, RotaKind.WINDOW, until="0 6 * * *", scope=WindowScope.MINE, id="tonight")
    async with nights.up():
        assert len(await nights.line()) == 2
        await add(nights, RotaKind.WINDOW, until="0 6 * * *", scope=WindowScope.BATCHES, id="all")
        await nights.settled()
        assert await nights.line() == set()


@pytest.mark.parametrize("turns", range(0, 40, 4))
async def test_killed_anywhere_each_of_its_words_is_said_once(nights: Nights, turns: int) -> None:
    """A few steps after the moment before it, its beginning and its end: three announcements, open in between."""
    await batch(nights)
    await add(nights, RotaKind.WINDOW, until="0 6 * * *", scope=WindowScope.MINE, lead=900.0)
    async with nights.up():
        await nights.pass_time(13 * HOUR)
    for pause in (45 * MINUTE, 15 * MINUTE, 4 * HOUR):
        async with nights.up():
            await nights.clock.advance(pause)
            for _ in range(turns):
                await asyncio.sleep(0.0005)
    async with nights.up():
        await nights.pass_time(60)
    ahead, opens, closed = await nights.told()
    assert (" starts at " in ahead, " opens now, until " in opens, " is closed: " in closed) == (True, True, True)
    assert await nights.line() == set()


async def test_wanted_at_once_it_opens_until_its_next_end(nights: Nights) -> None:
    await batch(nights)
    entry = await add(nights, RotaKind.WINDOW, until="0 6 * * *", scope=WindowScope.MINE)
    async with nights.up():
        async with nights.db.transaction() as connection:
            await rota.want(connection, entry.id, nights.clock.now())
        await until(lambda: nights.told_of("opens now"))
        assert len(await nights.line()) == 2
    async with nights.db.reading() as connection:
        found = await rota.get(connection, entry.id)
    assert found is not None
    assert (found.wanted_at, found.next_at, found.closes_at) == (None, FIRST, FIRST + 4 * HOUR)
