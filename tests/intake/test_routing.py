"""Which model an ask gets that names none: the route's, now and then another, the default with a word why not."""

import json

import pytest

from bot.intake.accept import Intake
from bot.ledger import batch_items, routes, towers
from bot.ledger.database import Database
from bot.nouns import Group, Job, Manner, Route, RouteEdit, RouteVerb, RouteWhy
from bot.settings import Limits, RoutingTable
from tests.clock import FakeClock
from tests.intake.asking import ADA, MODEL, ask, shelf

BETTER = MODEL.model_copy(update={"id": "better", "largest": 2048})
AWAY = MODEL.model_copy(update={"id": "away", "present": False})
KIND = "hero"


@pytest.fixture(autouse=True)
async def offered(db: Database) -> None:
    """A tower with the default, a better one, and one that is not on its disk."""
    async with db.transaction() as connection:
        await towers.saw(connection, "tower", *shelf(MODEL, BETTER, AWAY), now=1.0)


async def accepted(db: Database, model: str = "better", kind: str = KIND) -> None:
    edit = RouteEdit(f"{kind}{model}", RouteVerb.ACCEPT, kind, Route(model=model, instead=MODEL.id), ADA, 1.0)
    async with db.transaction() as connection:
        await routes.record(connection, edit)


def choosing(db: Database, clock: FakeClock, **table: object) -> Intake:
    return Intake(db, clock, Limits(), ("tower",), routing=RoutingTable(**({"explore": 0} | table)))


def way(job: Job) -> tuple[str, str | None]:
    return job.model, job.routed.why if job.routed else None


async def test_an_accepted_route_decides_and_is_kept_with_the_job(db: Database, clock: FakeClock) -> None:
    """Only for that kind, and only where no model is named; without a route nothing is said."""
    intake = choosing(db, clock)
    (before,) = await intake.accept(ask(key="0", archetype=KIND))
    await accepted(db)
    (taken,) = await intake.accept(ask(key="a", archetype=KIND))
    (named,) = await intake.accept(ask(key="b", archetype=KIND, model=MODEL.id))
    (other,) = await intake.accept(ask(key="c", archetype="scene"))
    (none,) = await intake.accept(ask(key="d"))
    assert way(taken) == ("better", RouteWhy.ACCEPTED)
    assert [way(one) for one in (before, named, other, none)] == [(MODEL.id, None)] * 4
    assert await intake.accept(ask(key="a", archetype=KIND)) == [taken]


async def test_a_dropped_route_decides_no_more(db: Database, clock: FakeClock) -> None:
    """From the next ask on."""
    await accepted(db)
    async with db.transaction() as connection:
        await routes.record(connection, RouteEdit("d", RouteVerb.DROP, KIND, None, ADA, 2.0))
    (job,) = await choosing(db, clock).accept(ask(archetype=KIND))
    assert way(job) == (MODEL.id, None)


async def test_the_settings_win(db: Database, clock: FakeClock) -> None:
    """Over what was accepted, and without anything accepted."""
    await accepted(db)
    (job,) = await choosing(db, clock, table={KIND: MODEL.id}).accept(ask(archetype=KIND))
    assert way(job) == (MODEL.id, RouteWhy.SETTING)


@pytest.mark.parametrize("model", ["away", "never-heard-of"])
async def test_a_model_that_is_nowhere_falls_back_with_a_word(db: Database, clock: FakeClock, model: str) -> None:
    """The default draws, and the job says what was meant."""
    (job,) = await choosing(db, clock, table={KIND: model}).accept(ask(archetype=KIND))
    assert way(job) == (MODEL.id, RouteWhy.ABSENT)
    assert job.routed is not None
    assert job.routed.route.model == model


async def test_what_the_model_cannot_draw_falls_back_with_a_word(db: Database, clock: FakeClock) -> None:
    """A size that only the default has; what neither can draw is refused as ever."""
    small = MODEL.model_copy(update={"id": "small", "smallest": 64, "largest": 128, "width": 128, "height": 128})
    async with db.transaction() as connection:
        await towers.saw(connection, "tower", *shelf(MODEL, small), now=2.0)
    intake = choosing(db, clock, table={KIND: "small"})
    (job,) = await intake.accept(ask(archetype=KIND, width=MODEL.width, height=MODEL.height))
    assert way(job) == (MODEL.id, RouteWhy.UNFIT)


