"""A batch as files: the same set, the same bytes; out, in again, and out is the same set."""

import json
import zipfile
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from bot.intake import batchfile, models
from bot.intake.checking import Sender
from bot.intake.rerolling import Rerolls
from bot.judged import choice_of
from bot.ledger import jobs, pictures, reviews, verdicts
from bot.ledger.database import Database
from bot.nouns import PASTED, Batch, Job, Verdict
from bot.settings import Limits
from bot.yours import handkept, returning, zipping
from tests import made as made_of
from tests.chat.shelves import stocked
from tests.made import ADA, GRACE
from tests.yours import elsewhere
from tests.yours.sets import CHANNEL, GUILD, ITEMS, Studio

KEEP, REJECT, REROLL = Verdict.KEEP, Verdict.REJECT, Verdict.REROLL


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    async with Database(tmp_path / "ledger.db") as db:
        yield Studio(db, tmp_path)


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Studio]:
    """A ledger in which nothing is yet."""
    (tmp_path / "other").mkdir()
    async with Database(tmp_path / "other" / "ledger.db") as db:
        yield Studio(db, tmp_path / "other")


async def reviewed(studio: Studio) -> tuple[Batch, list[Job]]:
    """Five pictures: the first fox rejected, the second kept, the owl rejected, the harbour open; the pier failed."""
    batch = await studio.batch()
    made = await studio.jobs(batch)
    for job in made[:4]:
        await studio.render(job)
    await studio.fail(made[4])
    fox, second, owl, _, _ = made
    await studio.says(fox, REJECT, "too dark, “hands” @everyone")
    await studio.says(fox, REROLL, sign="🔁", person=GRACE)
    await studio.says(second, KEEP, sign="✅")
    await studio.says(owl, REJECT, "too dark")
    return batch, made


def told(data: bytes) -> Any:
    return json.loads(data)


async def test_every_file_has_its_place(studio: Studio) -> None:
    """slug.png is what is kept, the others are numbered by age; receipts, verdicts, both prompts files and the page."""
    batch, (fox, second, *_) = await reviewed(studio)
    parts = await studio.parts(batch)
    assert sorted(parts) == sorted(
        ["set.json", "verdicts.json", "review.html", "README.txt", "prompts-batch-3.json", "prompts-batch-4.json"]
        + ["red-fox.png", "red-fox.1.png", "owl.png", "harbour.png"]
        + [f"receipts/{name}.json" for name in ("red-fox", "red-fox.1", "owl", "harbour")]
    )
    async with studio.db.reading() as connection:
        kept = await pictures.of_job(connection, second.id)
    assert kept is not None
    assert parts["red-fox.png"].data() == studio.files.path(kept.sha256).read_bytes()
    assert told(parts["receipts/red-fox.json"].data())["order"]["seed"] == 12
    assert told(parts["prompts-batch-3.json"].data())["items"][0]["slug"] == "red-fox"
    said = [(one["slug"], one["verdict"], one["reason"], one["person"]) for one in told(parts["verdicts.json"].data())]
    assert said == [
        ("red-fox", "reject", "too dark, “hands” @everyone", str(ADA)),
        ("red-fox", "reroll", "", str(GRACE)),
        ("red-fox", "keep", "", str(ADA)),
        ("owl", "reject", "too dark", str(ADA)),
    ]
    assert told(parts["verdicts.json"].data())[0]["image"] == "red-fox.1.png"
    assert fox.seed == 11


async def test_verdicts_are_reviews_as_other_ledgers_take_them(studio: Studio, tmp_path: Path) -> None:
    batch, made = await reviewed(studio)
    await studio.says(made[3], REJECT, "flat", sign=choice_of(made[3].id))
    await studio.says(made[3], REJECT, "dull", sign=PASTED)
    file = tmp_path / "verdicts.json"
    file.write_bytes((await studio.parts(batch))["verdicts.json"].data())
    read = [(one.review.slug, one.review.verdict, one.review.words) for one in handkept.read(file).filed]
    assert read[0] == ("red-fox", REJECT, "too dark, “hands” @everyone")
    assert read[4:] == [("harbour", REJECT, "dull\nflat")]


