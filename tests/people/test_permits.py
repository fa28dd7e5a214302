"""Who may do what where, tried as a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.people.permits import Kind, Permits, Person, Place, What, may_administrate, may_moderate, refusal

ARTISTS, GUESTS, STAFF = 101, 102, 103
STUDIO, LOUNGE, THREAD = 201, 202, 203
LISTED = Permits(
    frozenset(
        {
            (What.ASK, Kind.ROLE, ARTISTS),
            (What.ASK, Kind.CHANNEL, STUDIO),
            (What.REVIEW, Kind.ROLE, GUESTS),
            (What.ADMINISTRATE, Kind.ROLE, STAFF),
        }
    )
)
OPEN = Permits()
HERE = Place(STUDIO)


def somebody(*roles: int, **more: bool) -> Person:
    return Person(1, frozenset(roles), **more)


@pytest.mark.parametrize("what", [What.ASK, What.REVIEW])
def test_where_nothing_is_listed_everybody_may(what: What) -> None:
    """A fresh installation works without a setup."""
    assert refusal(what, somebody(), HERE, OPEN) is None


def test_where_nothing_is_listed_only_discords_administrators_administrate() -> None:
    """Nobody is let near the settings by forgetting to list somebody."""
    assert not may_administrate(somebody(), OPEN)
    assert may_administrate(somebody(administers=True), OPEN)


@pytest.mark.parametrize(
    ("roles", "place", "kind"),
    [
        ([ARTISTS], HERE, None),
        ([ARTISTS, GUESTS], HERE, None),
        ([ARTISTS], Place(THREAD, STUDIO), None),
        ([ARTISTS], Place(LOUNGE), "wrong-channel"),
        ([ARTISTS], Place(THREAD, LOUNGE), "wrong-channel"),
        ([GUESTS], HERE, "role-lacking"),
        ([], HERE, "role-lacking"),
        ([], Place(LOUNGE), "wrong-channel"),
    ],
)
def test_a_listed_channel_and_a_listed_role_are_both_needed(roles: list[int], place: Place, kind: str | None) -> None:
    """A thread goes with its channel; of two reasons the channel is told."""
    found = refusal(What.ASK, somebody(*roles), place, LISTED)
    assert (found and found.kind) == kind


def test_a_refusal_names_where_or_as_what_it_would_be_allowed() -> None:
    """That is the next step."""
    elsewhere = refusal(What.ASK, somebody(ARTISTS), Place(LOUNGE), LISTED)
    assert elsewhere is not None
    assert elsewhere.facts["channels"] == str(STUDIO)
    roleless = refusal(What.ASK, somebody(), HERE, LISTED)
    assert roleless is not None
    assert roleless.facts["roles"] == str(ARTISTS)


def test_one_right_is_not_another() -> None:
    """Who may judge may not ask, and who administrates asks like everybody."""
    assert refusal(What.REVIEW, somebody(GUESTS), Place(LOUNGE), LISTED) is None
    assert refusal(What.REVIEW, somebody(ARTISTS), HERE, LISTED) is not None
    assert refusal(What.ASK, somebody(STAFF), HERE, LISTED) is not None
    assert refusal(What.ADMINISTRATE, somebody(STAFF), HERE, LISTED) is None
    found = refusal(What.ADMINISTRATE, somebody(ARTISTS, manages_messages=True), HERE, LISTED)
    assert found is not None
    assert found.kind == "not-administrator"


def test_moderators_are_who_manage_messages_and_who_administrate() -> None:
    """One rule for ending, deleting and blocking."""
    assert may_moderate(somebody(manages_messages=True), LISTED)
    assert may_moderate(somebody(STAFF), LISTED)
    assert may_moderate(somebody(administers=True), OPEN)
    assert not may_moderate(somebody(ARTISTS, GUESTS), LISTED)
    assert not may_administrate(somebody(manages_messages=True), LISTED)


rights = st.tuples(st.sampled_from(What), st.sampled_from(Kind), st.integers(1, 4))
places = st.builds(Place, st.integers(1, 4), st.none() | st.integers(1, 4))


@given(st.frozensets(rights), places, st.sampled_from(What), st.frozensets(st.integers(1, 4)))
def test_discords_administrators_always_may(
    listed: frozenset[tuple[What, Kind, int]], place: Place, what: What, roles: frozenset[int]
) -> None:
    """Nobody can lock the owners out with a setup."""
    assert refusal(what, Person(1, roles, administers=True), place, Permits(listed)) is None


@given(st.frozensets(rights), places, st.sampled_from(What), st.frozensets(st.integers(1, 4)), st.integers(1, 4))
def test_a_further_role_never_takes_a_right_away(
    listed: frozenset[tuple[What, Kind, int]], place: Place, what: What, roles: frozenset[int], more: int
) -> None:
    """Roles only ever add."""
    permits = Permits(listed)
    if refusal(what, Person(1, roles), place, permits) is None:
        assert refusal(what, Person(1, roles | {more}), place, permits) is None
