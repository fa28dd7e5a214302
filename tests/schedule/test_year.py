"""A year of changing clocks with a bot that is not always there: every moment once, none silently dropped."""

import asyncio
from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nouns import SlotOutcome
from tests import wall_clock
from tests.schedule.lives import DAY, HOUR, Down, digest, expected, life
from tests.wall_clock import NEW_YEAR, YEAR, ZONES, ends_month, everyday

LEFT_OUT = {
    "Europe/Berlin": time(2, 30),
    "America/New_York": time(2, 30),
    "Australia/Lord_Howe": time(2, 15),
    "Asia/Kathmandu": time(2, 30),
    "America/Santiago": time(0, 15),
}
"""A time that each zone has not in one night, and twice in another; Kathmandu leaves its clocks alone."""

ABSENCES: dict[str, tuple[float, float]] = {
    "before the moment": (-3 * HOUR, -HOUR),
    "until just before it": (-HOUR, -1),
    "over it, and back in time": (-HOUR, 60),
    "over it, and back within the grace": (-HOUR, HOUR),
    "over it for long": (-HOUR, 7 * HOUR),
    "over several": (-HOUR, 2 * DAY + 2 * HOUR),
    "over several for long": (-HOUR, 2 * DAY + 8 * HOUR),
    "just after it": (1, 2 * HOUR),
}


def cron(clock: time, days: str = "* * *") -> str:
    return f"{clock.minute} {clock.hour} {days}"


@pytest.mark.parametrize("zone", ZONES)
async def test_absences_around_a_moment_at_which_the_clocks_change(zone: str) -> None:
    """Before, over and after it, short and long: what was missed is told, once, and what was not is done, once."""
    clock = LEFT_OUT[zone]
    due = wall_clock.moments(everyday, clock, zone)
    async with life(NEW_YEAR) as one:
        for change in wall_clock.changes(zone) or [NEW_YEAR + YEAR / 2]:
            moment = min(due, key=lambda one: abs(one - change))
            for gone, back in ABSENCES.values():
                downs = [(moment + gone, moment + back)]
                start, end = moment - 1.5 * DAY, moment + 3.5 * DAY
                await one.anew(digest(cron(clock), zone, start))
                await one.until(end, downs)
                told, counted = expected([at for at in due if start < at <= end], downs)
                assert await one.outcomes() == told
                assert len(await one.said()) == len(told)
                assert await one.named_as_missed() == counted


async def test_five_zones_over_a_year() -> None:
    """One rota for all of them: each month's end by its own wall, with a week's absence in spring and in autumn."""
    downs = [(NEW_YEAR + 86.5 * DAY, NEW_YEAR + 93.5 * DAY), (NEW_YEAR + 300.2 * DAY, NEW_YEAR + 307.2 * DAY)]
    async with life(NEW_YEAR) as one:
        for zone in ZONES:
            await one.add(digest("59 23 L * *", zone, NEW_YEAR, name=zone))
        await one.until(NEW_YEAR + YEAR, downs)
        for zone in ZONES:
            told, counted = expected(wall_clock.moments(ends_month, time(23, 59), zone), downs)
            assert (await one.outcomes(zone), counted) == (told, 0)
            assert [outcome for _at, outcome in told].count(SlotOutcome.MISSED) == 2


@settings(max_examples=10, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    edges=st.lists(st.integers(1, 20 * 24 * 60), min_size=2, max_size=8, unique=True),
    which=st.integers(0, 1),
)
def test_any_absences(zone: str, edges: list[int], which: int) -> None:
    """However often and however long, around either change of the clocks: nothing twice, nothing silently dropped."""
    changes = wall_clock.changes(zone) or [NEW_YEAR + YEAR / 4] * 2
    start = changes[which] - 10 * DAY
    cut = sorted(start + 60.0 * edge for edge in edges[: len(edges) // 2 * 2])
    downs: list[Down] = list(zip(cut[::2], cut[1::2], strict=True))
    asyncio.run(_lived(zone, start, downs))


async def _lived(zone: str, start: float, downs: list[Down]) -> None:
    clock, end = LEFT_OUT[zone], start + 20 * DAY
    due = [at for at in wall_clock.moments(everyday, clock, zone) if start < at <= end]
    async with life(start) as one:
        await one.add(digest(cron(clock), zone, start))
        await one.until(end, downs)
        told, counted = expected(due, downs)
        assert await one.outcomes() == told
        assert len(await one.said()) == len(told)
        assert await one.named_as_missed() == counted
        assert len(told) + counted == len(due)


async def test_a_clock_that_ran_a_year_ahead_is_set_right() -> None:
    """What was told then is not told again, and the days that come afterwards have their moments."""
    start = NEW_YEAR + 30 * DAY
    async with life(start) as one:
        await one.add(digest("0 12 * * *", "UTC", start))
        await one.until(start + DAY)
        one.clock.jump(YEAR)
        await one.until(one.clock.now() + DAY)
        one.clock.jump(-YEAR)
        await one.until(one.clock.now() + 3 * DAY)
        served = [at for at, _outcome in await one.outcomes()]
        assert len(set(served)) == len(served)
        assert [at for at in served if at < start + YEAR / 2] == [start + (day + 0.5) * DAY for day in (0, 2, 3, 4)]


@pytest.mark.parametrize("back", [1.0, 90.0, HOUR, 13 * HOUR, 3 * DAY])
async def test_a_clock_that_is_set_back_repeats_nothing(back: float) -> None:
    """While the bot is up, and while it is not."""
    start = NEW_YEAR + 30 * DAY
    for restarted in (False, True):
        async with life(start) as one:
            await one.add(digest("0 12 * * *", "UTC", start))
            await one.until(start + 4.5 * DAY)
            up = one.rota()
            if not restarted:
                await up.step()
            one.clock.jump(-back)
            await up.step()
            await one.until(start + 6 * DAY)
            assert await one.outcomes() == [(start + (day + 0.5) * DAY, SlotOutcome.SERVED) for day in range(6)]
            assert len(await one.said()) == 6
