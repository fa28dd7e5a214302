"""References: pictures that came along by name, and earlier ones of the ledger by slug."""

import json
from dataclasses import dataclass

import pytest

from bot.errors import BatchFault, Refusal
from bot.intake import batchfile, models, references
from bot.intake.accept import Intake
from bot.intake.checking import Sender
from bot.intake.references import References
from bot.ledger import pictures, towers, verdicts
from bot.ledger.database import Database
from bot.nouns import WORDS, JobState, Mark, Verdict
from bot.settings import Limits
from bot.texts import failures
from gpu_agent.order import Reference
from tests.clock import FakeClock
from tests.intake.asking import ADA, GRACE, WHO, ask, file, item, shelf
from tests.ledger import lookups
from tests.ledger.rows import finish
from tests.made import NOW, shelf_model

CAME = {"harbour.png": "b" * 64, "refs/quay.webp": "c" * 64}


@dataclass(frozen=True)
class Studio:
    db: Database
    intake: Intake
    clock: FakeClock


@pytest.fixture
async def studio(db: Database, intake: Intake, clock: FakeClock) -> Studio:
    """The tower's model takes references."""
    async with db.transaction() as connection:
        await towers.saw(connection, "tower", *shelf(shelf_model(reference=True)), NOW)
    return Studio(db, intake, clock)


async def drawn(studio: Studio, key: str, digest: str, **changes: object) -> str:
    """A finished picture of the slug red-boat, younger than those before; its job."""
    (job,) = await studio.intake.accept(ask(key=key, **changes))
    studio.clock.jump(1)
    async with studio.db.transaction() as connection:
        await finish(connection, job, JobState.RENDERED, NOW)
        await connection.execute("UPDATE pictures SET sha256 = ? WHERE job = ?", (digest, job.id))
    return job.id


async def resolved(studio: Studio, *names: str, asker: int = ADA, channel: int = 5) -> References:
    async with studio.db.reading() as connection:
        return await references.resolved(connection, names, asker, channel, CAME)


async def test_a_file_is_known_by_its_name_and_a_slug_by_its_picture(
    studio: Studio,
) -> None:
    """In words with a strength, or as an object; the job's order takes it along."""
    await drawn(studio, "a", "d" * 64)
    items = [
        item(1, reference="red-boat:0.3"),
        item(2, reference={"picture": "harbour.png"}),
        item(3, reference="./refs\\quay.webp: 1"),
    ]
    batch = await studio.intake.batches.accept("b.json", file(*items), key="k", beside=CAME, **WHO)
    async with studio.db.reading() as connection:
        jobs = await lookups.jobs_of_batch(connection, batch.id)
    assert [job.order().reference for job in jobs] == [
        Reference(image="d" * 64, strength=0.3),
        Reference(image="b" * 64, strength=0.6),
        Reference(image="c" * 64, strength=1),
    ]


async def test_the_newest_that_is_kept_comes_first(studio: Studio) -> None:
    """Without verdicts the newest; never one that was deleted, nor a clip."""
    kept = await drawn(studio, "a", "1" * 64)
    gone = await drawn(studio, "b", "2" * 64)
    clip = await drawn(studio, "c", "3" * 64)
    assert (await resolved(studio, "red-boat")).found == {"red-boat": "3" * 64}
    async with studio.db.transaction() as connection:
        await connection.execute("UPDATE pictures SET media = 'video/mp4' WHERE job = ?", (clip,))
    assert (await resolved(studio, "red-boat")).found == {"red-boat": "2" * 64}
    async with studio.db.transaction() as connection:
        await verdicts.set_mark(connection, Mark(7, kept, ADA, WORDS, Verdict.KEEP, ""), NOW)
    assert (await resolved(studio, "red-boat")).found == {"red-boat": "1" * 64}
    async with studio.db.transaction() as connection:
        await pictures.delete(connection, kept, ADA, NOW)
        await pictures.delete(connection, gone, ADA, NOW)
    assert (await resolved(studio, "red-boat")).found == {}


async def test_only_pictures_of_one_s_own_or_of_the_channel_are_found(
    studio: Studio,
) -> None:
    """What stands in a channel that the sender may not read stays there."""
    await drawn(studio, "a", "1" * 64, asker=GRACE, channel=9)
    assert (await resolved(studio, "red-boat")).found == {}
    assert (await resolved(studio, "red-boat", channel=9)).found == {"red-boat": "1" * 64}
    assert (await resolved(studio, "red-boat", asker=GRACE)).found == {"red-boat": "1" * 64}


async def test_what_leads_nowhere_is_told_with_the_nearest(studio: Studio) -> None:
    """At the item's field, and nothing is accepted."""
    await drawn(studio, "a", "1" * 64)
    items = [item(1, reference="red-boot"), item(2, reference="habour.png"), item(3, reference=5)]
    with pytest.raises(BatchFault) as refused:
        await studio.intake.batches.accept("b.json", file(*items), key="k", beside=CAME, **WHO)
    told = failures.plain_sentences(refused.value).splitlines()
    assert "item 1, field “reference”: There is no picture “red-boot” of yours or of this channel." in told[1]
    assert told[1].endswith("The nearest of yours: red-boat.")
    assert "habour.png did not come along." in told[2]
    assert told[2].endswith("There is: harbour.png, refs/quay.webp.")
    assert "It must be a slug, a file's name, or an object with picture and strength." in told[3]


async def test_a_model_that_takes_no_reference_is_told(studio: Studio) -> None:
    """Beside the picture that is not found: both are there to be mended."""
    async with studio.db.transaction() as connection:
        await towers.saw(connection, "tower", *shelf(shelf_model()), NOW)
    with pytest.raises(BatchFault) as refused:
        await studio.intake.batches.accept("b.json", file(item(1, reference="nobody")), key="k", **WHO)
    assert [one.facts["fault"] for one in refused.value.shown] == ["reference-unknown", "reference-missing"]


async def test_ten_thousand_wrong_names_are_looked_up_in_a_moment(
    studio: Studio,
) -> None:
    """The nearest are sought only for those that can be shown."""
    await drawn(studio, "a", "1" * 64)
    found = await resolved(studio, *(f"boat-{number}" for number in range(10_000)))
    near = [str(one.facts["near"]) for one in found.wrong.values()]
    assert len(near) == 10_000
    assert sum(one == "red-boat" for one in near) == 40


def test_without_a_ledger_slugs_are_believed_and_files_are_not() -> None:
    """So the command line says what it can know."""
    data = json.dumps([item(1, model="sdxl", width=1024, height=1024, reference="red-boat")]).encode()
    (one,) = batchfile.read(data, Sender("", 0, 0, 0), models.packaged(), Limits())
    assert one.ask.extras.reference is not None
    trusting = references.beside(["a.png", "harbour.png", "slug"], CAME)
    assert trusting.likeness("harbour.png", 0.5).image == "b" * 64
    with pytest.raises(Refusal):
        trusting.likeness("a.png", 0.5)


def test_names_are_gathered_in_the_order_of_the_file_each_once() -> None:
    """What cannot be read is no name; the defaults have one, too."""
    items = [
        item(1, reference="b.png"),
        item(2, reference=["x"]),
        item(3, reference="a:0.5"),
        item(4, reference="b.png"),
    ]
    data = json.dumps({"defaults": {"reference": "z"}, "items": items}).encode()
    assert batchfile.opened(data, Limits()).references == ("z", "b.png", "a")
