"""Allowances and what is left of them, as arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.people.quota import DAY, UNLIMITED, Allowance, Used, allowance, refusal
from bot.settings import PeopleTable, RoleTable

NOW = 1_800_000_000.0
TABLE = PeopleTable(
    daily=20,
    at_once=4,
    cooldown=30,
    role=(
        RoleTable(id=1, daily=100),
        RoleTable(id=2, daily=50, at_once=10, cooldown=5),
        RoleTable(id=3, daily=0, cooldown=60),
        RoleTable(id=4, daily=2),
    ),
)


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ([], Allowance(20, 4, 30)),
        ([99], Allowance(20, 4, 30)),
        ([1], Allowance(100, 4, 30)),
        ([1, 2], Allowance(100, 10, 5)),
        ([2, 3], Allowance(0, 10, 5)),
        ([3], Allowance(0, 4, 60)),
        ([4], Allowance(2, 4, 30)),
    ],
)
def test_of_each_limit_the_most_generous_role_counts(roles: list[int], expected: Allowance) -> None:
    """None is the most generous; a role may also give less than everybody has."""
    assert allowance(roles, TABLE) == expected


def test_without_settings_nothing_is_limited() -> None:
    assert allowance([1, 2], PeopleTable()) == UNLIMITED
    assert refusal(UNLIMITED, Used(((NOW, 10**6),), 10**6, NOW), 10**6, NOW) is None


def test_a_day_ends_picture_by_picture() -> None:
    """What is left is told, and the moment when the oldest that are in the way are a day old."""
    used = Used(day=((NOW - 80_000, 3), (NOW - 50_000, 4), (NOW - 10, 2)))
    allowed = Allowance(daily=10)
    assert refusal(allowed, used, 1, NOW) is None
    found = refusal(allowed, used, 2, NOW)
    assert found is not None
    assert (found.kind, found.facts["left"], found.facts["when"]) == ("day-spent", 1, int(NOW - 80_000 + DAY) + 1)
    later = refusal(allowed, used, 5, NOW)
    assert later is not None
    assert later.facts["when"] == int(NOW - 50_000 + DAY) + 1


def test_what_never_fits_is_told_as_such() -> None:
    """Waiting would not help."""
    for allowed in (Allowance(daily=3), Allowance(at_once=3)):
        found = refusal(allowed, Used(), 4, NOW)
        assert found is not None
        assert (found.kind, found.facts["most"]) == ("bad-count", 3)


def test_open_pictures_make_room_one_by_one() -> None:
    """At most so many wait and render; a batch stands behind people anyway."""
    allowed = Allowance(at_once=4)
    assert refusal(allowed, Used(open=3), 1, NOW) is None
    found = refusal(allowed, Used(open=3), 2, NOW)
    assert found is not None
    assert (found.kind, found.facts["left"]) == ("too-many-at-once", 1)
    assert refusal(allowed, Used(open=4), 500, NOW, batch=True) is None


def test_the_pause_between_asks() -> None:
    """To the second, and not for batches. A clock that was set back locks nobody out."""
    allowed = Allowance(cooldown=30)
    found = refusal(allowed, Used(last=NOW - 10), 1, NOW)
    assert found is not None
    assert (found.kind, found.facts["when"]) == ("too-soon", int(NOW) + 21)
    assert refusal(allowed, Used(last=NOW - 30), 1, NOW) is None
    assert refusal(allowed, Used(last=NOW + 5000), 1, NOW) is None
    assert refusal(allowed, Used(last=NOW - 10), 1, NOW, batch=True) is None


days = st.lists(st.tuples(st.floats(NOW - DAY + 1, NOW), st.integers(1, 9)), max_size=8).map(sorted)


@given(days, st.integers(1, 30), st.integers(1, 30))
def test_at_the_moment_that_is_told_it_fits(day: list[tuple[float, int]], daily: int, wanted: int) -> None:
    """Nobody is sent away twice for the same pictures."""
    allowed = Allowance(daily=daily)
    found = refusal(allowed, Used(day=day), wanted, NOW)
    taken = sum(count for _, count in day)
    assert (found is None) == (taken + wanted <= daily)
    if found is not None and found.kind == "day-spent":
        when = float(found.facts["when"] or 0)
        left = [(at, count) for at, count in day if at > when - DAY]
        assert refusal(allowed, Used(day=left), wanted, when) is None
