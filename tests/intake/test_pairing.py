"""Some asks become two jobs, with and without their cues: drawn by lot, for ever, and one picture of the quota."""

import pytest

from bot.errors import DaySpent
from bot.intake import pairing
from bot.intake.accept import Intake
from bot.ledger import cues, jobs, pairs, people
from bot.ledger.database import Database
from bot.nouns import PLAIN, CueEdit, CueVerb, Group, Job, Manner, Scope
from bot.people.quota import Allowance
from bot.people.terms import Terms
from bot.settings import Limits
from gpu_agent.order import Start
from tests.clock import FakeClock
from tests.intake.asking import ADA, ask, counts

HOUR = 3600.0
DAILY = Terms(Allowance(daily=3, at_once=2))


@pytest.fixture
def always(db: Database, clock: FakeClock) -> Intake:
    """Every ask is drawn."""
    return Intake(db, clock, Limits(), ("tower",), evidence=1.0)


async def teach(db: Database, clock: FakeClock, phrase: str = "bright", verb: CueVerb = CueVerb.ADD) -> None:
    """A hand's cue for the slug of every ask here."""
    at = clock.now()
    async with db.transaction() as connection:
        await cues.record(
            connection, CueEdit(f"{verb} {phrase} {at}", verb, Scope.SLUG, "red-boat", phrase, ADA, at, "dark")
        )


async def taught(db: Database, clock: FakeClock) -> None:
    """A cue that is old enough, and no news to anybody."""
    await teach(db, clock)
    clock.jump(2 * HOUR)


async def test_a_pair_is_the_same_picture_with_and_without_cues(db: Database, always: Intake, clock: FakeClock) -> None:
    """One ask, one card, two jobs of one seed in the order of the lot; only words and cues differ."""
    await taught(db, clock)
    made = await always.accept(ask(seed=7, negative="fog"), fresh=True)
    assert await counts(db) == {"batches": 0, "asks": 1, "jobs": 2, "notices": 1, "rota": 0}
    async with db.reading() as connection:
        pair = await pairs.of_ask(connection, made[0].ask)
        assert await jobs.of_ask(connection, made[0].ask) == made
        assert (await jobs.manner(connection, made[0].ask)).group is Group.PAIR
    assert pair is not None
    by_id = {job.id: job for job in made}
    woven, bare = by_id[pair.woven], by_id[pair.bare]
    assert (woven.prompt, woven.negative) == ("a red boat on the sea, bright", "fog, dark")
    assert (bare.prompt, bare.negative, bare.cues) == ("a red boat on the sea", "fog", ())
    assert [job.seed for job in made] == [7, 7]
    assert [job.index for job in made] == [0, 1]
    assert made[0].id < made[1].id
    assert (made[0] is woven) == pair.first == pairing.woven_first(ask().key)


async def test_asked_twice_it_is_one_pair(db: Database, always: Intake, clock: FakeClock) -> None:
    """Also after a restart with another share."""
    await taught(db, clock)
    first = await always.accept(ask(), fresh=True)
    assert await always.accept(ask(), fresh=True) == first
    assert await Intake(db, clock, Limits(), ("tower",)).accept(ask(), fresh=True) == first
    async with db.reading() as connection:
        assert await pairs.count(connection) == 1


@pytest.mark.parametrize(
    ("changes", "manner", "fresh"),
    [
        ({}, PLAIN, False),
        ({"count": 2}, PLAIN, True),
        ({"parent": "0" * 16}, PLAIN, True),
        ({}, Manner(Group.COMPARE), True),
        ({"slug": "other"}, PLAIN, True),
    ],
    ids=["again", "several", "variation", "group", "no cue"],
)
async def test_only_a_new_ask_of_one_picture_with_a_cue_becomes_a_pair(
    db: Database, always: Intake, clock: FakeClock, changes: dict[str, object], manner: Manner, fresh: bool
) -> None:
    await taught(db, clock)
    made = await always.accept(ask(**changes), manner, fresh=fresh)
    async with db.reading() as connection:
        assert await pairs.count(connection) == 0
        assert (await jobs.manner(connection, made[0].ask)).group is manner.group
    assert len(made) == changes.get("count", 1)


