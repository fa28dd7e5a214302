"""Clusters: what must look alike is drawn alike, and what a member says otherwise is told."""

import csv
import json
from io import StringIO

import pytest
import yaml

from bot.errors import BatchFault
from bot.intake import batchfile, models
from bot.intake.accept import Intake
from bot.intake.checking import Sender
from bot.intake.drafts import Draft
from bot.ledger import batch_items
from bot.ledger.database import Database
from bot.settings import Limits
from bot.texts import failures
from gpu_agent.order import Lora
from tests.intake.asking import WHO, file, item

SENDER = Sender("k", 1, 1, 5)
SET: dict[str, object] = {"cluster": "harbour"}


def read(*items: object, defaults: dict[str, object] | None = None) -> list[Draft]:
    data = json.dumps({"defaults": defaults or {}, "items": list(items)}, indent=1).encode()
    return batchfile.read(data, SENDER, models.packaged(), Limits(), name="b.json")


def seeds(*items: object, defaults: dict[str, object] | None = None) -> list[tuple[int, ...]]:
    return [one.seeds for one in read(*items, defaults=defaults)]


def test_what_one_member_says_of_the_looks_holds_for_all() -> None:
    """Wherever in the file it stands; over the defaults; and for nobody else."""
    looks = {"style": "watercolor", "loras": "ink:0.5", "steps": 4, "guidance": 1.5}
    drafts = read(item(1, **SET), item(2), item(3, **SET, **looks), defaults={"steps": 9, "negative": "fog"})
    first, other, third = drafts
    assert (first.ask.loras, first.steps, first.guidance) == ((Lora(id="ink", weight=0.5),), 4, 1.5)
    assert first.style == third.style is not None
    assert (other.style, other.steps, other.ask.loras) == (None, 9, ())
    assert [one.cluster for one in drafts] == ["harbour", None, "harbour"]
    assert {one.ask.negative for one in drafts} == {"fog"}


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("style", "ink", "watercolor"),
        ("steps", 4, 5),
        ("guidance", 1.0, 1.5),
        ("loras", "ink:0.5", "ink"),
        ("seed_plan", "same", "next"),
        ("model", "demo", "sdxl"),
    ],
)
def test_a_member_that_says_otherwise_is_told(field: str, one: object, other: object) -> None:
    """At its own line, with the item that said it first."""
    with pytest.raises(BatchFault) as refused:
        read(item(1, **SET, **{field: one}), item(2), item(3, **SET, **{field: other}))
    found = [fault.facts for fault in refused.value.shown if fault.facts["fault"] == "cluster-differs"]
    assert [(facts["item"], facts["field"], facts["first"]) for facts in found] == [(3, field, 1)]
    assert "Item 1 of the cluster “harbour” has it otherwise" in failures.plain_sentences(refused.value)


def test_the_same_written_in_two_ways_is_the_same() -> None:
    """`ink` is `ink:1`, an object is the words for it, and a style's name is one in any case."""
    ways: list[dict[str, object]] = [
        {"loras": "ink", "style": "Watercolor"},
        {"loras": [{"id": "ink", "weight": 1.0}], "style": "watercolor "},
    ]
    assert len(read(*(item(number, **SET, **way) for number, way in enumerate(ways)))) == 2


def test_members_begin_with_the_same_seed_or_go_on() -> None:
    """From the first that is named, in whichever member; who names his own keeps it; count takes as many."""
    assert seeds(item(1, **SET), item(2, **SET, seed=7, count=2), item(3, **SET)) == [(7,), (7, 8), (7,)]
    onward = item(1, **SET, seed_plan="next", count=2), item(2, **SET), item(3, **SET, seed=40), item(4, **SET)
    assert seeds(*onward) == [(40, 41), (42,), (40,), (43,)]
    assert seeds(item(1, **SET, seed=2**32 - 1, count=2), item(2, **SET))[1] == (2**32 - 1,)


