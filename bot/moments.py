"""Cron fields in a time zone → moments. The cron library knows daylight saving, month ends and leap years. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from bot.nouns import RotaEntry

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
COUNTED = 1000
"""Passed moments are counted up to here; a year of minutes need not be walked through to say that it was long."""


def following(entry: RotaEntry, at: float) -> float:
    """The first moment of the entry behind `at`, in UTC seconds."""
    return next(moment for moment in _from(entry, at) if moment > at)


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
