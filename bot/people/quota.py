"""How much a person may ask for. A day is the last 24 hours: nobody waits for a midnight, and no zone has to be known.

daily      every picture counts that was asked for in the last 24 hours, also by batches and schedules
at once    pictures that wait or render; items of batches stand behind people anyway and do not count
cooldown   seconds between one ask and the next; a batch is no ask
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from bot.errors import BadCount, DaySpent, Refusal, TooManyAtOnce, TooSoon
from bot.settings import PeopleTable

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """Pictures a day, pictures at once, seconds between asks; 0 is no limit."""

    daily: int = 0
    at_once: int = 0
    cooldown: float = 0.0


UNLIMITED = Allowance()


@dataclass(frozen=True, slots=True)
class Used:
    """`day`: (moment, pictures) of the last 24 hours, oldest first. `open` wait or render, `last` is the newest ask."""

    day: Sequence[tuple[float, int]] = ()
    open: int = 0
    last: float | None = None


def allowance(roles: Iterable[int], table: PeopleTable) -> Allowance:
    """Of each limit the most generous of this person's roles that set it; the table's own where none does."""
    mine = set(roles)
    rows = [row for row in table.role if row.id in mine]
    return Allowance(
        daily=int(_generous([row.daily for row in rows], table.daily, max)),
        at_once=int(_generous([row.at_once for row in rows], table.at_once, max)),
        cooldown=_generous([row.cooldown for row in rows], table.cooldown, min),
    )


def _generous(given: Iterable[float | None], otherwise: float, best: Callable[[list[float]], float]) -> float:
    known = [value for value in given if value is not None]
    if not known:
        return otherwise
    return 0 if 0 in known else best(known)


def refusal(allowed: Allowance, used: Used, wanted: int, now: float, *, batch: bool = False) -> Refusal | None:
    """Why so many more pictures may not be asked for now; None when they may."""
    if not batch:
        if allowed.cooldown and used.last is not None and used.last <= now < used.last + allowed.cooldown:
            return TooSoon(seconds=round(allowed.cooldown), when=_after(used.last + allowed.cooldown))
        if allowed.at_once and used.open + wanted > allowed.at_once:
            return _too_many(allowed.at_once, used.open, wanted)
    if allowed.daily:
        return _day(allowed.daily, used.day, wanted)
    return None


def _too_many(most: int, open_now: int, wanted: int) -> Refusal:
    if wanted > most:
        return BadCount(count=wanted, most=most)
    return TooManyAtOnce(most=most, open=open_now, left=max(most - open_now, 0))


def _day(daily: int, day: Sequence[tuple[float, int]], wanted: int) -> Refusal | None:
    taken = sum(count for _, count in day)
    if taken + wanted <= daily:
        return None
    if wanted > daily:
        return BadCount(count=wanted, most=daily)
    return DaySpent(daily=daily, left=max(daily - taken, 0), when=_after(_free(day, taken + wanted - daily) + DAY))


def _free(day: Sequence[tuple[float, int]], over: int) -> float:
    """The moment of the picture with which so many of the oldest are a day old."""
    gone = accumulate(count for _, count in day)
    return next(moment for (moment, _), count in zip(day, gone, strict=True) if count >= over)


def _after(moment: float) -> int:
    """The first whole second at which it is over: Discord's timestamps know no fractions."""
    return int(moment) + 1
