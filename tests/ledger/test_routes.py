"""Routes in the ledger: the last word counts, a key counts once, and what is counted follows every verdict."""

from bot.ledger import routes, verdicts
from bot.ledger.database import Database
from bot.nouns import Route, RouteEdit, RouteVerb, Tally, Verdict
from bot.routing import counts
from tests.ledger.opinions import compared, judged, message, think
from tests.ledger.rows import GRACE, NOW

ROUTE = Route(model="new", instead="old", ours=Tally(kept=41, of=50), theirs=Tally(kept=28, of=50), won=3, lost=1)


def edit(key: str, verb: RouteVerb, archetype: str = "hero", route: Route | None = ROUTE) -> RouteEdit:
    return RouteEdit(key, verb, archetype, None if verb is RouteVerb.DROP else route, 5, NOW)


async def test_the_last_word_on_a_kind_counts(db: Database) -> None:
    """A proposal is none; what was dropped can be accepted again."""
    for key, verb, acts in (
        ("a", RouteVerb.PROPOSE, False),
        ("b", RouteVerb.ACCEPT, True),
        ("c", RouteVerb.PROPOSE, True),
        ("d", RouteVerb.DROP, False),
        ("e", RouteVerb.ACCEPT, True),
    ):
        async with db.transaction() as connection:
            await routes.record(connection, edit(key, verb))
            assert await routes.acting(connection, {"hero", "other"}) == ({"hero": ROUTE} if acts else {}), key


async def test_what_is_sent_twice_is_recorded_once(db: Database) -> None:
    """And has one number, by which it is found whole."""
    async with db.transaction() as connection:
        first = await routes.record(connection, edit("a", RouteVerb.PROPOSE))
        assert await routes.record(connection, edit("a", RouteVerb.ACCEPT)) == first
        found = await routes.get(connection, first)
        assert found == RouteEdit("a", RouteVerb.PROPOSE, "hero", ROUTE, 5, NOW, first)
        assert await routes.get(connection, first + 1) is None


async def test_routes_are_listed_the_newest_first(db: Database) -> None:
    """Each kind once, and none that was dropped."""
    async with db.transaction() as connection:
        for nth, kind in enumerate(("hero", "scene", "hero", "pattern")):
            await routes.record(connection, edit(f"a{nth}", RouteVerb.ACCEPT, kind))
        await routes.record(connection, edit("d", RouteVerb.DROP, "scene"))
        assert [one.archetype for one in await routes.lately(connection, 9)] == ["pattern", "hero"]
        assert [one.archetype for one in await routes.lately(connection, 1)] == ["pattern"]


async def test_kinds_and_models_that_were_judged_are_found(db: Database) -> None:
    """By how they begin; each once."""
    for kind, model in (("hero", "old"), ("hero", "new"), ("heron", "old"), ("scene", "old")):
        await judged(db, kind, model, 1, 3)
    async with db.reading() as connection:
        assert await routes.kinds(connection, "", 9) == ["hero", "heron", "scene"]
        assert await routes.kinds(connection, "her", 9) == ["hero", "heron"]
        assert await routes.kinds(connection, "her", 1) == ["hero"]
        assert await routes.kinds(connection, "x", 9) == []
        assert await routes.models(connection, "hero") == ["new", "old"]
        assert await routes.models(connection, "none") == []


async def test_asks_and_comparisons_are_counted_apart(db: Database) -> None:
    """A vote side by side is no share of what is kept; a picture nobody voted for is one that lost."""
    await judged(db, "hero", "new", 2, 3)
    await compared(db, "hero", "new", "old", 4)
    async with db.reading() as connection:
        assert counts.alone(await routes.alone(connection, "hero", "new")) == {"new": Tally(kept=2, of=3)}
        assert await routes.alone(connection, "hero", "old") == []
        assert counts.duels(await routes.compared(connection, "hero")) == {("new", "old"): 4}
        assert await routes.compared(connection, "scene") == []


async def test_a_verdict_that_is_withdrawn_counts_no_more(db: Database) -> None:
    """Nothing is stored beside the verdicts, so that nothing has to be taken back."""
    await judged(db, "hero", "new", 1, 1)
    name = "hero-new-0"
    async with db.transaction() as connection:
        await think(connection, name, Verdict.REJECT, GRACE)
        assert len(await routes.alone(connection, "hero", "new")) == 2
        for person, said in ((11, "keep"), (GRACE, "reject")):
            await verdicts.clear_mark(connection, message(name), person, said, NOW)
        assert await routes.alone(connection, "hero", "new") == []