async def test_the_same_set_is_the_same_bytes(studio: Studio, tmp_path: Path) -> None:
    """However often and whenever it is written, and no byte depends on when that was."""
    batch, made = await reviewed(studio)
    first = zipping.whole(list((await studio.parts(batch)).values()), 2**30)
    studio.clock.jump(86_400)
    zipping.write(list((await studio.parts(batch)).values()), tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == first
    await studio.says(made[3], KEEP)
    assert zipping.whole(list((await studio.parts(batch)).values()), 2**30) != first


async def test_out_in_and_out_is_the_same_set(studio: Studio, other: Studio, tmp_path: Path) -> None:
    """To the last byte, by way of a ZIP: pictures, receipts, verdicts of everybody, prompts, page. Twice is once."""
    batch, made = await reviewed(studio)
    await studio.intake.again(made[2].id, key="k", asker=ADA)  # not of this batch
    zipping.write(list((await studio.parts(batch)).values()), tmp_path / "set.zip")
    await stocked(other.db, made_of.shelf_model())
    for known in (0, 4):
        with returning.opened([tmp_path / "set.zip"]) as source:
            done = await returning.bring(other.db, other.files, source, GUILD)
        assert (done.pictures, done.opinions, done.known, done.forgotten) == (4 - known, 4 - known, known, 0)
    zipping.write(list((await other.parts(batch)).values()), tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "set.zip").read_bytes()
    async with other.db.reading() as connection:
        job = await jobs.get(connection, made[0].id)
        assert job is not None
        assert (job.prompt, job.seed, job.batch) == (made[0].prompt, 11, batch.id)
        assert {one.person: one.verdict for one in await verdicts.of_job(connection, job.id)} == {
            ADA: REJECT,
            GRACE: REROLL,
        }
        due = list(await connection.execute_fetchall("SELECT 1 FROM notices WHERE state = 'due'"))
    assert due == []


async def test_parts_unpacked_together_are_the_set(studio: Studio, other: Studio, tmp_path: Path) -> None:
    """No part is larger than allowed; together they hold each file once; they can be taken in as they are."""
    batch, _ = await reviewed(studio)
    parts = await studio.parts(batch)
    most = 16_000
    pieces, left_out = zipping.pieces(list(parts.values()), most)
    assert left_out == []
    assert len(pieces) > 1
    assert all(len(piece) <= most for piece in pieces)
    names = [name for piece in pieces for name in zipfile.ZipFile(BytesIO(piece)).namelist()]
    assert sorted(names) == sorted(parts)
    files = [tmp_path / f"{number}.zip" for number in range(len(pieces))]
    for file, piece in zip(files, pieces, strict=True):
        file.write_bytes(piece)
    with returning.opened(files) as source:
        assert (await returning.bring(other.db, other.files, source, GUILD)).pictures == 4


async def test_a_file_that_fits_into_no_part_is_named(studio: Studio) -> None:
    batch, _ = await reviewed(studio)
    parts = list((await studio.parts(batch)).values())
    pieces, left_out = zipping.pieces(parts, 5000)
    assert left_out == ["review.html"]
    assert max(map(len, pieces)) <= 5000


async def test_the_next_file_has_what_is_left(studio: Studio) -> None:
    """Rejected: learned words in the prompt, and another seed. Failed: as it was. Kept and open: not at all.

    What other members of a cluster say of the looks is written into it, and intake takes the file."""
    batch, made = await reviewed(studio)
    text = (await studio.gathered(batch)).next_text
    assert told(text.encode()) == {
        "defaults": {"archetype": "hero"},
        "items": [
            {"slug": "owl", "prompt": "an owl at night, bright", "negative": "text, dark"},
            {"slug": "pier", "prompt": "a pier", "cluster": "sea", "steps": 6, "seed": 4},
        ],
    }
    async with studio.db.reading() as connection:
        known = await models.offered(connection, ["tower"])
    drafts = batchfile.read(text.encode(), Sender("k", ADA, GUILD, CHANNEL), known, Limits())
    assert [one.slug for one in drafts] == ["owl", "pier"]
    await studio.says(made[3], REJECT)
    items = told((await studio.gathered(batch)).next_text.encode())["items"]
    assert items[1] == {"slug": "harbour", "cluster": "sea", "steps": 6, "seed": made[3].seed + 1, "text": "a harbour"}


async def test_words_that_were_learned_are_woven_in_once(studio: Studio) -> None:
    """The next file sent back: its prompts are what was composed, and no cue stands in them twice."""
    batch, _ = await reviewed(studio)
    gathered = await studio.gathered(batch)
    assert gathered.next_name == "prompts-batch-4.json"
    second = await studio.send(gathered.next_name, gathered.next_text.encode())
    owl = (await studio.jobs(second))[0]
    assert (owl.prompt, owl.negative) == ("an owl at night, bright", "text, dark")


async def test_reference_pictures_come_along(studio: Studio, other: Studio, tmp_path: Path) -> None:
    """Under a name that no slug's picture has; the next file names them so, and is accepted with them."""
    await stocked(studio.db, made_of.shelf_model(reference=True))
    digest = studio.files.store(elsewhere.png(size=(64, 64)))
    items = [{"slug": "harbour", "prompt": "a harbour"}]
    data = json.dumps({"defaults": {"reference": "harbour.png:0.8"}, "items": items}).encode()
    batch = await studio.send("sea.json", data, harbour=digest)
    (harbour,) = await studio.jobs(batch)
    await studio.render(harbour)
    await studio.says(harbour, REJECT)
    parts = await studio.parts(batch)
    assert {"harbour.png", "harbour.reference.png"} < parts.keys()
    assert parts["harbour.reference.png"].data() == studio.files.path(digest).read_bytes()
    (item,) = told(parts["sea-2.json"].data())
    assert item == {
        "slug": "harbour",
        "prompt": "a harbour",
        "reference": {"picture": "harbour.reference.png", "strength": 0.8},
    }
    named = {"harbour.reference": digest}
    (again,) = await studio.jobs(await studio.send("sea-2.json", parts["sea-2.json"].data(), **named))
    assert again.extras.reference == harbour.extras.reference
    zipping.write(list(parts.values()), tmp_path / "set.zip")
    with returning.opened([tmp_path / "set.zip"]) as source:
        await returning.bring(other.db, other.files, source, GUILD)
    assert other.files.has(digest)


async def test_rounds_of_rejects_belong_to_the_set(studio: Studio, other: Studio, tmp_path: Path) -> None:
    """The page shows the latest of each; what it replaced is there, too, and all of it comes back as it was."""
    batch, made = await reviewed(studio)
    rerolls = Rerolls(studio.intake, studio.db, studio.clock)
    await rerolls.accept(batch.id, lambda number, slots: "again", key="round", asker=GRACE)
    owl = next(job for job in await studio.jobs(batch) if job.again == made[2].id)
    await studio.render(owl)
    parts = await studio.parts(batch)
    assert {"owl.png", "owl.1.png", "receipts/owl.1.json"} < parts.keys()
    page = parts["review.html"].data().decode()
    assert (owl.id in page, made[2].id in page) == (True, False)
    zipping.write(list(parts.values()), tmp_path / "set.zip")
    with returning.opened([tmp_path / "set.zip"]) as source:
        await returning.bring(other.db, other.files, source, GUILD)
    async with studio.db.reading() as one, other.db.reading() as two:
        rounds = [list(await each.execute_fetchall("SELECT * FROM batch_rounds ORDER BY ask")) for each in (one, two)]
        slots = [(await reviews.of_batch(each, batch.id)).slots for each in (one, two)]
    assert [tuple(row) for row in rounds[1]] == [tuple(row) for row in rounds[0] if row["ask"] == owl.ask]
    takes = [[take.job for take in slot.takes] for slot in slots[1]]
    assert [made[2].id, owl.id] in takes


@pytest.mark.parametrize(
    ("name", "own", "following"),
    [
        ("prompts-batch-9.yaml", "prompts-batch-9.yaml", "prompts-batch-10.json"),
        ("set.json", "prompts-set.json", "set-2.json"),
        ("Receipts", "prompts-Receipts", "Receipts-2.json"),
        ("owl.png", "owl.png.txt", "owl-2.json"),
        ("../пакет 7.json", "7.json", "8.json"),
        ("пакет", "prompts", "prompts-2.json"),
    ],
)
async def test_a_name_that_somebody_gave_stands_in_no_way(studio: Studio, name: str, own: str, following: str) -> None:
    """Of the file that was sent, and of the one that goes on."""
    batch = await studio.batch(ITEMS[1:2], name)
    (owl,) = await studio.jobs(batch)
    await studio.render(owl)
    await studio.says(owl, REJECT)
    parts = await studio.parts(batch)
    assert {own, following, "owl.png", "set.json", "receipts/owl.json"} < parts.keys()
    assert parts[own].data().startswith(b'{"defaults"')
    assert told(parts["set.json"].data())["file"] == own


async def test_a_finished_batch_has_no_next_file(studio: Studio) -> None:
    batch = await studio.batch(ITEMS[1:2])
    (owl,) = await studio.jobs(batch)
    await studio.render(owl)
    await studio.says(owl, KEEP)
    parts = await studio.parts(batch)
    assert [name for name in parts if name.startswith("prompts")] == ["prompts-batch-3.json"]


async def test_what_renders_yet_is_in_neither(studio: Studio, other: Studio, tmp_path: Path) -> None:
    """A set of a batch that goes on has what ended; nothing would be rendered where it is taken in."""
    batch = await studio.batch(ITEMS[1:3])
    owl, _ = await studio.jobs(batch)
    await studio.render(owl)
    await studio.says(owl, KEEP)
    parts = await studio.parts(batch)
    assert "prompts-batch-4.json" not in parts
    zipping.write(list(parts.values()), tmp_path / "set.zip")
    with returning.opened([tmp_path / "set.zip"]) as source:
        await returning.bring(other.db, other.files, source, GUILD)
    assert [job.id for job in await other.jobs(batch)] == [owl.id]
