"""A stretch of time as people write it: "7d", "2026-01", "2026-01-05", "2026-01-01..2026-02-01". Pure."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.errors import Unclear

_AGO = re.compile(r"(\d{1,4})\s*([hdwmy])")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24, "m": 30 * 24, "y": 365 * 24}
_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")


def read(text: str, now: float, zone: str) -> tuple[float, float]:
    """From when until when, in UTC seconds; the end is not in it. Raises Unclear."""
    wanted = text.strip().lower()
    if ago := _AGO.fullmatch(wanted):
        return now - int(ago[1]) * _HOURS[ago[2]] * 3600.0, float("inf")
    first, dots, last = wanted.partition("..")
    try:
        since = _days(first, zone)[0] if first.strip() else 0.0
        until = (_days(last, zone)[1] if last.strip() else float("inf")) if dots else _days(first, zone)[1]
    except (ValueError, OverflowError) as error:
        raise Unclear("bad-span", {"span": text}) from error
    if since >= until:
        raise Unclear("bad-span", {"span": text})
    return since, until


def _days(text: str, zone: str) -> tuple[float, float]:
    """The beginning of this day or month, and that of the next."""
    match = _DAY.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    begin = datetime(int(match[1]), int(match[2]), int(match[3] or 1), tzinfo=ZoneInfo(zone))
    long = timedelta(days=1) if match[3] else timedelta(days=32 - (begin.replace(day=1) + timedelta(days=31)).day)
    return begin.timestamp(), (begin + long).timestamp()