async def test_a_group_takes_one_road(db: Database, clock: FakeClock) -> None:
    """Permutations differ in nothing but their words; a comparison and a grid keep to the models they are about."""
    await accepted(db)
    intake = choosing(db, clock)
    long = "x" * (MODEL.prompt_limit - 10)
    short = MODEL.model_copy(update={"id": "better", "prompt_limit": 20})
    made = await intake.accept(ask(key="a", archetype=KIND), Manner(Group.PROMPTS), ask(prompt="b", archetype=KIND))
    assert {way(one) for one in made} == {("better", RouteWhy.ACCEPTED)}
    async with db.transaction() as connection:
        await towers.saw(connection, "tower", *shelf(MODEL, short), now=2.0)
    made = await intake.accept(ask(key="b", archetype=KIND, prompt="b"), Manner(Group.PROMPTS),
                               ask(prompt=long, archetype=KIND))  # fmt: skip
    assert [way(one) for one in made] == [(MODEL.id, RouteWhy.UNFIT)] * 2
    for group in (Group.GRID, Group.COMPARE):
        (job,) = await intake.accept(ask(key=group, archetype=KIND), Manner(group))
        assert way(job) == (MODEL.id, None)


async def test_items_of_a_batch_are_routed_one_by_one(db: Database, clock: FakeClock) -> None:
    """Those that name a model are not."""
    await accepted(db)
    items = [
        {"slug": "a", "prompt": "a", "archetype": KIND},
        {"slug": "b", "prompt": "b", "archetype": KIND, "model": MODEL.id},
        {"slug": "c", "prompt": "c"},
    ]
    intake = choosing(db, clock)
    batch = await intake.batches.accept("b.json", json.dumps(items).encode(), key="k", asker=ADA, guild=1, channel=5)
    async with db.reading() as connection:
        rows = await connection.execute_fetchall("SELECT model FROM jobs WHERE batch = ? ORDER BY slug", (batch.id,))
    assert [row["model"] for row in rows] == ["better", MODEL.id, MODEL.id]


@pytest.mark.parametrize(
    ("second", "drawn"),
    [({"archetype": KIND}, "better"), ({"archetype": "other"}, MODEL.id), ({}, MODEL.id)],
)
async def test_a_cluster_goes_one_road_whole_or_none(
    db: Database, clock: FakeClock, second: dict[str, str], drawn: str
) -> None:
    """Its members must look alike: where one would be drawn with another model, none of them is routed."""
    await accepted(db)
    first = {"slug": "a", "prompt": "a", "archetype": KIND, "cluster": "set"}
    items = [first, {"slug": "b", "prompt": "b", "cluster": "set", **second}, {**first, "slug": "c", "cluster": "own"}]
    intake = choosing(db, clock)
    batch = await intake.batches.accept("b.json", json.dumps(items).encode(), key="k", asker=ADA, guild=1, channel=5)
    async with db.reading() as connection:
        rows = await connection.execute_fetchall("SELECT model FROM jobs WHERE batch = ? ORDER BY slug", (batch.id,))
        kept = [(one.slug, one.cluster) for one in await batch_items.of_batch(connection, batch.id)]
    assert [row["model"] for row in rows] == [drawn, drawn, "better"]
    assert kept == [("a", "set"), ("b", "set"), ("c", "own")]


async def test_whether_a_cluster_tries_another_model_is_drawn_once(db: Database, clock: FakeClock) -> None:
    """Forty clusters of three: some try it, each of them whole."""
    await accepted(db)
    items = [
        {"slug": f"a-{n}-{m}", "prompt": "a", "archetype": KIND, "cluster": f"set-{n}"}
        for n in range(40)
        for m in range(3)
    ]
    intake = choosing(db, clock, explore=0.5)
    batch = await intake.batches.accept("b.json", json.dumps(items).encode(), key="k", asker=ADA, guild=1, channel=5)
    async with db.reading() as connection:
        rows = await connection.execute_fetchall(
            "SELECT count(DISTINCT model) AS models, min(model) AS model FROM batch_items AS i JOIN jobs ON jobs.ask = "
            "i.ask WHERE i.batch = ? GROUP BY cluster",
            (batch.id,),
        )
    assert [row["models"] for row in rows] == [1] * 40
    assert {row["model"] for row in rows} == {"better", MODEL.id}


async def test_a_small_share_tries_the_other_model(db: Database, clock: FakeClock) -> None:
    """Recorded with the job; the same ask again is the same job."""
    await accepted(db)
    intake = choosing(db, clock, explore=0.2)
    made = [(await intake.accept(ask(key=f"k{nth}", archetype=KIND)))[0] for nth in range(60)]
    tried = [one for one in made if one.routed and one.routed.why is RouteWhy.EXPLORED]
    assert {one.model for one in tried} == {MODEL.id}
    assert 4 <= len(tried) <= 24
    assert len(made) == len(tried) + sum(way(one) == ("better", RouteWhy.ACCEPTED) for one in made)
