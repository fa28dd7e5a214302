"""How SQLite answers those who look back, and who want their data: never by walking through a table that grows."""

from collections.abc import AsyncIterator
from functools import partial

import pytest

from bot.ledger import estimates, gallery, privacy, theirs, traces
from bot.ledger.database import Database
from bot.ledger.estimates import Like
from bot.ledger.gallery import View, Wanted
from bot.ledger.privacy import Erasure
from tests.ledger.rows import NOW
from tests.ledger.test_plans import PICKED, SMALL, Question, plan

ONE = Erasure(1, NOW)
WANTED = {
    "all": Wanted(),
    "a slug": Wanted(slug="x", verdict="keep", person=1),
    "a model": Wanted(model="x"),
    "a verdict": Wanted(verdict="keep", model="x"),
    "a person": Wanted(person=1, model="x"),
}
DRIVEN_BY = {
    "all": "sqlite_autoindex_pictures_1",
    "a slug": "jobs_of_slug",
    "a model": "jobs_of_model",
    "a verdict": "verdict_now_of_verdict",
    "a person": "jobs_of_person",
}


async def whole(rows: AsyncIterator[object]) -> list[object]:
    return [row async for row in rows]


def page(name: str, way: gallery.Way) -> Question:
    return partial(gallery.page, wanted=WANTED[name], view=View(1, (5,)), way=way, edge="x")


QUESTIONS: dict[str, Question] = {
    "estimates.waiting": lambda c: estimates.waiting(c, ["x"]),
    "estimates.rendering": estimates.rendering,
    "estimates.took": lambda c: estimates.took(c, Like("x", 1, 1, 1, (1, 0.0, False, False))),
    "estimates.loads": lambda c: estimates.loads(c, "x", "y"),
    "estimates.loaded": lambda c: estimates.loaded(c, "x", "y", 1.0),
    "gallery.opinions": lambda c: gallery.opinions(c, ()),
    "gallery.search": lambda c: gallery.search(c, "x"),
    "gallery.waiting_of": lambda c: gallery.waiting_of(c, 1),
    "gallery.asked_since": lambda c: gallery.asked_since(c, 1, NOW),
    "gallery.newest_job": lambda c: gallery.newest_job(c, "x"),
    "gallery.card_of an ask": lambda c: gallery.card_of(c, "x", None),
    "gallery.card_of a batch": lambda c: gallery.card_of(c, "x", "y"),
    "privacy.wanted": privacy.wanted,
    "privacy.forgotten": lambda c: privacy.forgotten(c, [1]),
    "privacy.open_scopes": lambda c: privacy.open_scopes(c, ONE),
    "privacy.standing": lambda c: privacy.standing(c, ONE),
    "privacy.worded": lambda c: privacy.worded(c, ONE),
    "privacy.blank": lambda c: privacy.blank(c, ONE, ["x"]),
    "privacy.inputs": lambda c: privacy.inputs(c, ["x"]),
    "privacy.opinions": lambda c: privacy.opinions(c, ONE),
    "traces.said": lambda c: traces.said(c, ONE),
    "traces.due": lambda c: traces.due(c, ONE),
    "traces.cues": lambda c: traces.cues(c, ONE, "x"),
    "privacy.named": lambda c: privacy.named(c, ONE, NOW),
    "privacy.nameless": lambda c: privacy.nameless(c, ONE, NOW),
    "theirs.asks": lambda c: whole(theirs.asks(c, 1)),
    "theirs.verdicts": lambda c: whole(theirs.verdicts(c, 1)),
}
# Walked through are what was picked before, and the erasures that are not done.
FEW = (*PICKED, "erasures_open", "theirs", "told", "SCAN t", "SCAN l")


@pytest.mark.parametrize("name", QUESTIONS)
async def test_no_question_walks_through_a_table(db: Database, name: str) -> None:
    async with db.transaction() as connection:
        steps = await plan(connection, QUESTIONS[name])
    walks = [step for step in steps if step.startswith("SCAN") and not any(few in step for few in FEW)]
    assert [step for step in walks if step.split()[-1] not in SMALL] == [], steps


@pytest.mark.parametrize("way", ["older", "newer"])
@pytest.mark.parametrize("name", WANTED)
async def test_a_page_is_reached_by_an_index_from_its_edge(db: Database, name: str, way: gallery.Way) -> None:
    """In the order of the index, so that nothing is sorted; and everything else of a picture by its key."""
    async with db.transaction() as connection:
        steps = await plan(connection, page(name, way))
    drivers = [step for step in steps if step.startswith("SEARCH c ")]
    assert len(drivers) >= 2, steps
    assert [step for step in drivers if DRIVEN_BY[name] not in step or ">" not in step or "<" not in step] == [], steps
    assert [step for step in steps if step.startswith("SCAN") and "json_each" not in step] == [], steps
    assert [step for step in steps if "TEMP B-TREE" in step] == [], steps


async def test_slugs_are_suggested_from_no_further_back_than_is_said(db: Database) -> None:
    async with db.transaction() as connection:
        steps = await plan(connection, lambda c: gallery.slugs(c, "a", (5,), 5))
    assert steps[:2] == ["CO-ROUTINE (subquery-1)", "SCAN jobs USING INDEX sqlite_autoindex_jobs_1"]
