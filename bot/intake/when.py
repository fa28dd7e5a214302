"""When something shall happen, in a person's words → five cron fields, known to have a next moment."""

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot import moments
from bot.errors import BadWhen, BadZone

_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_WHICH_DAYS = {
    **dict.fromkeys(("daily", "nightly", "day", "night"), "* * *"),
    **dict.fromkeys(("weekdays", "weekday"), "* * 1-5"),
    **dict.fromkeys(("weekends", "weekend"), "* * 0,6"),
}
_FILLING = {"every", "at", "on", "the"}
_LAST_DAY = "L * *"
_CLOCK = r"[0-9]{1,2}:[0-9]{2}"
_BETWEEN = re.compile(rf"(?:between|from)?\s*({_CLOCK})\s*(?:-|–|—|and|to|until|till)\s*({_CLOCK})$")
_UNTIL = re.compile(rf"(.*\S)\s+(?:until|till)\s+({_CLOCK})$")


def cron(words: str) -> str:
    """Five cron fields for "daily 02:00", "weekdays 07:30", "mon,thu 18:15", "hourly :30", "1st 08:00", "last day
    18:00", or five fields as they are.

    Raises BadWhen saying what is wrong with the words.
    """
    try:
        return _cron(words.lower().split())
    except ValueError as error:
        raise BadWhen(when=words, fault=str(error)) from error


def window(words: str) -> tuple[str, str]:
    """The cron fields of a window's beginning and end: "01:00-06:00", "weekdays 22:00-06:00", "daily between 01:00 and
    06:00", or a beginning as `cron` takes it and "until 06:00".

    Raises BadWhen saying what is wrong with the words.
    """
    said = " ".join(words.lower().split())
    try:
        if found := _BETWEEN.search(said):
            days, start, end = said[: found.start()].split() or ["daily"], *found.groups()
            fields = _cron([*days, start])
        elif found := _UNTIL.fullmatch(said):
            fields, end = _cron(found[1].split()), found[2]
        else:
            raise ValueError("a window needs a beginning and an end, such as “01:00-06:00”")
        until = f"{_time(end)} * * *"
        if fields.split()[:2] == until.split()[:2]:
            raise ValueError("the window ends when it begins")
    except ValueError as error:
        raise BadWhen(when=words, fault=str(error)) from error
    return fields, until


def zone(name: str) -> str:
    """The name of a time zone that exists. Raises BadZone."""
    try:
        return ZoneInfo(name.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: a folder of zones, such as "Europe"
        raise BadZone(zone=name) from error


def _cron(parts: list[str]) -> str:
    if len(parts) == 5 and not _FILLING & set(parts):
        return moments.checked(" ".join(parts))
    match [part for part in parts if part not in _FILLING]:
        case ["hourly" | "hour", minute]:
            return f"{_minute(minute)} * * * *"
        case ["last", "day", moment] | ["last", moment]:
            return f"{_time(moment)} {_LAST_DAY}"
        case [days, moment]:
            return f"{_time(moment)} {_WHICH_DAYS.get(days) or _days(days)}"
    raise ValueError("it is neither a day with a time nor five cron fields")


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
    """Day of month, month and day of week for "1st", or for "mon,thu", "mondays" or any other beginning of a day's name
    that three letters make clear.
    """
    if match := re.fullmatch(r"([1-9]|[12][0-9]|3[01])(st|nd|rd|th)", days):
        return f"{match[1]} * *"
    numbers = set()
    for day in days.split(","):
        found = [
            number for number, name in enumerate(_DAYS) if len(day) >= 3 and name.startswith(day.removesuffix("s"))
        ]
        if not found:
            raise ValueError(f"“{day}” is not a day")
        numbers.update(found)
    return "* * " + ",".join(str(number) for number in sorted(numbers))
