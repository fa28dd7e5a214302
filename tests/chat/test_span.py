"""Stretches of time as people write them."""

from datetime import UTC, datetime

import pytest

from bot.chat.span import read
from bot.errors import Unclear

NOW = datetime(2026, 3, 10, 12, 30, tzinfo=UTC).timestamp()
FOREVER = float("inf")


def at(*moment: int) -> float:
    return datetime(*moment, tzinfo=UTC).timestamp()  # type: ignore[arg-type, misc]  # year, month, day …


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("7d", NOW - 7 * 86400, FOREVER),
        (" 24 H ", NOW - 86400, FOREVER),
        ("2w", NOW - 14 * 86400, FOREVER),
        ("2026-01", at(2026, 1, 1), at(2026, 2, 1)),
        ("2026-02", at(2026, 2, 1), at(2026, 3, 1)),
        ("2025-12", at(2025, 12, 1), at(2026, 1, 1)),
        ("2026-01-05", at(2026, 1, 5), at(2026, 1, 6)),
        ("2026-01-01..2026-02-01", at(2026, 1, 1), at(2026, 2, 2)),
        ("2026-01..2026-02", at(2026, 1, 1), at(2026, 3, 1)),
        ("2026-01-05..", at(2026, 1, 5), FOREVER),
        ("..2026-01-05", 0.0, at(2026, 1, 6)),
    ],
)
def test_what_is_meant(text: str, since: float, until: float) -> None:
    """The last day or month that is named is in it."""
    assert read(text, NOW, "UTC") == (since, until)


def test_a_day_begins_where_the_server_is() -> None:
    assert read("2026-01-05", NOW, "Europe/Berlin")[0] == at(2026, 1, 4, 23)


@pytest.mark.parametrize(
    "text", ["", "soon", "7", "2026", "2026-13", "2026-02-30", "2026-02..2026-01", "0000-01", "9999-12"]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Unclear):
        read(text, NOW, "UTC")
