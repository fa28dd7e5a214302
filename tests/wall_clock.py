"""What a wall clock shows over a year, worked out without the cron library: tests hold the moments against it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago")
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
YEAR = 365 * 86400.0

Days = Callable[[date], bool]


def days() -> Iterator[date]:
    """Those of the year, and one more at either end: the year begins elsewhere at another time."""
    return (FIRST + timedelta(days=number) for number in range(-1, (LAST - FIRST).days + 2))


def at(day: date, clock: time, zone: str) -> float:
    """The moment at which the clocks there first show this time; the end of the hour that leaves it out."""
    wanted = datetime.combine(day, clock, ZoneInfo(zone))
    shown = wanted.astimezone(UTC).astimezone(ZoneInfo(zone))
    if shown.replace(tzinfo=None) == wanted.replace(tzinfo=None):
        return wanted.timestamp()
    return change(wanted.timestamp() - 86400, wanted.timestamp() + 86400, zone)


def change(low: float, high: float, zone: str) -> float:
    """The moment between these two at which the clocks there are changed, to the second."""
    before = offset(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(middle, zone) == before else (low, middle)
    return high


def changes(zone: str) -> list[float]:
    """When the clocks are changed there in the year."""
    edges = [NEW_YEAR + number * 86400 for number in range(366)]
    return [change(low, high, zone) for low, high in pairwise(edges) if offset(low, zone) != offset(high, zone)]


def offset(moment: float, zone: str) -> timedelta | None:
    return datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(zone)).utcoffset()


def telling(found: list[float], zone: str) -> list[float]:
    """Of the moments of a year those around changed clocks, and one of each month."""
    near = [moment for change in changes(zone) for moment in found if abs(moment - change) < 3 * 86400]
    return sorted({*near, *found[::30]})


def ends_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def everyday(day: date) -> bool:
    return True


def moments(which: Days, clock: time, zone: str) -> list[float]:
    """Those of the year that are due at this time on these days."""
    found = (at(day, clock, zone) for day in days() if which(day))
    return [moment for moment in found if NEW_YEAR < moment < NEW_YEAR + YEAR]
