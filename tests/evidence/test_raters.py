"""Twenty studios with a hidden taste: what helps is found, where nothing helps nothing is claimed, what harms is told.

`make evidence` tells their shares from hundreds of them; docs/benchmarks/evidence.md has its table.
"""

from tests.evidence.raters import NEON, WORLDS, Story, story

HELPS, NOTHING, HARMS = WORLDS


async def test_what_adds_fifteen_points_is_found() -> None:
    """In six studios of seven, before the 2000 asks are over; nobody is told that it harms, no cue is to be retired."""
    told = [await story(HELPS, seed) for seed in range(1, 8)]
    assert sum(bool(one.helps) for one in told) >= 6
    assert not any(one.harms or one.proposed for one in told)
    assert all(80 < one.last.overall.pairs < 200 for one in told)


async def test_where_cues_do_nothing_nothing_is_claimed() -> None:
    """On none of twenty days, neither of all cues nor of one."""
    told = [await story(NOTHING, seed) for seed in range(1, 7)]
    assert [(one.helps, one.harms, one.proposed) for one in told] == [([], [], set())] * 6


async def test_a_cue_that_harms_is_proposed_for_retirement_alone() -> None:
    """Among all the others that do nothing."""
    told: list[Story] = [await story(HARMS, seed) for seed in range(1, 8)]
    assert [one.proposed for one in told] == [{(NEON.scope, NEON.about, NEON.phrase)}] * 7
    assert not any(one.helps for one in told)