async def test_again_and_batches_are_never_pairs(db: Database, always: Intake, clock: FakeClock) -> None:
    await taught(db, clock)
    (job,) = await always.accept(ask())
    assert len(await always.again(job.id, key="again:1", asker=ADA)) == 1
    items = b'[{"slug": "red-boat", "prompt": "a red boat"}]'
    await always.batches.accept("b.json", items, key="b", asker=ADA, guild=1, channel=5)
    async with db.reading() as connection:
        assert await pairs.count(connection) == 0


async def paired(intake: Intake, key: str) -> bool:
    return len(await intake.accept(ask(key=key), fresh=True)) == 2


async def test_a_cue_that_was_just_added_is_simply_shown(db: Database, always: Intake, clock: FakeClock) -> None:
    """For an hour, and in the first ask after that too; so is one that came back. A muted one changes nothing."""
    await always.accept(ask(), fresh=True)
    await teach(db, clock)
    assert not await paired(always, "at once")
    clock.jump(HOUR - 1)
    assert not await paired(always, "within the hour")
    clock.jump(1)
    assert await paired(always, "after it")
    await teach(db, clock, "quiet")
    clock.jump(2 * HOUR)
    assert not await paired(always, "the first with it")
    assert await paired(always, "the second with it")
    await teach(db, clock, "quiet", CueVerb.MUTE)
    assert await paired(always, "without it")
    await teach(db, clock, "quiet", CueVerb.UNMUTE)
    assert not await paired(always, "back again")


async def test_a_pair_counts_as_one_picture(db: Database, always: Intake, clock: FakeClock) -> None:
    """Of the day and at once; whatever is left of it counts as the one, and nothing when nothing is."""
    await taught(db, clock)
    first = await always.accept(ask(key="a"), fresh=True, terms=DAILY)
    second = await always.accept(ask(key="b"), fresh=True, terms=DAILY)
    assert await _used(db, clock) == (2, 2)
    await _end(db, first[0])
    assert await _used(db, clock) == (2, 2)
    await _end(db, first[1])
    assert await _used(db, clock) == (1, 1)
    await always.accept(ask(key="c"), fresh=True, terms=DAILY)
    await _end(db, second[0])
    await _end(db, second[1])
    await always.accept(ask(key="d"), fresh=True, terms=Terms(Allowance(daily=2)))
    with pytest.raises(DaySpent):
        await always.accept(ask(key="e"), fresh=True, terms=Terms(Allowance(daily=2)))
    async with db.reading() as connection:
        assert await pairs.count(connection) == 4


async def _used(db: Database, clock: FakeClock) -> tuple[int, int]:
    async with db.reading() as connection:
        used = await people.used(connection, ADA, DAILY.allowance, clock.now())
    return sum(count for _, count in used.day), used.open


async def _end(db: Database, job: Job) -> None:
    async with db.transaction() as connection:
        assert await jobs.cancel_queued(connection, job.id, 1.0) == [job.id]


def test_the_lot_falls_as_often_as_the_share_says() -> None:
    """And the half with the cues comes first about as often as second, whatever was drawn."""
    keys = [f"interaction:{number}" for number in range(10_000)]
    drawn = [key for key in keys if pairing.drawn(key, 0.1)]
    assert 900 < len(drawn) < 1100
    assert 0.45 < sum(map(pairing.woven_first, drawn)) / len(drawn) < 0.55
    assert not any(pairing.drawn(key, 0.0) for key in keys)
    assert all(pairing.drawn(key, 1.0) for key in keys)


def test_clips_and_pictures_from_pictures_are_no_pairs() -> None:
    start = Start(job="0" * 16, step=3)
    for extras in ({"frames": 9}, {"source": "0" * 64}, {"start": start}):
        assert not pairing.plain([ask(extras=ask().extras.model_copy(update=extras))], PLAIN)
    assert pairing.plain([ask()], PLAIN)
