"""Entries that look back: digests, reminders of open reviews, weekly reports with their chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot import moments
from bot.accounts import meter
from bot.accounts.meter import Rendered
from bot.ledger import jobs, yields
from bot.ledger.database import Connection
from bot.nouns import Cost, RotaEntry, RotaKind, Slot, SlotOutcome, Yield
from bot.schedule.saying import SILENCE, Saying
from bot.settings import CostsTable
from bot.texts import lookback as texts

_REMEMBERED = 30 * yields.DAY  # seconds; who has not judged a picture by then is not reminded of it any more
_WEEK = 7  # days
_SPOKEN = (SlotOutcome.SERVED, SlotOutcome.LATE)


@dataclass(frozen=True, slots=True)
class Look:
    """An entry looks back from the moment `at`; `late` is when it was due, None when that is now.

    `missed` moments before that are not made up for: what it tells reaches back behind them.
    """

    entry: RotaEntry
    at: float
    slots: Sequence[Slot]
    costs: CostsTable
    late: float | None = None
    missed: int = 0

    @property
    def since(self) -> float:
        """Up to where the one before looked back."""
        return max((slot.at for slot in self.slots if slot.outcome in _SPOKEN), default=self.entry.begins)


async def saying(connection: Connection, look: Look) -> Saying:
    """What this entry has to say at its moment; a reminder of nothing says nothing."""
    match look.entry.kind:
        case RotaKind.DIGEST:
            return await _digest(connection, look)
        case RotaKind.REMINDER:
            places = await yields.open_reviews(connection, look.entry.guild, look.at - _REMEMBERED)
            return Saying(texts.reminder(places, look.late, look.missed)) if places else SILENCE
        case RotaKind.REPORT:
            return await _report(connection, look)
    raise AssertionError("the others do not look back")


def cost(costs: CostsTable, found: Yield) -> Cost:
    """What this took on the towers, and would have on a hosted API."""
    spent = meter.measured(costs, [Rendered(found.measured, found.joules), Rendered(found.unmeasured)])
    return Cost(spent.watt_hours, spent.money, meter.hosted(costs, found.rendered), costs.currency)


async def _digest(connection: Connection, look: Look) -> Saying:
    found = await yields.counted(connection, yields.between(look.entry.guild, look.since, look.at))
    waiting = len(await jobs.in_line(connection))
    return Saying(texts.digest(look.since, found, waiting, cost(look.costs, found), look.late, look.missed))


async def _report(connection: Connection, look: Look) -> Saying:
    """The seven whole days before the moment, as the entry's zone has days."""
    guild, days = look.entry.guild, moments.days(look.entry, look.at, 2 * _WEEK)
    week, first, last = days[_WEEK:], *(_local(look, days[place][0]) for place in (_WEEK, -1))
    found = await yields.counted(connection, yields.between(guild, week[0][0], week[-1][1]))
    before = await yields.counted(connection, yields.between(guild, days[0][0], week[0][0]))
    each = [await yields.counted(connection, yields.between(guild, *day)) for day in week]
    bars = [
        {
            "day": _local(look, start).isoformat(),
            "kept": one.kept,
            "open": one.open,
            "rejected": one.rejected,
            "failed": one.failed,
        }
        for (start, _end), one in zip(week, each, strict=True)
    ]
    facts: dict[str, object] = {"bars": bars, "alt": texts.alt(first, last, found)}
    text = texts.report(first, last, found, before, cost(look.costs, found), look.late, look.missed)
    return Saying(text, ("chart", facts))


def _local(look: Look, at: float) -> date:
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(look.entry.zone)).date()
