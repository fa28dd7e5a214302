"""A file that is sent again: what of it changed, what is new, and what came to nothing before."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.errors import BadCount, BatchFault
from bot.intake.accept import Intake
from bot.intake.changes import Changes, Looked, of_item
from bot.intake.drafts import draft
from bot.ledger import batch_items, batches, jobs, presets
from bot.ledger.database import Database
from bot.nouns import Batch, Preset
from bot.people.quota import Allowance
from bot.people.terms import Terms
from gpu_agent.order import Lora
from tests import made
from tests.clock import FakeClock
from tests.intake.asking import GRACE, NOTHING, WHO, ask, counts, file, item
from tests.ledger import lookups


async def accept(intake: Intake, data: bytes, key: str = "k", name: str = "b.json", **more: Any) -> Batch:
    return await intake.batches.accept(name, data, key=key, **WHO, **more)


async def look(intake: Intake, data: bytes, name: str = "b.json", **more: Any) -> Looked:
    return await intake.batches.look(name, data, key="new", **{**WHO, **more})


async def since(intake: Intake, data: bytes, **more: Any) -> Changes:
    found = (await look(intake, data, **more)).changes
    assert found is not None
    return found


async def test_a_batch_keeps_its_file_and_its_items(db: Database, intake: Intake) -> None:
    """The file's very text under its digest, once; of each item its place, its slug, and the ask that it became."""
    data = b"\xef\xbb\xbf" + file(item(1), item(2, count=2))
    batch = await accept(intake, data)
    again = await accept(intake, data, "k2")
    assert batch.digest == again.digest
    async with db.reading() as connection:
        assert await batches.get(connection, batch.id) == batch
        assert await batch_items.file(connection, batch.digest) == data.decode("utf-8-sig")
        assert await batch_items.file(connection, "0" * 64) is None
        items = await batch_items.of_batch(connection, batch.id)
        made = [await jobs.of_ask(connection, one.ask) for one in items]
        rows = list(await connection.execute_fetchall("SELECT digest FROM batch_files"))
    assert [(one.number, one.slug, one.cluster) for one in items] == [(1, "boat-1", None), (2, "boat-2", None)]
    assert [[(job.slug, job.index) for job in each] for each in made] == [
        [("boat-1", 0)],
        [("boat-2", 0), ("boat-2", 1)],
    ]
    assert [row["digest"] for row in rows] == [batch.digest]


async def test_a_file_that_is_new_here_has_no_changes(db: Database, intake: Intake) -> None:
    """Looking at it stores nothing."""
    looked = await look(intake, file(item(1)))
    assert (looked.changes, looked.changed, looked.refused) == (None, (), None)
    assert await counts(db) == NOTHING


async def test_the_very_same_file_is_known_by_any_name(db: Database, intake: Intake, clock: FakeClock) -> None:
    """And in its channel alone; nothing of it changed."""
    data = file(item(1), item(2))
    batch = await accept(intake, data)
    found = await since(intake, data, name="other.json")
    assert found == Changes(batch.created_at, True, (), (), (), frozenset())
    assert (await look(intake, data, channel=6)).changes is None
    assert (await look(intake, file(item(3)), name="other.json")).changes is None


async def test_what_changed_and_what_is_new_are_told_apart(db: Database, intake: Intake, clock: FakeClock) -> None:
    """By what items ask for: not by their order, their fields' order, or how the file is written."""
    await accept(intake, file(item(1), item(2, seed=7), item(3)))
    data = json.dumps([{"prompt": "3 red boats", "slug": "boat-3"}, item(2, seed=8), item(4), item(1)]).encode()
    found = await since(intake, data)
    assert (found.same, found.changed, found.new, found.lost) == (False, ("boat-2",), ("boat-4",), ())
    assert found.numbers == {2, 3}
    clock.jump(60)
    batch = await accept(intake, data, "k2", only=found.numbers)
    async with db.reading() as connection:
        items = await batch_items.of_batch(connection, batch.id)
    assert [(one.number, one.slug) for one in items] == [(2, "boat-2"), (3, "boat-4")]
    assert await since(intake, data) == Changes(batch.created_at, True, (), (), (), frozenset())


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "a blue boat"},
        {"seed": 8},
        {"count": 2},
        {"width": 96, "height": 128},
        {"steps": 4},
        {"guidance": 1.5},
        {"negative": "fog"},
        {"loras": ["ink:0.8"]},
        {"archetype": "hero"},
        {"model": "demo"},
        {"style": "photo"},
        {"cluster": "fleet"},
    ],
)
async def test_every_field_counts(intake: Intake, change: dict[str, Any]) -> None:
    await accept(intake, file(item(1, seed=7)))
    assert (await since(intake, file(item(1, **{"seed": 7, **change})))).changed == ("boat-1",)


async def test_a_default_counts_for_the_items_that_it_holds_for(intake: Intake) -> None:
    """Said once for all or by each item is the same."""
    await accept(intake, file(item(1, steps=4), item(2, steps=9)))
    whole = {"defaults": {"steps": 4}, "items": [item(1), item(2, steps=9)]}
    assert (await since(intake, json.dumps(whole).encode())).numbers == frozenset()
    whole["defaults"] = {"steps": 5}
    assert (await since(intake, json.dumps(whole).encode())).changed == ("boat-1",)


