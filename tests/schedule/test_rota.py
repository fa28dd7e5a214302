"""Scheduled batches: each moment served once, told before and after, late or missed, but never silent or twice."""

import asyncio
import json

import pytest

from bot.intake.accept import Intake
from bot.ledger import rota, towers
from bot.nouns import JobState, NoticeKind
from tests.clock import until
from tests.intake.asking import MODEL, shelf
from tests.schedule.nights import DAY, HOUR, Nights
from tests.scheduled import scheduled

FIRST = Nights.START + 14 * HOUR
STARTS = "**nightly.json** starts now: 2 pictures."
DONE = "**nightly.json** is done: 2 posted, 0 failed."
OPEN = "Kept 0, rejected 0, open 2."
COST = "It took 1 s, 0.097 Wh and $0.000012; a hosted API would have taken $0.09."


def moment(at: float) -> str:
    return f"<t:{int(at)}:F>"


async def test_a_moment_is_announced_and_its_batch_accepted(nights: Nights) -> None:
    """Nothing a second before; at the moment the announcement, then the card, and both jobs wait."""
    await nights.schedule()
    async with nights.up():
        await nights.pass_time(14 * HOUR - 1)
        assert await nights.slots() == []
        await nights.pass_time(1)
    assert await nights.slots() == [FIRST]
    assert await nights.kinds() == [NoticeKind.ANNOUNCEMENT, NoticeKind.CARD]
    assert await nights.told() == [STARTS]


async def test_the_end_is_announced_when_everything_was_posted(nights: Nights) -> None:
    """Once, with its outcome, and not before the last picture was said."""
    await nights.schedule()
    async with nights.up():
        await nights.pass_time(14 * HOUR)
        await nights.render_everything(JobState.RENDERED, JobState.FAILED)
        await until(lambda: nights.told_of("is done"))
        await nights.pass_time(HOUR)
    started, done = await nights.told()
    assert started == STARTS
    assert done.startswith("**nightly.json** is done: 1 posted, 1 failed.\nKept 0, rejected 0, open 1.\n• 1 failed. ")


async def test_every_night_has_its_own_batch(nights: Nights) -> None:
    """Five nights, five batches, five announcements."""
    await nights.schedule()
    async with nights.up():
        for hours in (14, 24, 24, 24, 24):
            await nights.pass_time(hours * HOUR)
    assert await nights.slots() == [FIRST + n * DAY for n in range(5)]
    assert await nights.told() == [STARTS] * 5


async def test_an_entry_that_comes_later_is_noticed(nights: Nights) -> None:
    """A commit wakes the rota; a nearer entry is served in its time, a removed one no more."""
    async with nights.up():
        await nights.schedule("daily 02:00")
        nearer = await nights.schedule("hourly :30")
        await nights.settled()
        await nights.pass_time(HOUR)
        assert await nights.slots() == [Nights.START + HOUR / 2]
        async with nights.db.transaction() as connection:
            await rota.remove(connection, nearer.id)
        await nights.pass_time(14 * HOUR)
    assert await nights.slots() == [Nights.START + HOUR / 2, FIRST]


async def test_missed_within_the_grace_it_runs_late_and_says_so(nights: Nights) -> None:
    """Down at the moment, up three hours later: one batch, told to be late and since when."""
    await nights.schedule()
    async with nights.up():
        pass
    await nights.clock.advance(17 * HOUR)
    async with nights.up():
        pass
    async with nights.up():
        pass
    assert await nights.slots() == [FIRST]
    assert await nights.told() == [
        f"**nightly.json** starts now, late: it was due {moment(FIRST)}, while the bot was away: 2 pictures."
    ]


async def test_missed_beyond_the_grace_it_says_so_and_waits(nights: Nights) -> None:
    """Seven hours late is too late: no batch, one announcement with the next moment, which is served."""
    await nights.schedule()
    async with nights.up():
        pass
    await nights.clock.advance(21 * HOUR)
    async with nights.up():
        assert await nights.slots() == []
        await nights.pass_time(17 * HOUR)
    assert await nights.slots() == [FIRST + DAY]
    missed, started = await nights.told()
    assert missed.startswith(f"**nightly.json** was missed: it was due {moment(FIRST)}")
    assert missed.endswith(f"Next: {moment(FIRST + DAY)}.")
    assert started == STARTS


