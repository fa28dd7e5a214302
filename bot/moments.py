"""Cron fields in a time zone → moments. The cron library knows daylight saving, month ends and leap years. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from bot.nouns import RotaEntry

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
COUNTED = 1000
"""Passed moments are counted up to here; a year of minutes need not be walked through to say that it was long."""


def following(entry: RotaEntry, at: float, served: Collection[float] = ()) -> float:
    """The first moment of the entry behind `at`, in UTC seconds, that was not served before."""
    return next(moment for moment in _from(entry, at) if moment > at and moment not in served)


def next_few(entry: RotaEntry, at: float, count: int) -> list[float]:
    """The first moments behind `at`."""
    return list(islice((moment for moment in _from(entry, at) if moment > at), count))


def latest(entry: RotaEntry, since: float, at: float) -> float:
    """The last moment of the entry that is not behind `at`; `since` is one of its moments and not behind it either."""
    backwards = CronSim(entry.cron, _local(entry, at), reverse=True)
    # Walked forwards from a little earlier: around a change of the clocks the two directions need not agree.
    start = max(since, min(moment.timestamp() for moment in islice(backwards, 2)))
    return max((since, *takewhile(lambda moment: moment <= at, _from(entry, start))))


def passed(entry: RotaEntry, first: float, last: float) -> int:
    """How many moments there are from `first` to `last`, both of them moments of the entry; COUNTED at most."""
    later = takewhile(lambda moment: moment <= last, _from(entry, first))
    return 1 + sum(1 for _ in islice(later, COUNTED - 1))


def closing(entry: RotaEntry, opening: float) -> float:
    """When the window that opens at this moment closes: at once, if both times fall into an hour that is left out."""
    end = replace(entry, cron=entry.until)
    return next(moment for moment in _from(end, opening - 1) if moment >= opening)


def opening_now(entry: RotaEntry, at: float) -> float | None:
    """The moment at which the window opened that is open at `at`; None when it is closed then."""
    backwards = CronSim(entry.cron, _local(entry, at), reverse=True)
    start = min(moment.timestamp() for moment in islice(backwards, 2)) - 1
    opened = max(takewhile(lambda moment: moment <= at, _from(entry, start)), default=None)
    return opened if opened is not None and closing(entry, opened) > at else None


def days(entry: RotaEntry, at: float, count: int) -> list[tuple[float, float]]:
    """Beginning and end of the last whole days before `at` in the entry's zone, the oldest first.

    A day is as long as its zone has it: 23, 24 or 25 hours, or whatever else.
    """
    zone, today = ZoneInfo(entry.zone), _local(entry, at).date()
    edges = [_midnight(today - timedelta(days=back), zone) for back in range(count, -1, -1)]
    return list(pairwise(edges))


def _midnight(day: date, zone: ZoneInfo) -> float:
    """The first moment of the day; in an hour that is left out, what it would have been by the time before."""
    return datetime.combine(day, time(), zone).timestamp()


def checked(fields: str) -> str:
    """The five cron fields as they are. Raises ValueError, in words, for fields that are wrong or never come."""
    try:
        next(CronSim(fields, _ANY_TIME))
    except CronSimError as error:
        raise ValueError(f"the cron field {str(error).removeprefix('Bad ')} cannot be read") from error
    except StopIteration as error:
        raise ValueError("that moment never comes") from error
    return fields


def _from(entry: RotaEntry, at: float) -> Iterator[float]:
    return (moment.timestamp() for moment in CronSim(entry.cron, _local(entry, at)))


def _local(entry: RotaEntry, at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(entry.zone))