def test_an_item_keeps_its_digest_for_ever() -> None:
    """Written down: whatever is changed here makes every file that was ever sent look changed."""
    plain = draft(ask(), [made.shelf_model()], 8)
    worn = ask(seed=7, count=2, steps=4, loras=(Lora(id="ink", weight=0.5),), negative="fog", archetype="hero")
    rich = replace(draft(worn, [made.shelf_model()], 8), style=Preset(name="wash", prompt="ink: {prompt}", person=11))
    found = [of_item(one)[:16] for one in (plain, rich, replace(rich, cluster="set"))]
    assert found == ["50db8fae2ba2a1f8", "8d9e2186fedfd783", "1328fc9a93dae1b2"]
    assert of_item(replace(plain, ask=ask(key="other", asker=GRACE, guild=9, channel=9))) == of_item(plain)


async def test_what_a_style_says_counts(intake: Intake, db: Database) -> None:
    """The file is the same, and what it asks for is not."""
    async with db.transaction() as connection:
        await presets.save(connection, Preset(name="wash", prompt="ink: {prompt}", person=11), 11, 1.0)
    data = file(item(1, style="wash"), item(2))
    await accept(intake, data)
    async with db.transaction() as connection:
        await presets.save(connection, Preset(name="wash", prompt="water: {prompt}", person=11), 11, 2.0)
    found = await since(intake, data)
    assert (found.same, found.changed) == (True, ("boat-1",))


async def test_what_came_to_nothing_is_offered_again(db: Database, intake: Intake) -> None:
    """All of an item's pictures were cancelled; of another's one is left to come."""
    data = file(item(1), item(2, count=2), item(3))
    batch = await accept(intake, data)
    async with db.reading() as connection:
        first, second, *_ = await lookups.jobs_of_batch(connection, batch.id)
    for job in (first, second):
        await intake.cancel(job.id, person=job.asker, moderator=False)
    found = await since(intake, data)
    assert (found.changed, found.new, found.lost, sorted(found.numbers)) == ((), (), ("boat-1",), [1])


async def test_the_latest_word_on_a_slug_counts(intake: Intake, clock: FakeClock) -> None:
    """An earlier file that is sent again asks for what was changed since; it was sent before all the same."""
    first, second = file(item(1), item(2)), file(item(1, seed=5), item(2))
    before = await accept(intake, first)
    clock.jump(60)
    await accept(intake, second, "k2")
    found = await since(intake, first)
    assert (found.at, found.same, found.changed) == (before.created_at, True, ("boat-1",))


async def test_what_was_sent_before_files_were_kept_is_not_compared(db: Database, intake: Intake) -> None:
    """Nobody is told that all of it is new."""
    data = file(item(1))
    await accept(intake, data)
    async with db.transaction() as connection:
        await connection.execute("DELETE FROM batch_items")
        await connection.execute("UPDATE batches SET digest = ''")
    assert (await look(intake, data)).changes is None


async def test_places_that_the_file_does_not_have_make_no_batch(db: Database, intake: Intake) -> None:
    with pytest.raises(BatchFault):
        await accept(intake, file(item(1)), only=())
    assert await counts(db) == NOTHING


async def test_a_day_may_have_room_for_what_changed_alone(db: Database, intake: Intake) -> None:
    """Then why not all of it is told; where there is room for neither, that is refused."""
    await accept(intake, file(*(item(n) for n in range(9))))
    data = file(*(item(n) for n in range(8)), item(8, seed=1))
    assert (await look(intake, data, terms=Terms(Allowance(daily=20)))).refused is None
    looked = await look(intake, data, terms=Terms(Allowance(daily=12)))
    assert looked.refused is not None
    assert [one.draft.slug for one in looked.changed] == ["boat-8"]
    with pytest.raises(BadCount):
        await look(intake, file(*(item(n) for n in range(20, 40))), name="n.json", terms=Terms(Allowance(daily=12)))
    assert await counts(db) == NOTHING | {"batches": 1, "asks": 9, "jobs": 9, "notices": 1}


async def test_a_file_with_faults_is_refused_whole(db: Database, intake: Intake) -> None:
    """Twenty are shown, all are counted, nothing is stored, the file neither."""
    data = file(*(item(n, steps=0) for n in range(30)))
    with pytest.raises(BatchFault) as refused:
        await look(intake, data)
    assert (len(refused.value.shown), refused.value.facts["further"]) == (20, 29)
    with pytest.raises(BatchFault):
        await accept(intake, data)
    assert await counts(db) == NOTHING
    async with db.reading() as connection:
        assert list(await connection.execute_fetchall("SELECT * FROM batch_files")) == []


async def test_a_refused_batch_keeps_no_file(db: Database, intake: Intake) -> None:
    """The day was spent between the question and the button."""
    with pytest.raises(BadCount):
        await accept(intake, file(item(1), item(2)), terms=Terms(Allowance(daily=1)))
    assert await counts(db) == NOTHING
    async with db.reading() as connection:
        assert list(await connection.execute_fetchall("SELECT * FROM batch_files")) == []
        assert list(await connection.execute_fetchall("SELECT * FROM batch_items")) == []
