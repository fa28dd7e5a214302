"""When something shall happen, in a person's words → five cron fields, known to have a next moment."""

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot import moments
from bot.errors import BadWhen, BadZone

_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_WHICH_DAYS = {"daily": "*", "weekdays": "1-5", "weekends": "0,6"}


def cron(words: str) -> str:
    """Five cron fields for "daily 02:00", "weekdays 07:30", "mon,thu 18:15", "hourly :30", or five fields as they are.

    Raises BadWhen saying what is wrong with the words.
    """
    parts = words.lower().split()
    try:
        match parts:
            case [_, _, _, _, _]:
                return moments.checked(" ".join(parts))
            case ["hourly", minute]:
                return f"{_minute(minute)} * * * *"
            case [days, moment]:
                return f"{_time(moment)} * * {_WHICH_DAYS.get(days) or _days(days)}"
            case _:
                raise ValueError("it is neither a day with a time nor five cron fields")
    except ValueError as error:
        raise BadWhen(when=words, fault=str(error)) from error


def zone(name: str) -> str:
    """The name of a time zone that exists. Raises BadZone."""
    try:
        return ZoneInfo(name.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: a folder of zones, such as "Europe"
        raise BadZone(zone=name) from error


def _minute(moment: str) -> int:
    match = re.fullmatch(r":([0-5]?[0-9])", moment)
    if match is None:
        raise ValueError("behind “hourly” a minute such as “:30” is expected")
    return int(match[1])


def _time(moment: str) -> str:
    """Minute and hour as cron writes them."""
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", moment)
    if match is None:
        raise ValueError(f"“{moment}” is not a time from 00:00 to 23:59")
    return f"{int(match[2])} {int(match[1])}"


def _days(days: str) -> str:
    """Numbers for "mon,thu", "mondays" or any other beginning of a day's name that three letters make clear."""
    numbers = set()
    for day in days.split(","):
        found = [
            number for number, name in enumerate(_DAYS) if len(day) >= 3 and name.startswith(day.removesuffix("s"))
        ]
        if not found:
            raise ValueError(f"“{day}” is not a day")
        numbers.update(found)
    return ",".join(str(number) for number in sorted(numbers))
