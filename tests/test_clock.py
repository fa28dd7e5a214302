"""Ids: short enough for a nonce, sorted by time, never the same twice."""

from bot.clock import new_id
from bot.nouns import Notice, NoticeKind
from tests.clock import FakeClock


def test_ids_sort_by_the_time_they_were_made() -> None:
    """A later id is greater, also across a year and across the turn of a digit."""
    clock = FakeClock()
    ids = []
    for seconds in (0.001, 0.032, 1, 3600, 86_400, 31_536_000):
        ids.append(new_id(clock))
        clock.jump(seconds)
    assert ids == sorted(ids)
    assert {len(one) for one in ids} == {16}


def test_ids_of_one_moment_differ() -> None:
    """A thousand in the same millisecond are a thousand."""
    clock = FakeClock()
    assert len({new_id(clock) for _ in range(1000)}) == 1000


def test_every_kind_of_notice_has_its_own_nonce_of_at_most_25_characters() -> None:
    """Discord takes no longer ones, and a card must never be taken for its picture."""
    nonces = {Notice(new_id(FakeClock()), kind, 1, 0.0).nonce for kind in NoticeKind}
    assert {nonce[0] for nonce in nonces} == {"c", "p", "f", "x", "a", "s", "r", "v"}
    assert max(map(len, nonces)) <= 25