def test_without_a_seed_the_cluster_s_name_makes_one() -> None:
    """The same set in another file, or with a member more, is drawn with the seeds it had; another set with others."""
    ((first,), (second,)) = seeds(item(1, **SET), item(2, **SET))
    assert first == second
    assert seeds(item(9, **SET)) == [(first,)]
    assert seeds(item(1, cluster="meadow")) != [(first,)]


def test_a_seed_of_the_defaults_begins_the_plan() -> None:
    """It is no member's own, so that the others go on from it; a member's goes before it."""
    onward = item(1, **SET, seed_plan="next"), item(2, **SET), item(3)
    assert seeds(*onward, defaults={"seed": 5}) == [(5,), (6,), (5,)]
    assert seeds(item(1, **SET), item(2, **SET, seed=9), defaults={"seed": 5}) == [(9,), (9,)]


def test_a_member_s_own_fault_is_told_as_its_own() -> None:
    """Also where the whole file is one line."""
    data = json.dumps([item(1, **SET, steps=4), item(2, **SET, steps="many"), item(3, **SET, steps=0)]).encode()
    with pytest.raises(BatchFault) as refused:
        batchfile.read(data, SENDER, models.packaged(), Limits())
    found = [(one.facts["item"], one.facts["fault"]) for one in refused.value.shown]
    assert found == [(2, "field-type"), (3, "number-small")]


def test_a_cluster_may_stand_in_the_defaults() -> None:
    """Then all items are members, but for those that name another one."""
    drafts = read(item(1), item(2, style="ink"), item(3, cluster="meadow"), defaults=SET)
    assert [one.cluster for one in drafts] == ["harbour", "harbour", "meadow"]
    assert [one.ask.style for one in drafts] == ["ink", "ink", None]


@pytest.mark.parametrize("name", ["Harbour", "a b", "", "-", "x" * 65, 5])
def test_a_name_that_is_none_is_told_as_such(name: object) -> None:
    """And nothing is shared by it."""
    with pytest.raises(BatchFault) as refused:
        read(item(1, cluster=name, steps=3), item(2, cluster=name, steps=4))
    assert [one.facts["fault"] for one in refused.value.shown] == ["field-type"] * 2
    assert "a name of 1 to 64 of the characters" in failures.plain_sentences(refused.value)


def test_a_fault_in_what_is_shared_is_told_once() -> None:
    """At the member that says it, not at each that takes it over."""
    with pytest.raises(BatchFault) as refused:
        read(*(item(n, **SET) for n in range(1, 20)), item(20, **SET, model="nobody"))
    assert [(one.facts["fault"], one.facts["line"]) for one in refused.value.shown] == [("unknown-model", 103)]
    assert refused.value.facts["item"] == 20


def test_clusters_mean_the_same_in_every_format() -> None:
    """A table has no objects, so that what is shared is said by a member there as everywhere."""
    items = [item(1, **SET, style="ink", seed=3), item(2, **SET, seed_plan="next"), item(3)]
    first = batchfile.read(json.dumps(items[:2]).encode(), SENDER, models.packaged(), Limits(), name="b.json")
    table = StringIO(newline="")
    rows = csv.DictWriter(table, ["slug", "prompt", "cluster", "style", "seed", "seed_plan"])
    rows.writeheader()
    rows.writerows(items[:2])
    lines = "\n".join(map(json.dumps, items[:2]))
    written = {"b.csv": table.getvalue(), "b.yaml": str(yaml.safe_dump(items[:2])), "b.jsonl": lines}
    for name, text in written.items():
        assert batchfile.read(text.encode(), SENDER, models.packaged(), Limits(), name=name) == first, name


async def test_the_ledger_keeps_whose_member_an_item_is(db: Database, intake: Intake) -> None:
    """So that its sheet shows the set together."""
    batch = await intake.batches.accept("b.json", file(item(1, **SET), item(2), item(3, **SET)), key="k", **WHO)
    async with db.reading() as connection:
        kept = await batch_items.of_batch(connection, batch.id)
    assert [one.cluster for one in kept] == ["harbour", None, "harbour"]
