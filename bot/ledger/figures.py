"""What a ledger holds, counted: pictures, what was decided of them, and how it grows. Read beside a running bot."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.ledger.database import Connection
from bot.ledger.decided import DECIDED

_WEEK = 7 * 86400
_MONDAY = 3 * 86400  # from a week's beginning to the Thursday on which UTC seconds begin

_GROUPED = f"""
WITH d AS (SELECT v.job, {DECIDED} AS verdict FROM verdict_now AS v CROSS JOIN jobs AS j ON j.id = v.job GROUP BY v.job)
SELECT j.slug, coalesce(j.archetype, '') AS archetype, j.model,
    CAST((j.created_at + {_MONDAY}) / {_WEEK} AS INTEGER) AS week,
    count(*) AS pictures, count(d.verdict) AS decided, coalesce(sum(d.verdict = 'keep'), 0) AS kept
FROM jobs AS j LEFT JOIN d ON d.job = j.id WHERE j.state = 'rendered' GROUP BY 1, 2, 3, 4
"""
_TOTALS = """
SELECT (SELECT count(*) FROM verdict_now) AS verdicts, (SELECT count(*) FROM verdict_events) AS events,
    (SELECT count(DISTINCT person) FROM verdict_now) AS people,
    (SELECT coalesce(sum(bytes), 0) FROM pictures WHERE deleted_at IS NULL) AS picture_bytes,
    (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size) AS ledger_bytes
"""


@dataclass(slots=True)
class Share:
    """Of so many pictures so many are decided, and so many of these are kept."""

    pictures: int = 0
    decided: int = 0
    kept: int = 0

    @property
    def rate(self) -> float | None:
        """None while nothing is decided."""
        return self.kept / self.decided if self.decided else None

    def add(self, pictures: int, decided: int, kept: int) -> None:
        self.pictures += pictures
        self.decided += decided
        self.kept += kept


@dataclass(frozen=True, slots=True)
class Figures:
    """`by` has tables under slug, archetype, model and week, each with its shares by name, the largest first; weeks in
    their order. Sizes are in bytes."""

    verdicts: int
    events: int
    people: int
    picture_bytes: int
    ledger_bytes: int
    all: Share
    by: dict[str, dict[str, Share]] = field(default_factory=dict)


async def count(connection: Connection) -> Figures:
    """One walk through all that is rendered; takes seconds for a million verdicts."""
    whole = Share()
    by: dict[str, dict[str, Share]] = {name: {} for name in ("slug", "archetype", "model", "week")}
    async with connection.execute(_GROUPED) as cursor:
        async for row in cursor:
            counts = (int(row["pictures"]), int(row["decided"]), int(row["kept"]))
            whole.add(*counts)
            for name, table in by.items():
                key = _week(row["week"]) if name == "week" else str(row[name])
                table.setdefault(key, Share()).add(*counts)
    (totals,) = await connection.execute_fetchall(_TOTALS)
    sizes = {name: int(totals[name]) for name in totals.keys()}  # noqa: SIM118  # a row is no mapping
    return Figures(all=whole, by={name: _ordered(name, table) for name, table in by.items()}, **sizes)


def plain(found: Figures) -> dict[str, Any]:
    """For JSON and tables. `keep_rate` is None where nothing is decided; sizes are in bytes."""
    return {
        **_share(found.all),
        "verdicts": found.verdicts,
        "events": found.events,
        "people": found.people,
        "bytes": {"ledger": found.ledger_bytes, "pictures": found.picture_bytes},
        "by": {name: {key: _share(one) for key, one in table.items()} for name, table in found.by.items()},
    }


def _share(one: Share) -> dict[str, Any]:
    rate = None if one.rate is None else round(one.rate, 4)
    return {"pictures": one.pictures, "decided": one.decided, "kept": one.kept, "keep_rate": rate}


def _ordered(name: str, table: dict[str, Share]) -> dict[str, Share]:
    table.pop("", None)  # what has no archetype
    if name == "week":
        return dict(sorted(table.items()))
    return dict(sorted(table.items(), key=lambda one: (-one[1].pictures, one[0])))


def _week(number: int) -> str:
    """As ISO 8601 writes weeks: 2026-W47."""
    year, week, _ = datetime.fromtimestamp(number * _WEEK - _MONDAY, UTC).isocalendar()
    return f"{year}-W{week:02}"