async def test_several_missed_moments_run_once_and_are_counted(nights: Nights) -> None:
    """Four nights down: the last moment runs, late, and the three before it are named as missed."""
    await nights.schedule()
    async with nights.up():
        pass
    await nights.clock.advance(14 * HOUR + 3 * DAY + HOUR)
    async with nights.up():
        pass
    assert await nights.slots() == [FIRST + 3 * DAY]
    (told,) = await nights.told()
    assert told.endswith("2 pictures. 3 earlier moments were missed as well.")


async def test_a_moment_before_the_first_start_of_the_rota_is_not_forgotten(nights: Nights) -> None:
    """Accepted, then killed before the rota saw the entry: what came due since counts as missed, not as nothing."""
    await nights.schedule()
    await nights.clock.advance(15 * HOUR)
    async with nights.up():
        pass
    assert await nights.slots() == [FIRST]


@pytest.mark.parametrize("turns", range(0, 40, 2))
async def test_killed_anywhere_a_moment_is_served_and_told_once(nights: Nights, turns: int) -> None:
    """Killed a few steps after the moment came, then started again: one batch, one announcement, nothing lost."""
    await nights.schedule()
    async with nights.up():
        await nights.pass_time(14 * HOUR - 1)
        await nights.clock.advance(1)
        for _ in range(turns):
            await asyncio.sleep(0.0005)
    async with nights.up():
        await nights.pass_time(60)
        await nights.render_everything(JobState.RENDERED, JobState.RENDERED)
        for _ in range(turns):
            await asyncio.sleep(0.0002)
    async with nights.up():
        await nights.pass_time(60)
    assert await nights.slots() == [FIRST]
    assert await nights.told() == [STARTS, "\n".join([DONE, OPEN, COST])]


async def test_a_set_clock_changes_nothing_twice(nights: Nights) -> None:
    """Forward over the moment it is served within a minute; back again and over it once more it is not."""
    await nights.schedule()
    async with nights.up():
        nights.clock.jump(14 * HOUR)
        await nights.clock.advance(60)
        await until(nights.slots)
        nights.clock.jump(-2 * HOUR)
        await nights.pass_time(3 * HOUR)
    assert await nights.slots() == [FIRST]
    assert len(await nights.told()) == 1


async def test_a_file_that_is_no_longer_right_is_told_and_left(nights: Nights) -> None:
    """The tower lost the model meanwhile: the fault is said with its place, and the next night is tried."""
    data = json.dumps([{"slug": "a", "prompt": "b", "model": "demo"}]).encode()
    await nights.schedule(data=data)
    nights.intake = Intake(nights.db, nights.clock, nights.limits, ("tower",))
    async with nights.db.transaction() as connection:
        await towers.saw(connection, "tower", *shelf(MODEL), 1.0)
    async with nights.up():
        await nights.pass_time(14 * HOUR)
    (told,) = await nights.told()
    assert told.startswith("**nightly.json** could not start. Line 1, item 1, field “model”: There is no model “demo”")
    assert told.endswith(f"Next: {moment(FIRST + DAY)}.")
    assert await nights.slots() == []


async def test_a_hostile_file_name_pings_nobody(nights: Nights) -> None:
    """What is announced carries the name without its teeth."""
    await scheduled(
        nights.db,
        nights.intake,
        "@everyone **x**.json",
        b'[{"slug": "a", "prompt": "b"}]',
        "daily 02:00",
        asker=1,
        guild=1,
        channel=5,
        clock=nights.clock,
    )
    async with nights.up():
        await nights.pass_time(14 * HOUR)
    (told,) = await nights.told()
    assert "@everyone" not in told
    assert "**x**" not in told
