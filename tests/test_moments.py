"""Moments over a year of changing clocks: each once, in order, in the time people read on the wall."""

from datetime import UTC, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot import moments
from bot.nouns import RotaEntry
from tests import wall_clock
from tests.wall_clock import NEW_YEAR, YEAR, ZONES, Days, ends_month, everyday

CHANGING = (time(0, 0), time(0, 30), time(1, 45), time(2, 15), time(2, 30), time(23, 30))
"""In the five zones, clocks are changed at midnight, at two, at three, and by half an hour."""


def entry(cron: str, zone: str, until: str = "") -> RotaEntry:
    return RotaEntry("e", "n", "w", cron, zone, "[]", 1, 1, 5, NEW_YEAR, None, until=until)


def daily(clock: time) -> str:
    return f"{clock.minute} {clock.hour} * * *"


def year(one: RotaEntry) -> list[float]:
    found = [moments.following(one, NEW_YEAR)]
    while (later := moments.following(one, found[-1])) < NEW_YEAR + YEAR:
        found.append(later)
    return found


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("clock", CHANGING)
def test_every_day_of_the_year_has_its_moment_once(zone: str, clock: time) -> None:
    """What the wall shows: the hour that is left out is made up for at its end, one that comes twice counts once."""
    assert year(entry(daily(clock), zone)) == wall_clock.moments(everyday, clock, zone)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("fields", "which", "clock"),
    [
        ("59 23 L * *", ends_month, time(23, 59)),
        ("0 0 1 * *", lambda day: day.day == 1, time(0, 0)),
        ("30 2 31 * *", lambda day: day.day == 31, time(2, 30)),
        ("15 2 29 2 *", lambda day: (day.month, day.day) == (2, 29), time(2, 15)),
        ("30 2 * * 0", lambda day: day.weekday() == 6, time(2, 30)),
        ("30 7 * * 1-5", lambda day: day.weekday() < 5, time(7, 30)),
    ],
)
def test_ends_of_months_and_days_of_the_week(zone: str, fields: str, which: Days, clock: time) -> None:
    """A day that a month does not have is left out; the last one is the 28th, 30th or 31st, as it comes."""
    found = [moment for moment in year(entry(fields, zone)) if moment < NEW_YEAR + YEAR]
    assert found == wall_clock.moments(which, clock, zone)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cron", ["30 2 * * *", "15 1,2 * * 0", "0 0 L * *"])
def test_looking_back_finds_the_same_moments(zone: str, cron: str) -> None:
    """From anywhere in between."""
    one = entry(cron, zone)
    found = year(one)
    assert found == sorted(set(found))
    telling = set(wall_clock.telling(found, zone))
    for earlier, at, later in zip(found, found[1:], found[2:], strict=False):
        if at not in telling:
            continue
        assert moments.latest(one, earlier, at) == at
        assert moments.latest(one, earlier, later - 1) == at
        assert moments.passed(one, earlier, later) == 3


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("start", "end"), [(time(1), time(6)), (time(22), time(2, 30)), (time(2, 15), time(2, 45)), (time(23, 30), time(1))]
)
def test_a_window_is_open_from_what_the_wall_shows_to_what_it_shows(zone: str, start: time, end: time) -> None:
    """Each night once: longer or shorter when the clocks change, and not at all when both ends are left out."""
    one = entry(daily(start), zone, until=daily(end))
    ends = wall_clock.moments(everyday, end, zone)
    for opening in wall_clock.telling(wall_clock.moments(everyday, start, zone), zone):
        closes = next((moment for moment in ends if moment >= opening), None)
        if closes is None:
            continue
        assert moments.closing(one, opening) == closes
        assert moments.opening_now(one, opening - 1) is None
        assert moments.opening_now(one, closes) is None
        if closes > opening:
            assert moments.opening_now(one, opening) == moments.opening_now(one, closes - 1) == opening


@pytest.mark.parametrize("zone", ZONES)
def test_days_are_as_long_as_the_zone_has_them(zone: str) -> None:
    """Looking back over the year from its last moment: every day from midnight to midnight, each once."""
    found = moments.days(entry("0 9 * * 1", zone), NEW_YEAR + YEAR - 3600 * 12, 300)
    local = [datetime.fromtimestamp(start, UTC).astimezone(ZoneInfo(zone)) for start, _ in found]
    assert [one.date() for one in local] == list(wall_clock.days())[-302:-2]
    assert all(end == start for (_, end), (start, _) in pairwise(found))
    odd = {end - start for start, end in found} - {86400.0}
    assert len(odd) == len([moment for moment in wall_clock.changes(zone) if moment > found[0][0]])


def test_the_zones_change_their_clocks_as_these_tests_think() -> None:
    """Twice, or not at all."""
    assert [len(wall_clock.changes(zone)) for zone in ZONES] == [2, 2, 2, 0, 2]


def test_counting_missed_minutes_ends() -> None:
    """A year of minutes is counted no further than it takes to say that it was long."""
    one = entry("* * * * *", "Europe/Berlin")
    assert moments.passed(one, NEW_YEAR, NEW_YEAR + YEAR) == moments.COUNTED
    assert moments.latest(one, NEW_YEAR, NEW_YEAR + YEAR + 30) == NEW_YEAR + YEAR


def test_what_was_served_is_not_due_again() -> None:
    one = entry("0 * * * *", "UTC")
    assert moments.following(one, NEW_YEAR, {NEW_YEAR + 3600, NEW_YEAR + 7200}) == NEW_YEAR + 10800
