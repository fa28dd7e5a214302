"""Moments over a year of changing clocks: each once, in order, in the time people read on the wall."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot import moments
from bot.nouns import RotaEntry

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
YEAR = 365 * 86400.0


def entry(cron: str, zone: str) -> RotaEntry:
    return RotaEntry("e", "n", "w", cron, zone, "[]", 1, 1, 5, NEW_YEAR, None)


def year(one: RotaEntry) -> list[float]:
    found = [moments.following(one, NEW_YEAR)]
    while (later := moments.following(one, found[-1])) < NEW_YEAR + YEAR:
        found.append(later)
    return found


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cron", ["30 2 * * *", "15 1,2 * * 0", "0 0 L * *"])
def test_a_year_has_each_moment_once(zone: str, cron: str) -> None:
    """Going forwards gives every local day once; looking back from anywhere in between finds the same moments."""
    one = entry(cron, zone)
    found = year(one)
    assert found == sorted(set(found))
    local = [datetime.fromtimestamp(at, ZoneInfo(zone)) for at in found]
    if cron == "30 2 * * *":
        assert len({moment.date() for moment in local}) == len(local) in (364, 365)
    for earlier, at, later in zip(found, found[1:], found[2:], strict=False):
        assert moments.latest(one, earlier, at) == at
        assert moments.latest(one, earlier, later - 1) == at
        assert moments.passed(one, earlier, later) == 3


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-29T00:00+01:00", "2026-03-29T03:00:00+02:00"),
        ("2026-10-25T00:00+02:00", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T02:45+02:00", "2026-10-26T02:30:00+01:00"),
        ("2026-10-25T02:15+01:00", "2026-10-26T02:30:00+01:00"),
    ],
)
def test_half_past_two_in_berlin_when_the_clocks_change(now: str, expected: str) -> None:
    """The hour that does not exist is made up for at its end; the hour that exists twice counts once."""
    at = moments.following(entry("30 2 * * *", "Europe/Berlin"), datetime.fromisoformat(now).timestamp())
    assert datetime.fromtimestamp(at, ZoneInfo("Europe/Berlin")).isoformat() == expected


def test_counting_missed_minutes_ends() -> None:
    """A year of minutes is counted no further than it takes to say that it was long."""
    one = entry("* * * * *", "Europe/Berlin")
    assert moments.passed(one, NEW_YEAR, NEW_YEAR + YEAR) == moments.COUNTED
    assert moments.latest(one, NEW_YEAR, NEW_YEAR + YEAR + 30) == NEW_YEAR + YEAR
