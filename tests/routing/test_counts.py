"""Counting: one word a picture, one outcome a comparison, whoever else voted."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nouns import Opinion, Tally, Verdict
from bot.routing.counts import alone, duels

KEEP, REJECT, REROLL = Verdict.KEEP, Verdict.REJECT, Verdict.REROLL
ASKER, BEA, CEM, DAN = 1, 2, 3, 4


def opinion(job: str, model: str, person: int | None, verdict: Verdict | None, ask: str = "a") -> Opinion:
    return Opinion(ask, job, model, ASKER, person, verdict)


def test_a_picture_counts_once_and_its_asker_decides() -> None:
    """Else more than half of the others; what is open is counted for nobody."""
    found = alone(
        [
            opinion("j1", "m", ASKER, KEEP),
            opinion("j1", "m", BEA, REJECT),
            opinion("j1", "m", CEM, REJECT),
            opinion("j2", "m", BEA, KEEP),
            opinion("j2", "m", CEM, KEEP),
            opinion("j2", "m", DAN, REJECT),
            opinion("j3", "m", BEA, KEEP),
            opinion("j3", "m", CEM, REJECT),
            opinion("j4", "n", BEA, REROLL),
        ]
    )
    assert found == {"m": Tally(kept=2, of=2), "n": Tally(kept=0, of=1)}


def test_a_comparison_has_one_outcome_however_many_vote() -> None:
    """Kept over left alone over rejected; of three models each pair counts."""
    votes = [opinion("j1", "a", one, KEEP) for one in (BEA, CEM)]
    votes += [opinion("j2", "b", None, None), opinion("j3", "c", DAN, REJECT)]
    assert duels(votes) == Counter({("a", "b"): 1, ("a", "c"): 1, ("b", "c"): 1})


def test_the_asker_decides_a_comparison() -> None:
    """Whatever the others keep."""
    votes = [opinion("j1", "a", ASKER, KEEP), opinion("j2", "b", BEA, KEEP), opinion("j2", "b", CEM, KEEP)]
    assert duels(votes) == Counter({("a", "b"): 1})


@pytest.mark.parametrize("verdict", [None, KEEP, REJECT])
def test_a_tie_is_nobodys(verdict: Verdict | None) -> None:
    """Also when nobody judged it."""
    person = None if verdict is None else BEA
    assert not duels([opinion("j1", "a", person, verdict), opinion("j2", "b", person, verdict)])


@given(
    st.lists(
        st.builds(
            opinion,
            job=st.sampled_from(["j1", "j2", "j3"]),
            model=st.just("m"),
            person=st.integers(1, 4),
            verdict=st.sampled_from(Verdict),
        ),
        unique_by=lambda one: (one.job, one.person),
    ),
    st.randoms(),
)
def test_the_order_of_rows_changes_nothing(opinions: list[Opinion], chance: Random) -> None:
    """And no more is kept than was judged."""
    assert alone(chance.sample(opinions, len(opinions))) == alone(opinions)
    assert all(0 <= tally.kept <= tally.of <= 3 for tally in alone(opinions).values())
